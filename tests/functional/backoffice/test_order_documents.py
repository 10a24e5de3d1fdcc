"""Invoices, receipts and packing slips, as pages and as PDF."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import tenants
from app import orders
from app.flows.request_refund import request_refund
from app.flows.settle_refund import settle_refund
from app.payments import RefundLine
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import store_address
from tests.pdf_text import text_of

ENGLISH = {"Accept-Language": "en"}
SELLER = {
    "legal_name": "青禾農產有限公司", "address": "1 Peach Road\nWuxi", "tax_number": "91320200MA1",
    "closing_words": "谢谢",
}  # fmt: skip


async def _issue(number: str, by: str = "Su He") -> str:
    async with tenants.transaction():
        order = await orders.lock((await orders.find_by_number(number)).id)
        return (await orders.issue_invoice(order, by=by)).number


async def test_an_invoice_has_one_number_for_ever(shop: Tenant) -> None:
    first, second = await selling.paid_order(), await selling.paid_order()

    numbers = await asyncio.gather(*(_issue(placed.number) for placed in (first, first, second, first)))

    assert sorted(set(numbers)) == ["INV-000001", "INV-000002"]
    assert len({numbers[0], numbers[1], numbers[3]}) == 1
    assert await _issue(first.number) == numbers[0]


async def test_an_unpaid_order_has_no_invoice(shop: Tenant) -> None:
    placed = await selling.order()

    with pytest.raises(orders.NotInvoiced):
        await _issue(placed.number)
    paid = await selling.paid_order()
    assert await _issue(paid.number) == "INV-000001", "a refused one takes no number"


async def test_an_invoice_keeps_what_the_seller_was_called(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))
    settings = admin("/settings/documents")
    await visitor.submit(settings, SELLER, page=settings)
    placed = await selling.paid_order()
    page = admin(f"/orders/{placed.number}")

    answer = await visitor.submit(f"{page}/invoice", page=page)
    await visitor.submit(settings, SELLER | {"legal_name": "Another Name"}, page=settings)

    shown = (await visitor.get(admin(answer.headers["location"]))).text
    pdf = await visitor.get(f"{page}/invoice.pdf?lang=zh-Hant")
    for said in (shown, text_of(pdf.content)):
        assert "青禾農產有限公司" in said
        assert "91320200MA1" in said
        assert "INV-000001" in said
    assert "發票" in text_of(pdf.content)
    assert pdf.headers["content-type"] == "application/pdf"


async def test_what_came_back_stands_on_the_invoice(visitor: Any, shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000), quantity=3)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    (refund,) = await request_refund(placed.order_id, lines=[RefundLine(line.id, quantity=1)], reason="bruised")
    await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))
    await sign_in(visitor, await staff_of(shop, "manager"))

    said = text_of((await visitor.get(admin(f"/orders/{placed.number}/invoice.pdf?lang=en"))).content)

    assert "Refunded: ¥10.00 for 1" in said
    sums = said[said.index("Delivery", said.index("Goods", said.index("Refunded: "))) :].split("\n")
    assert sums[sums.index("Total") :][:8] == [
        "Total", "¥30.00", "Paid", "¥30.00", "Refunded", "−¥10.00", "Left", "¥20.00"
    ]  # fmt: skip


async def test_a_packing_slip_lists_what_has_to_be_sent_and_no_prices(visitor: Any, shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(title="Peaches", price=1234), quantity=3)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    await request_refund(placed.order_id, lines=[RefundLine(line.id, quantity=1)], reason="bruised")
    await sign_in(visitor, await staff_of(shop, "picker"))

    page = (await visitor.get(admin(f"/orders/{placed.number}/packing-slip"), headers=ENGLISH)).text
    said = text_of((await visitor.get(admin(f"/orders/{placed.number}/packing-slip.pdf"), headers=ENGLISH)).content)

    for words in (page, said):
        assert "Peaches" in words
        assert "Lin Xiaoya" in words
        assert "12.34" not in words
    assert "\n2\n" in said, "one of three is not sent any more"


async def test_shoppers_open_their_own_receipt_and_nobody_elses(
    visitor: Any, another_visitor: Any, shop: Tenant
) -> None:
    placed = await selling.paid_order(await selling.offer(price=4390))
    address = store_address(shop, f"/orders/{placed.number}/receipt")

    page = await visitor.get(f"{address}?key={placed.key}")
    pdf = await visitor.get(f"{address}.pdf?key={placed.key}")

    assert "¥43.90" in page.text
    assert "¥43.90" in text_of(pdf.content)
    assert "no-store" in pdf.headers["cache-control"]
    assert (await another_visitor.get(address)).status_code == 404
    assert (await another_visitor.get(f"{address}.pdf")).status_code == 404
