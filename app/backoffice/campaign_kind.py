"""What a kind of campaign adds to the merchant's form and page.

A kind's fields stand in `templates/backoffice/campaigns/<kind>/form.html`, further cells of an item's row in
`item.html`, and what its page shows below the result in `page.html`; missing ones are simply not shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app import group_buying
from app.group_buying import Campaign, Item, Shares, Terms, Tier
from app.kernel.money import CURRENCIES, plain_amount

Values = Mapping[str, str]
Wrong = dict[str, str]  # field -> what is wrong with it, an English msgid


class KindForm:
    """A kind whose rules are all defaults. Methods that read rows run inside the page's transaction."""

    start: Mapping[str, str] = {}
    hours = 24  # how long it runs if nobody says otherwise
    usual_percent = 100  # of the usual price, what goods start with that were just added

    def terms(self, kind: str, values: Values, wrong: Wrong) -> Terms:
        """The rules the form means; what cannot be read is named in `wrong`."""
        return group_buying.terms_of(kind, {})

    def values(self, campaign: Campaign) -> dict[str, str]:
        """What the kind's own fields show of a saved campaign."""
        return {}

    def leader(self, values: Values, known: Campaign | None, wrong: Wrong) -> UUID | None:
        """Who leads it; the form of most kinds leaves that as it is."""
        return known.leader if known else None

    def shares(self, variant: UUID, values: Values, currency: str, wrong: Wrong) -> Shares | None:
        """Who earns how much of one item, where the form says so."""
        return None

    def tiers(self, variant: UUID, values: Values, currency: str, wrong: Wrong) -> tuple[Tier, ...]:
        """Further prices of one item."""
        return ()

    def item_values(self, item: Item, currency: str) -> dict[str, str]:
        """What an item's further cells show."""
        return {}

    def start_item(self, row: Mapping[str, Any], currency: str) -> dict[str, str]:
        """What the fields of goods start with that were just added; `row` is what the form shows of them."""
        price = share_of_price(row["price_amount"], self.usual_percent, currency)
        return {f"price_{row['variant']}": plain_amount(price, currency)}

    async def page(self, campaign: Campaign, items: Sequence[Item]) -> dict[str, Any]:
        """What the kind's part of the campaign's page wants to know."""
        return {}

    async def saved_values(self, campaign: Campaign) -> dict[str, str]:
        """What further rows of a saved campaign say in the form."""
        return {}

    async def form(self) -> dict[str, Any]:
        """What the kind's form wants to know."""
        return {}


def share_of_price(amount: int, percent: int, currency: str) -> int:
    """So many percent of a price, in round figures as a merchant would write them."""
    step = CURRENCIES[currency].step
    coarse = step * 10 if amount >= step * 1000 else step
    return amount if percent == 100 else max(amount * percent // 100 // coarse * coarse, step)
