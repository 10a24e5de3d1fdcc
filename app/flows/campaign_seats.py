"""An order's place in its campaign: held when it is placed, taken when it is paid, given back when it falls away.

Steps inside an open transaction, not journeys of their own. Each may be told the same thing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

import tenants
from app import fulfillment, group_buying, ledger, orders, promotions
from app.flows.campaign_mode import units_in
from app.flows.campaign_modes import mode_of
from app.flows.campaign_offer import Offer, require_audience
from app.flows.money_accounts import FORFEITED, PREPAID
from app.flows.work_order_steps import push
from app.kernel.events import publish
from app.kernel.formats import mask_name
from app.ledger import Leg
from tenants.steps import Step

WAITS_FOR_GROUP = "group_buying.waits"  # the reason of a work order that is not sent yet


async def write_order(order: orders.NewOrder, offer: Offer, *also: Step) -> None:
    """The order with its place in the campaign, and its person counted, in one statement. Locks: persons.

    Raises NotForYou, LimitReached.
    """
    campaign, units = offer.campaign, units_in(order.lines).total()
    await require_audience(campaign, order.customer)
    persons = promotions.persons(order.customer, order.phone, order.email)
    leader = offer.choices.get("leader")
    place = group_buying.taking_part(
        order.id, campaign.id, units=units, persons=persons, at=order.placed_at,
        nick=str(offer.choices.get("nick") or mask_name(order.ship_to.get("recipient", ""))),
        leader=UUID(leader) if leader else campaign.leader, fields=offer.choices.get("fields") or {},
    )  # fmt: skip
    counted = group_buying.counting_person(campaign.id, persons, units, campaign.person_limit)
    with group_buying.within_limit(campaign.person_limit):
        await orders.write_order(order, place, counted, *also)
    if token := offer.choices.get("from"):
        await group_buying.invitations.note_inviter(order.id, str(token))


async def hold(order: orders.NewOrder, offer: Offer, *, at_commit: bool) -> None:
    """The order was written: its units are held. Locks: teams, items.

    Raises NotRunning, QuotaGone and what the kind refuses. Then nothing is kept. `at_commit` holds the units in one
    message with COMMIT, if there seem to be enough: what is refused there does not say why.
    """
    campaign, units = offer.campaign, units_in(order.lines)
    await mode_of(campaign).hold(order, campaign, offer.choices)
    titles = {line.variant: line.title for line in order.lines}
    for source in mode_of(campaign).sources(campaign):
        if at_commit and not offer.late and offer.has_left(units):
            group_buying.hold_at_commit(source, units, order.placed_at)
        else:
            await group_buying.hold(source, units, titles, order.placed_at, late=offer.late)


async def take(order: orders.Order) -> None:
    """The order is paid: its units are taken and it gets its number, unless its deposit was worth that before.

    Locks: teams, items, campaign.
    """
    if order.campaign is None:
        return
    one = await group_buying.participation_of(order.id)
    if one.status == "released":
        return
    campaign = await group_buying.find(one.campaign)
    if one.status == "held":
        await _seat(order, campaign, one)
    await mode_of(campaign).paid(order, campaign, one)


async def take_deposit(order: orders.Order, paid: int) -> None:
    """A part of the price is there, `paid` altogether: the first one may be a deposit that is worth a seat."""
    if order.campaign is None or not 0 < order.deposit_amount <= paid:
        return
    one = await group_buying.participation_of(order.id)
    campaign = await group_buying.find(one.campaign)
    if one.status == "held" and await mode_of(campaign).deposit_paid(order, campaign, one):
        await _seat(order, campaign, one)


async def forfeit(order: orders.Order) -> int:
    """Whoever ordered lets it fall: what the store keeps of what was paid in part, booked as its own."""
    if order.campaign is None or not order.paid_amount:
        return 0
    one = await group_buying.participation_of(order.id)
    campaign = await group_buying.find(one.campaign)
    kept = min(await mode_of(campaign).forfeit(order, campaign, one), order.paid_amount)
    if kept:
        await ledger.post("forfeit", order.id, [Leg(PREPAID, FORFEITED, kept, order.currency)], order_id=order.id)
    return kept


async def _seat(order: orders.Order, campaign: group_buying.Campaign, one: group_buying.Participation) -> None:
    """Units and counts are what everybody waits for, so they move in one message with COMMIT where nobody asks."""
    mode = mode_of(campaign)
    ships, units = await mode.take(order, campaign, one), await _units(order.id)
    if mode.looks_at_what_is_left:
        await group_buying.take(campaign.id, units)
    else:
        group_buying.take_at_commit(campaign.id, units)
    group_buying.take_part(one, ships=ships)
    await mode.taken(order, campaign, one)
    tell(campaign.id)


async def release(order: orders.Order, cause: str) -> None:
    """The order fell away: what it held or took can be had by others."""
    if order.campaign is None:
        return
    one = await group_buying.participation_of(order.id)
    if one.status == "released":
        return
    campaign = await group_buying.find(one.campaign)
    await group_buying.uncount_person(campaign.id, one.persons, one.units)
    await mode_of(campaign).release(order, campaign, one)
    units = await _units(order.id)
    if one.status == "held":
        await group_buying.give_back_held(campaign.id, units)
    else:
        await group_buying.give_back_taken(campaign.id, units)
    await group_buying.release(one, cause)
    tell(campaign.id)


async def waits(order: orders.Order) -> bool:
    """Whether a paid order may not ship yet."""
    return order.campaign is not None and (await group_buying.participation_of(order.id)).waits


async def confirm(order: orders.Order) -> bool:
    """Nothing is in its way any more: its work orders go out. False when it was confirmed or released before."""
    if not await group_buying.confirm(order.id):
        return False
    for work_order in await fulfillment.let_go(order.id, WAITS_FOR_GROUP):
        await push(work_order)
    return True


def tell(campaign_id: UUID) -> None:
    """Whoever watches the campaign's page looks again once this is committed."""
    tenants.after_commit(partial(publish, channel_of(campaign_id), "progress"))


def channel_of(campaign_id: UUID) -> str:
    return f"campaign:{tenants.current().id}:{campaign_id}"


async def _units(order_id: UUID) -> Mapping[UUID, int]:
    return units_in(await orders.lines_of(order_id))
