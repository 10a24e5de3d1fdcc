"""Builders for a live evening: a session on air with parts, shoppers who come by its links, and refunds."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import links, live
from app.flows.place_order import Placed, place_order
from app.flows.request_refund import request_refund
from app.flows.run_show import plan_slot, put_on_air
from app.flows.settle_payment import settle_payment
from app.kernel.ids import new_id
from app.live import LiveSession, Slot
from app.promoters import Promoter
from tests import builders_earning as build
from tests import builders_ladders as ladders
from tests import builders_selling as selling
from tests.builders_selling import Offer
from tests.faults import jobs

# What follows an order elsewhere: nobody packs, asks a provider or writes here.
ELSEWHERE = ("fulfillment.", "payments.", "messaging.")


@dataclass(frozen=True, slots=True)
class Evening:
    """Two hosts on air: the first shows peaches, the second has a link, too."""

    session: LiveSession
    host: Promoter
    cohost: Promoter
    peaches: Offer
    rice: Offer
    slots: tuple[Slot, Slot]
    links: tuple[links.Link, links.Link]


async def evening(*, stock: int = 1_000) -> Evening:
    """On air, with peaches shown by the first host; rice is planned for the second."""
    host, cohost = await build.promoter(name="Xiaoya"), await build.promoter(name="Ajie")
    session = await build.session(host)
    async with tenants.transaction():
        await live.invite(session, cohost.id, share_bps=0)
        await live.answer_invitation(session.id, cohost.id, yes=True)
    peaches = await selling.offer(title="Peaches", price=4390, stock=stock)
    rice = await selling.offer(title="Rice", price=6990, stock=stock)
    first = await plan_slot(session.id, peaches.variant, by=host.id)
    second = await plan_slot(session.id, rice.variant, by=host.id, host=cohost.id)
    await put_on_air(session.id, first.id, by=host.id)
    made = await build.link(host, session=session), await build.link(cohost, session=session)
    return Evening(session, host, cohost, peaches, rice, (first, second), made)


async def arrive(link: links.Link) -> UUID:
    """Somebody comes through the link; their visit is not counted yet."""
    visitor = new_id()
    await build.click(link, visitor=visitor)
    return visitor


async def ordered(link: links.Link, *offers: Offer, quantity: int = 1, pay: bool = True) -> Placed:
    """Somebody comes through the link, orders, and pays unless said otherwise. What follows waits as jobs."""
    visitor, cart = await selling.fill_cart(*offers, quantity=quantity, visitor=await arrive(link))
    placed = await place_order(cart, visitor, selling.checkout(email=f"{visitor.hex}@shopper.test"))
    if pay:
        await settle_payment(selling.notice(selling.captured(await selling.open_payment(placed.order_id))), body="{}")
    return placed


async def follow() -> None:
    """Whose sale it was, what it earns, and what refunds take back of it."""
    await jobs.work(*ELSEWHERE)


async def refund(order: UUID, amount: int) -> None:
    """So much of the order is back at the shopper."""
    await request_refund(order, amount=amount, reason="bruised")
    await ladders.give_back()
    await follow()
