"""A merchant gives money back line by line, sees what it comes to first, and sends a failed refund again."""

from __future__ import annotations

import html
import re
from typing import Any

import tenants
from app import orders, payments
from app.flows.place_order import Placed
from app.flows.request_refund import request_refund
from app.flows.settle_refund import settle_refund
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.invariants import check


async def _paid(price: int = 1000, quantity: int = 3) -> tuple[Placed, orders.Line]:
    placed = await selling.paid_order(await selling.offer(price=price), quantity=quantity)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    return placed, line


async def _refunds(placed: Placed) -> list[payments.Refund]:
    async with tenants.transaction():
        return await payments.refunds_of(placed.order_id)


async def _sign_in(visitor: Any, shop: Tenant, role: str) -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def test_what_it_comes_to_is_shown_before_anything_happens(visitor: Any, shop: Tenant) -> None:
    placed, line = await _paid()
    await _sign_in(visitor, shop, "finance")
    page = admin(f"/orders/{placed.number}/refunds/new")

    empty = await visitor.get(page)
    shown = await visitor.get(page, params={f"quantity-{line.id}": "2", "reason": "bruised"})

    assert "3 of 3 units" in _text(empty.text)
    assert "2 × Peaches ¥20.00" in _text(shown.text)
    assert "Give ¥20.00 back" in _text(shown.text)
    assert await _refunds(placed) == []


async def test_a_confirmed_refund_is_on_its_way_with_its_lines(visitor: Any, shop: Tenant) -> None:
    placed, line = await _paid()
    await _sign_in(visitor, shop, "manager")
    page = admin(f"/orders/{placed.number}/refunds/new")
    typed = {f"quantity-{line.id}": "1", f"amount-{line.id}": "4.50", "reason": "bruised"}

    unsure = await visitor.submit(admin(f"/orders/{placed.number}/refunds"), typed, page=f"{page}?reason=x")
    sure = await visitor.submit(
        admin(f"/orders/{placed.number}/refunds"), typed | {"sure": "true"}, page=f"{page}?quantity-{line.id}=1"
    )

    (refund,) = await _refunds(placed)
    listed = _text((await visitor.get(admin(f"/orders/{placed.number}/refunds"))).text)
    assert (unsure.status_code, sure.status_code) == (422, 303)
    assert (refund.amount, refund.reason) == (450, "bruised")
    assert "1 × Peaches · ¥4.50" in listed
    await check(shop)


async def test_the_order_shows_what_is_left_below_what_went_back(visitor: Any, shop: Tenant) -> None:
    placed, line = await _paid()
    (refund,) = await request_refund(
        placed.order_id, lines=[payments.RefundLine(line.id, amount=450)], reason="bruised"
    )
    await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))
    await _sign_in(visitor, shop, "manager")

    shown = _text((await visitor.get(admin(f"/orders/{placed.number}"))).text)

    assert re.search(r"Total ¥30\.00 Refunded −¥4\.50 Left ¥ ?25\.50", shown), shown


async def test_more_than_is_left_is_refused_beside_its_field(visitor: Any, shop: Tenant) -> None:
    placed, line = await _paid()
    await _sign_in(visitor, shop, "manager")
    page = admin(f"/orders/{placed.number}/refunds/new")

    for typed in (
        {f"quantity-{line.id}": "4"}, {f"amount-{line.id}": "30.01"}, {f"quantity-{line.id}": "x"},
        {"freight_amount": "1"}, {"reason": "nothing chosen"}, {f"amount-{line.id}": "-1"},
    ):  # fmt: skip
        answer = await visitor.get(page, params=typed)
        assert answer.status_code == 422, typed
        assert "needs another look" in _text(answer.text), typed
        assert "Give" not in _text(answer.text).partition("It comes to")[2], typed


async def test_a_failed_refund_says_why_and_is_sent_again(visitor: Any, shop: Tenant) -> None:
    placed, _line = await _paid()
    (refund,) = await request_refund(placed.order_id, amount=None, reason="bruised")
    await settle_refund(RefundState(refund.number, "", "failed", refund.amount, refund.currency, "NOT_ENOUGH"))
    await _sign_in(visitor, shop, "finance")
    page = admin(f"/orders/{placed.number}/refunds")

    shown = await visitor.get(page)
    again = await visitor.submit(admin(f"/orders/{placed.number}/refunds/{refund.id}/retry"), {}, page=page)

    assert "not enough money in your account" in _text(shown.text)
    assert again.status_code == 303
    assert (await _refunds(placed))[0].status == "pending"


async def test_an_order_that_is_back_whole_offers_nothing_more(visitor: Any, shop: Tenant) -> None:
    placed, _line = await _paid()
    await request_refund(placed.order_id, amount=None, reason="bruised")
    await _sign_in(visitor, shop, "finance")

    page = await visitor.get(admin(f"/orders/{placed.number}/refunds/new"))

    assert "nothing left to give back" in _text(page.text)


async def test_who_may_not_give_money_back_sees_the_list_and_no_button(visitor: Any, shop: Tenant) -> None:
    placed, _line = await _paid()
    await _sign_in(visitor, shop, "picker")

    listed = await visitor.get(admin(f"/orders/{placed.number}/refunds"))

    assert listed.status_code == 200
    assert "Give money back" not in _text(listed.text)
    assert (await visitor.get(admin(f"/orders/{placed.number}/refunds/new"))).status_code == 403
