"""A pre-sale: paid in full or by a deposit first, and sent when its day comes or the merchant says that it is there.

The deposit is worth the seat: units are taken, the order gets its number, and its goods are held until the balance is
due. The order then has as long to pay as its balance has; when that is over it expires like every other order, and the
deposit stays with the store or goes back, as was agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from app import group_buying, inventory, orders, presale
from app.flows.campaign_mode import Mode
from app.flows.presale_mail import tell
from app.group_buying import Campaign, DemandTestTerms, Participation, PresaleTerms
from app.kernel.clock import now
from tenants import outbox

AT_LEAST = timedelta(days=1)  # whoever pays the deposit late still has so long for the balance
REMIND_BEFORE = timedelta(days=1)


class Presale(Mode):
    patience = timedelta(minutes=10)

    def price_of_item(self, campaign: Campaign, choices: Mapping[str, Any], variant: UUID, amount: int) -> int:
        """A deposit of 20 that counts as 50 makes the unit 30 cheaper."""
        terms = terms_of(campaign)
        return max(amount - terms.worth_of(variant) + terms.deposit_of(variant), 0)

    async def hold(self, order: orders.NewOrder, campaign: Campaign, choices: Mapping[str, Any]) -> None:
        terms = terms_of(campaign)
        units = [(line.variant, line.quantity) for line in order.lines]
        deposit, worth = deposit_in(terms, units, order.total_amount)
        due_at = max(terms.due_at, order.placed_at + AT_LEAST) if terms.due_at else None
        await presale.write_presale(
            order.id, campaign.id, ships_at=ships_at(campaign, order.placed_at), at=order.placed_at, deposit=deposit,
            worth=worth, forfeits=terms.forfeits, opens_at=terms.opens_at, due_at=due_at,
        )  # fmt: skip
        if deposit and terms.opens_at:
            await orders.ask_deposit(order.id, deposit, balance_from=terms.opens_at)

    async def take(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        """Nothing of a pre-sale ships at once."""
        return False

    async def deposit_paid(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        mine = await presale.presale_of(order.id)
        if mine.opens_at is None or mine.due_at is None:
            return False
        await presale.move(mine, "deposit_paid")
        due_at = max(mine.due_at, now() + AT_LEAST)
        await presale.give_until(order.id, due_at)
        await orders.extend(order.id, due_at)
        await inventory.hold_until(order.id, due_at)
        await set_clocks(order.id, mine.opens_at, due_at)
        rest = order.total_amount - mine.deposit_amount
        await tell(order, "presale.deposit_paid", amount=rest, opens=mine.opens_at, deadline=due_at, day=mine.ships_at)
        return True

    async def paid(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        mine = await presale.presale_of(order.id)
        if mine.status == "deposit_paid":  # paid before the job that opens the balance came round
            await presale.move(mine, "balance_open")
            mine = await presale.presale_of(order.id)
        if mine.status in ("deposit_pending", "balance_open"):
            await presale.move(mine, "balance_paid")
            await wait_for_day(order.id, mine.ships_at)
            await tell(order, "presale.paid", day=mine.ships_at)

    async def forfeit(self, order: orders.Order, campaign: Campaign, one: Participation) -> int:
        return await let_fall(order)

    async def release(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        await fall_away(order.id)

    async def settle(self, campaign: Campaign) -> bool:
        """Once every balance is paid or over, and every day of shipping has come."""
        if await presale.orders_in(campaign.id, "deposit_pending", *presale.BETWEEN, "balance_paid"):
            return False
        await presale.fulfill(campaign.id)
        return True


def terms_of(campaign: Campaign) -> PresaleTerms:
    return cast(PresaleTerms, campaign.terms)


def deposit_in(terms: PresaleTerms | DemandTestTerms, units: Iterable[tuple[UUID, int]], total: int) -> tuple[int, int]:
    """The deposit of these units, and what it counts as; none when it would pay all of a sum this small."""
    chosen = list(units)
    deposit = sum(terms.deposit_of(variant) * count for variant, count in chosen)
    worth = sum(terms.worth_of(variant) * count for variant, count in chosen)
    return (deposit, worth) if 0 < deposit < total else (0, 0)


def ships_at(campaign: Campaign, at: datetime) -> datetime:
    """The promised day; never before the balance is due, and without one when the pre-sale ends."""
    terms = terms_of(campaign)
    return terms.ships_at or terms.due_at or campaign.ends_at or at


async def promised_day(order: orders.Order) -> datetime | None:
    """From when an order of a pre-sale ships, as long as nothing of it was sent; None for every other order."""
    if order.campaign is None or order.fulfillment_status != "unfulfilled":
        return None
    if (await group_buying.find(order.campaign)).kind != "presale":
        return None
    return (await presale.presale_of(order.id)).ships_at


async def wait_for_day(order_id: UUID, day: datetime) -> None:
    """The job that lets the order go on its day. It looks at the row, so a day that was moved is no trouble."""
    await outbox.post(
        "presale.confirm", key=f"presale.confirm:{order_id}:{day.isoformat()}", delay=max(day - now(), timedelta(0)),
        order_id=order_id,
    )  # fmt: skip


async def let_fall(order: orders.Order) -> int:
    """Whoever ordered lets it fall before the balance is there: what the store keeps, by what was agreed."""
    mine = await presale.presale_of(order.id)
    if mine.keeps_deposit:
        await presale.move(mine, "closed", outcome="forfeited")
        await tell(order, "presale.forfeited", amount=mine.deposit_amount)
        return mine.deposit_amount
    if mine.status in presale.BETWEEN:
        await tell(order, "presale.released", amount=mine.deposit_amount)
    return 0


async def fall_away(order_id: UUID) -> None:
    mine = await presale.presale_of(order_id)
    if mine.status != "closed":
        await presale.move(mine, "closed", outcome="released")


async def set_clocks(order_id: UUID, opens_at: datetime, due_at: datetime) -> None:
    """The balance opens, somebody is reminded, and the time is over."""
    for kind, moment in (
        ("presale.open_balance", opens_at),
        ("presale.remind", max(due_at - REMIND_BEFORE, opens_at + (due_at - opens_at) // 2)),
        ("payments.expire_order", due_at),
    ):
        await outbox.post(
            kind, queue="critical" if kind.startswith("payments") else "default",
            key=f"{kind}:{order_id}:{due_at.isoformat()}", delay=max(moment - now(), timedelta(0)), order_id=order_id,
        )  # fmt: skip
