"""What happens to pre-sales by the clock and by the merchant's hand: balances open, days are moved, goods are there.

Each step is one transaction on one order (or on the campaign), and may be told twice.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app import fulfillment, group_buying, orders, presale, store
from app.flows import campaign_seats
from app.flows.mode_presale import terms_of, wait_for_day
from app.flows.presale_mail import tell
from app.kernel.clock import now
from tenants import outbox, states


async def open_balance(order_id: UUID) -> bool:
    """Its time has come: the member is told. False when there is nothing to open (yet, or any more)."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        mine = await presale.presale_of(order_id)
        if mine.status != "deposit_paid" or mine.opens_at is None or mine.opens_at > now():
            return False
        await presale.move(mine, "balance_open")
        await tell(order, "presale.balance_open", amount=order.due_amount, deadline=mine.due_at, day=mine.ships_at)
        return True


async def remind(order_id: UUID) -> bool:
    """The balance is due soon, and not paid yet. Once."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        mine = await presale.presale_of(order_id)
        if mine.status not in presale.BETWEEN or mine.reminded_at or not order.awaits_payment:
            return False
        await presale.note_reminder(order_id)
        kept = "_kept" if mine.keeps_deposit else ""
        await tell(order, f"presale.reminder{kept}", amount=order.due_amount, deadline=mine.due_at)
        return True


async def confirm_presale(order_id: UUID, *, by_clock: bool = True) -> bool:
    """Its day has come, or the merchant has the goods (`by_clock=False`): what is paid may ship."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        mine = await presale.presale_of(order_id)
        if mine.status != "balance_paid" or (by_clock and mine.ships_at > now()):
            return False
        await presale.move(mine, "confirmed")
        await campaign_seats.confirm(order)
        if (await group_buying.find(mine.campaign)).kind == "presale":  # whoever paid a demand test just heard of it
            await tell(order, "presale.confirmed")
        return True


async def goods_are_there(campaign_id: UUID, *, actor: str) -> int:
    """Everybody who has paid gets their parcel, one job each; whoever pays later too, since the day is now today."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        _require_presale(campaign)
        await _set_day(campaign, now())
        waiting = await presale.orders_in(campaign_id, "deposit_pending", *presale.BETWEEN, "balance_paid")
        await group_buying.note(campaign_id, "goods_there", actor=actor, details={"orders": len(waiting)})
        for order_id in waiting:
            await outbox.post("presale.bring_forward", key=f"presale.forward:{order_id}", order_id=order_id)
        campaign_seats.tell(campaign_id)
    await store.announce(tenants.current())
    return len(waiting)


async def bring_forward(order_id: UUID) -> None:
    """The goods are there: what is paid goes out, what is not will as soon as it is."""
    async with tenants.transaction():
        await orders.lock(order_id)
        mine = await presale.presale_of(order_id)
        if not mine.is_over and mine.ships_at > now():
            await presale.promise_again(order_id, now(), excused=False)
    await confirm_presale(order_id)


async def move_day(campaign_id: UUID, ships_at: datetime, *, reason: str, actor: str) -> int:
    """Another day of shipping, for everybody who waits and whoever comes. Answers how many are told."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        _require_presale(campaign)
        before = terms_of(campaign).ships_at
        await _set_day(campaign, ships_at)
        waiting = await presale.orders_in(campaign_id, "deposit_pending", *presale.BETWEEN, "balance_paid")
        await group_buying.note(
            campaign_id, "date_moved", actor=actor,
            details={"reason": reason, "from": before and before.isoformat(), "to": ships_at.isoformat()},
        )  # fmt: skip
        for order_id in waiting:
            await outbox.post(
                "presale.move_day", key=f"presale.move:{order_id}:{ships_at.isoformat()}", order_id=order_id,
                ships_at=ships_at.isoformat(), reason=reason,
            )  # fmt: skip
        campaign_seats.tell(campaign_id)
    await store.announce(tenants.current())
    return len(waiting)


async def move_day_of(order_id: UUID, ships_at: datetime, *, reason: str) -> bool:
    """One member hears of it. A later day than promised lets everybody leave with everything they paid."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        mine = await presale.presale_of(order_id)
        if mine.is_over or mine.ships_at == ships_at:
            return False
        await presale.promise_again(order_id, ships_at, excused=ships_at > mine.ships_at)
        await fulfillment.promise_again(order_id, _end_of(ships_at))
        if mine.status == "balance_paid":
            await wait_for_day(order_id, ships_at)
        if mine.status != "deposit_pending":
            await tell(order, "presale.date_moved", day=ships_at, words=reason)
        return True


def _end_of(moment: datetime) -> datetime:
    zone = tenants.current().time_zone
    return fulfillment.end_of(moment.astimezone(ZoneInfo(zone)).date(), zone)


async def call_off(campaign_id: UUID, *, reason: str, actor: str) -> int:
    """The goods will not come: nobody can join, and everybody who waits gets everything back, one job each."""
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        _require_presale(campaign)
        waiting = await presale.orders_in(campaign_id, "deposit_pending", *presale.BETWEEN, "balance_paid")
        if campaign.status == "closed":
            await group_buying.note(campaign_id, "called_off", actor=actor, details={"reason": reason})
        else:
            await group_buying.move(campaign, "closed", cause="called_off", actor=actor, reason=reason)
            await outbox.post("group_buying.settle", key=f"settle:{campaign_id}", campaign_id=campaign_id)
            await store.touch()
            campaign_seats.tell(campaign_id)
        for order_id in waiting:
            await outbox.post(
                "group_buying.refund_member", key=f"refund_member:{order_id}", order_id=order_id,
                cause="presale_called_off",
            )  # fmt: skip
    await store.announce(tenants.current())
    return len(waiting)


async def _set_day(campaign: group_buying.Campaign, ships_at: datetime) -> None:
    await group_buying.set_terms(campaign.id, msgspec.structs.replace(terms_of(campaign), ships_at=ships_at))
    await store.touch()  # lists and products say it, too


def _require_presale(campaign: group_buying.Campaign) -> None:
    if campaign.kind != "presale" or campaign.status in ("draft", "settled"):
        raise group_buying.WrongMoment
