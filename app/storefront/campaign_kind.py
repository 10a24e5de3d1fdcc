"""What a kind adds to a campaign's page: facts for its templates, and what its form asks beside goods.

A kind's templates live in `templates/storefront/campaigns/<kind>/`: `progress.html` (how far it is), `mine.html` (what
concerns this visitor alone), `rules.html` (how it works, in a list of facts), `choices.html` (fields inside the form),
`joining.html` (what one is about to do, at the top of checkout), `checkout.html` (below the sum there), and
`order.html` (what the page of an order says of its campaign). Missing ones are simply not shown.

`progress.html` is drawn once for everybody and sent to every open page when the campaign changes, so it shows nothing
personal; it is drawn without a visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from app import orders
from app.flows.campaign_offer import Offer
from app.flows.cart_contents import Contents
from app.group_buying import Campaign
from app.identity import Visit
from app.kernel.i18n import N_

Values = Mapping[str, str]


class KindPage:
    """A kind with nothing of its own. Methods that read rows run inside the page's transaction.

    `watched_by` names the parts of the query that a live page of this kind depends on (`?team=`).
    """

    watched_by: tuple[str, ...] = ()

    counts_looks = False  # then its page is drawn for everybody anew
    waits_for = N_("Cut-off")  # what a paid order of it waits for, as a step of its way

    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        """What the kind's templates want to know; `query` is the address's query."""
        return {}

    async def moving_state(self, offer: Offer) -> object:
        """What has to change, beside the campaign and its items, for the moving parts to be drawn again."""
        return None

    async def moving_facts(self, offer: Offer, query: Values) -> dict[str, Any]:
        """What the moving part of a page with this query wants to know, the same for everybody."""
        return await self.facts(offer, None, query)

    def moving_part(self, campaign: Campaign, query: Values) -> str:
        """The template of the part that a page with this query shows moving."""
        return f"storefront/campaigns/{campaign.kind}/progress.html"

    def choices(self, values: Values) -> dict[str, Any]:
        """What the form chose beside goods, as the kind's mode understands it. Raises InvalidInput."""
        return {}

    def home(self, code: str, values: Values) -> str:
        """Where a refused form leads back to."""
        return f"/campaigns/{quote(code)}"

    async def joining_facts(self, offer: Offer) -> dict[str, Any]:
        """What `joining.html` says at checkout of what one is about to join, as `joining`."""
        return {}

    def first_payment(self, contents: Contents) -> int:
        """How much of a cart that joins the campaign is paid when it is ordered."""
        return contents.total_amount

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        """What the kind's part of an order's page wants to know."""
        return {}
