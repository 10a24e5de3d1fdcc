"""The merchant orders what was paid for, takes the order away as a paper or a table, and takes goods in."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import offer
from tests.builders_supply import comes_from, lines, planned, purchases_in, supplier
from tests.pdf_text import text_of


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _ordered(owner: Any, *, cost: int = 2_001) -> Any:
    peaches, orchard = await offer(title="Peaches"), await supplier(minimum_amount=100_000)
    await comes_from(orchard, peaches, cost=cost)
    await planned(peaches, quantity=3)
    answer = await owner.submit(admin("/purchasing/batches"), {}, page=admin("/purchasing"))
    return answer.headers["location"]


async def test_what_waits_is_ordered_and_taken_away(owner: Any) -> None:
    batch = await _ordered(owner)

    page = (await owner.get(admin(batch))).text
    purchase = re.search(r"/purchasing/orders/[0-9a-f-]{36}", page)[0]  # type: ignore[index] # it is there
    shown = (await owner.get(admin(purchase))).text
    assert "60.03" in shown
    assert "Below the minimum." in shown
    paper = await owner.get(admin(f"{purchase}/paper.pdf"))
    assert "Peaches" in text_of(paper.content)
    table = await owner.get(admin(f"{purchase}/table.xlsx"))
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(table.content)).namelist()
    assert "Everything that was paid for is ordered." in (await owner.get(admin("/purchasing"))).text
    again = await owner.submit(admin("/purchasing/batches"), {}, page=admin("/purchasing?status=sent"))
    assert again.status_code == 422


async def test_goods_that_arrive_are_counted_by_a_picker_who_sees_no_prices(owner: Any, shop: Tenant) -> None:
    batch = await _ordered(owner)
    [purchase] = await purchases_in(batch.rpartition("/")[2])
    page = admin(f"/purchasing/orders/{purchase.id}")
    await owner.submit(f"{page}/answers", {"act": "all", "version": "1"}, page=page)
    [line] = await lines(purchase)

    await sign_in(owner, await staff_of(shop, "picker"))
    assert "20.01" not in (await owner.get(page)).text
    assert (await owner.get(f"{page}/paper.pdf")).status_code == 403
    too_many = await owner.submit(f"{page}/receipts", {f"got_{line.id}": "4"}, page=page)
    assert too_many.status_code == 422
    await owner.submit(f"{page}/receipts", {f"got_{line.id}": "3"}, page=page)

    assert "Delivered in full" in (await owner.get(page)).text
