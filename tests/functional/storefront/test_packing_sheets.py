"""A supplier without an account opens a link from a mail and gives the filled-in sheet back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

import tenants
from app import fulfillment
from app.flows import sheet_links
from app.flows.plan_fulfillment import plan_fulfillment
from infra.settings import settings
from infra.warehouse.mailed import COLUMNS
from tenants import Tenant
from tests.builders_selling import paid_order

BY_MAIL = (
    "UPDATE warehouse SET adapter = 'mailed', app_key = 'boss@supplier.test', base_url = 'mailto:boss@supplier.test'"
)


async def sent_by_mail(quantity: int = 2) -> fulfillment.WorkOrder:
    """A paid order that went out as a mail."""
    async with tenants.transaction():
        await tenants.connection().execute(BY_MAIL)
    order = await paid_order(quantity=quantity)
    await plan_fulfillment(order.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(order.order_id)
        await fulfillment.mark_submitted(work_order.id)
    return work_order


async def filled_in(
    work_order: fulfillment.WorkOrder, shipped: str, tracking: str = "SF1", reference: str = ""
) -> bytes:
    """The sheet of the mail, with the supplier's figures."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT order_line, sku, quantity FROM fulfillment_order_line WHERE fulfillment_order = $1", work_order.id
        )
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        name = reference or work_order.reference
        writer.writerow([name, row["order_line"], row["sku"], "", row["quantity"], shipped, "shunfeng", tracking])
    return file.getvalue().encode()


def page_of(shop: Tenant, key: str) -> str:
    return f"{settings().origin(shop.slug)}/packing-sheets/{key}"


async def give_back(visitor: Any, shop: Tenant, key: str, content: bytes) -> Any:
    address = page_of(shop, key)
    return await visitor.submit(address, page=address, files={"sheet": ("sheet.csv", content, "text/csv")})


async def state_of(work_order: fulfillment.WorkOrder) -> tuple[str, int]:
    async with tenants.transaction():
        parcels = await tenants.connection().fetchval("SELECT count(*) FROM fulfillment")
        return (await fulfillment.lock(work_order.id)).status, parcels


async def test_a_sheet_given_back_is_a_parcel_once(visitor: Any, shop: Tenant) -> None:
    work_order = await sent_by_mail()
    key = sheet_links.key(work_order.reference)
    sheet = await filled_in(work_order, "2")

    answers = [await give_back(visitor, shop, key, sheet) for _copy in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert await state_of(work_order) == ("closed", 1)
    assert (await visitor.get(page_of(shop, key))).headers["cache-control"] == "no-store"


async def test_what_is_missing_is_a_short_pick(visitor: Any, shop: Tenant) -> None:
    work_order = await sent_by_mail()

    await give_back(visitor, shop, sheet_links.key(work_order.reference), await filled_in(work_order, "1"))

    async with tenants.transaction():
        missing = await tenants.connection().fetchval("SELECT sum(missing) FROM short_pick")
    assert (await state_of(work_order))[1] == 1
    assert missing == 1


@pytest.mark.parametrize(
    ("shipped", "tracking", "reference"),
    [("3", "SF1", ""), ("-1", "SF1", ""), ("2", "", ""), ("", "SF1", ""), ("2", "SF1", "T9-1")],
)
async def test_a_sheet_that_cannot_be_right_changes_nothing(
    visitor: Any, shop: Tenant, shipped: str, tracking: str, reference: str
) -> None:
    work_order = await sent_by_mail()
    sheet = await filled_in(work_order, shipped, tracking, reference)

    answer = await give_back(visitor, shop, sheet_links.key(work_order.reference), sheet)

    assert answer.status_code == 422
    assert await state_of(work_order) == ("submitted", 0)


async def test_only_the_link_of_the_mail_opens_it_and_not_for_ever(
    visitor: Any, shop: Tenant, other_shop: Tenant
) -> None:
    work_order = await sent_by_mail()
    good, old = sheet_links.key(work_order.reference), sheet_links.key(work_order.reference, lasts_s=-1)
    with tenants.bind(other_shop):
        theirs = sheet_links.key(work_order.reference)
    end, signature = good.split(".")[1:]
    forged = (f"X-1.{end}.{signature}", f"{work_order.reference}.{int(end) + 1}.{signature}", old, theirs, "x")

    answers = [(await visitor.get(page_of(shop, key))).status_code for key in forged]

    assert answers == [404] * len(forged)
    assert (await visitor.get(page_of(shop, good))).status_code == 200


async def test_what_does_not_go_by_mail_has_no_sheet(visitor: Any, shop: Tenant) -> None:
    work_order = await sent_by_mail()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE warehouse SET adapter = 'jushuitan'")

    answer = await visitor.get(page_of(shop, sheet_links.key(work_order.reference)))

    assert answer.status_code == 404
