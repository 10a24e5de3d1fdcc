"""What binds a copy to the list it copies: its goods, the supply price, the latest end, who gets how much. No journey.

What was promised when the list was copied stays: the supply price and the help commission are kept beside the copy's
items, so a later change of the supplying list's rates leaves running copies alone. Whatever the helper asks above the
supply price is the helper's, at every price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import msgspec

from app import group_buying
from app.group_buying import Campaign, CampaignDraft, ItemDraft, Shares
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_


async def bound(draft: CampaignDraft, supply: Campaign, copy: UUID | None = None) -> CampaignDraft:
    """The draft with the shares that follow from its prices. Raises InvalidInput for what the list does not allow."""
    wrong: dict[str, str] = {}
    if draft.ends_at and supply.ends_at and draft.ends_at > supply.ends_at:
        wrong["ends_at"] = N_("A copy ends with the list it copies, or earlier.")
    promised = await promised_of(supply.id, copy)
    items = [_shared(item, promised, wrong) for item in draft.items]
    if wrong:
        raise InvalidInput(wrong)
    return replace(draft, items=items)


async def promised_of(supply: UUID, copy: UUID | None = None) -> dict[UUID, Shares]:
    """By variant, what the supplying leader gives whoever helps: of a copy what was promised, else what is now."""
    shares = await group_buying.chains.shares_of(supply)
    offered = {
        item.variant: _with_price(shares.get(item.variant, Shares()), item.price_amount)
        for item in await group_buying.items_of(supply)
        if item.active
    }
    return offered | (_kept(await group_buying.chains.shares_of(copy)) if copy else {})


def _with_price(share: Shares, price: int) -> Shares:
    return share if share.supply_amount is not None else msgspec.structs.replace(share, supply_amount=price)


def _kept(own: Mapping[UUID, Shares]) -> dict[UUID, Shares]:
    return {
        variant: Shares(
            leader_bps=share.help_bps + share.supply_bps, help_bps=share.help_bps, supply_amount=share.supply_amount
        )
        for variant, share in own.items()
        if share.supply_amount is not None
    }


def _shared(item: ItemDraft, promised: Mapping[UUID, Shares], wrong: dict[str, str]) -> ItemDraft:
    share, name = promised.get(item.variant), f"price_{item.variant}"
    if share is None or share.supply_amount is None:
        wrong["items"] = N_("The list that is copied does not offer all of this.")
        return item
    if item.price_amount < share.supply_amount:
        wrong[name] = N_("The price may not be below the supply price.")
        return item
    try:
        return replace(item, shares=group_buying.chains.shares_of_copy(share, price=item.price_amount))
    except ValueError:
        wrong[name] = N_("This is more above the supply price than a leader may take.")
        return item
