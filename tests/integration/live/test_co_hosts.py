"""Hosts of one session: asked, agreed, and sharing what a sale earns to the cent."""

from __future__ import annotations

from uuid import UUID

import pytest

import tenants
from app import commissions, live
from app.commissions import CommissionLine
from app.flows.commission_story import story_of
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.invite_host import answer_invitation, invite_host, leave_session, share_by
from app.flows.place_order import place_order
from app.flows.request_refund import request_refund
from app.flows.reverse_commission import reverse_commission
from app.flows.settle_payment import settle_payment
from app.kernel.errors import NotFound
from app.payments import RefundLine
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_earning as build
from tests import builders_selling as selling
from tests import builders_shows as shows
from tests.invariants import check


async def _together(share_bps: int = 3333) -> tuple[live.LiveSession, Promoter, Promoter]:
    host, guest = await build.promoter(rate_bps=1250), await build.promoter(rate_bps=500)
    session = await shows.on_air(host)
    await invite_host(session.id, guest.id, by=host.id, share_bps=share_bps)
    await answer_invitation(session.id, guest.id, yes=True)
    return session, host, guest


async def _sold(session: live.LiveSession, seller: Promoter, offer: selling.Offer, *, quantity: int = 1) -> UUID:
    visitor, cart = await selling.fill_cart(offer, quantity=quantity)
    await build.click(await build.link(seller, session=session), visitor=visitor)
    placed = await place_order(cart, visitor, selling.checkout())
    await decide_attribution(placed.order_id)
    return placed.order_id


async def _earned(order_id: UUID) -> list[CommissionLine]:
    async with tenants.transaction():
        return sorted(await commissions.lines_of(order_id), key=lambda line: line.role != "promotion")


async def test_hosts_share_what_the_seller_would_have_earned_alone(shop: Tenant) -> None:
    session, host, guest = await _together()

    order = await _sold(session, host, await selling.offer(price=8780))

    seller, other = await _earned(order)
    assert [(seller.promoter, seller.rate_bps, seller.amount), (other.promoter, other.rate_bps, other.amount)] == [
        (host.id, 834, 732), (guest.id, 416, 365),
    ]  # fmt: skip
    assert (other.role, other.link) == ("co_host", None)
    await check(shop)


async def test_a_sale_of_the_co_hosts_own_link_is_shared_with_whoever_planned_the_session(shop: Tenant) -> None:
    session, host, guest = await _together(4000)

    seller, other = await _earned(await _sold(session, guest, await selling.offer(price=10_000)))

    assert [(seller.promoter, seller.amount), (other.promoter, other.amount)] == [(guest.id, 200), (host.id, 300)]


async def test_the_share_explains_itself(shop: Tenant) -> None:
    session, host, _guest = await _together(4000)
    _seller, other = await _earned(await _sold(session, host, await selling.offer(price=10_000)))

    async with tenants.transaction():
        story = await story_of(other.id)

    assert (story.terms["part_bps"], story.terms["shared_bps"], story.terms["session_title"], story.cut_bps) == (
        4000, 1250, "Peach night", 0,
    )  # fmt: skip


async def test_a_refund_takes_each_share_back_to_the_cent(shop: Tenant) -> None:
    session, host, _guest = await _together()
    offer = await selling.offer(price=3333)
    order = await _sold(session, host, offer, quantity=3)
    await settle_payment(selling.notice(selling.captured(await selling.open_payment(order))), body="{}")
    await finalize_attribution(order)
    before = await _earned(order)

    await request_refund(order, lines=[RefundLine(before[0].order_line, 1)], reason="damaged")
    await reverse_commission(order)
    await request_refund(order, reason="damaged")
    await reverse_commission(order)

    assert all(line.kept_amount in (0, line.amount) or line.kept_amount < line.amount for line in await _earned(order))
    await check(shop)


@pytest.mark.parametrize("who", ["host", "guest"])
async def test_where_slots_decide_only_whoever_shows_the_product_shares(shop: Tenant, who: str) -> None:
    session, host, guest = await _together(4000)
    await share_by(session.id, "slot", by=host.id)
    offer = await selling.offer(price=10_000)
    await shows.shown(session, offer, by=host.id if who == "host" else guest.id)

    earned = await _earned(await _sold(session, host, offer))

    assert [line.amount for line in earned] == ([1250] if who == "host" else [750, 500])


async def test_nobody_shares_before_saying_yes_or_after_leaving(shop: Tenant) -> None:
    host, guest = await build.promoter(), await build.promoter()
    session, offer = await shows.on_air(host), await selling.offer(stock=9)
    await invite_host(session.id, guest.id, by=host.id, share_bps=5000)
    invited = await _earned(await _sold(session, host, offer))
    await answer_invitation(session.id, guest.id, yes=True)
    hosting = await _earned(await _sold(session, host, offer))
    await leave_session(session.id, guest.id, by=guest.id)

    left = await _earned(await _sold(session, host, offer))

    assert [len(each) for each in (invited, hosting, left)] == [1, 2, 1]


async def test_a_sharer_who_hosts_nothing_keeps_the_whole_share(shop: Tenant) -> None:
    session, _host, _guest = await _together()
    sharer = await build.promoter()

    earned = await _earned(await _sold(session, sharer, await selling.offer()))

    assert [line.promoter for line in earned] == [sharer.id]


async def test_hosts_together_never_get_more_than_the_whole(shop: Tenant) -> None:
    session, host, _guest = await _together(6000)
    third = await build.promoter()

    with pytest.raises(live.SharesTooMuch):
        await invite_host(session.id, third.id, by=host.id, share_bps=4001)
    await invite_host(session.id, third.id, by=host.id, share_bps=4000)


async def test_only_whoever_planned_the_session_invites_and_only_the_invited_answer(shop: Tenant) -> None:
    session, host, guest = await _together(1000)
    stranger = await build.promoter()

    with pytest.raises(NotFound):
        await invite_host(session.id, stranger.id, by=guest.id, share_bps=0)
    with pytest.raises(live.NotInvited):
        await answer_invitation(session.id, stranger.id, yes=True)
    with pytest.raises(live.NotInvited):
        await invite_host(session.id, host.id, by=host.id, share_bps=0)
