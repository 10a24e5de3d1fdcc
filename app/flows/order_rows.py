"""Rows of order exports, by order and by line: not a flow, but what a download and a job both write.

Orders are read in batches, each in a short transaction of its own, so an export of any length holds neither memory nor
a connection. Money is exact; personal data is in it only for whoever may see it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app.flows import order_search
from app.flows.order_documents import speaking
from app.kernel.i18n import N_, gettext
from app.kernel.sheets import Cell, CsvRows, exact
from app.orders import OrderJob

Record = Mapping[str, Any]
Column = tuple[str, Callable[[Record], Cell]]

_ORDERS = """
SELECT o.id, o.number, o.placed_at, o.paid_at, o.status, o.payment_status, o.fulfillment_status, o.currency,
    o.goods_amount, o.discount_amount, o.freight_amount, o.tax_amount, o.total_amount, o.paid_amount,
    o.refunded_amount, o.tags, o.note, o.phone, o.email, o.ship_to, invoice.number AS invoice,
    (SELECT coalesce(sum(quantity), 0)::bigint FROM order_line WHERE order_id = o.id) AS pieces,
    (SELECT p.name FROM attribution_decision d JOIN promoter p ON p.id = d.promoter
        WHERE d.order_id = o.id AND d.status <> 'void' LIMIT 1) AS promoter
FROM orders o LEFT JOIN invoice ON invoice.order_id = o.id
WHERE o.id = ANY($1::uuid[]) ORDER BY o.placed_at DESC, o.id DESC
"""
_LINES = """
SELECT o.number, o.placed_at, o.paid_at, o.status, o.payment_status, o.fulfillment_status, o.currency, o.tags, o.note,
    o.phone, o.email, o.ship_to, l.line_number, l.title, l.variant_title, l.sku, l.quantity, l.unit_amount,
    l.goods_amount, l.discount_amount, l.freight_amount, l.tax_amount,
    l.goods_amount - l.discount_amount + l.freight_amount + l.tax_amount AS total_amount, p.name AS promoter
FROM orders o JOIN order_line l ON l.order_id = o.id
LEFT JOIN attribution_decision d ON d.order_line = l.id AND d.status <> 'void' LEFT JOIN promoter p ON p.id = d.promoter
WHERE o.id = ANY($1::uuid[]) ORDER BY o.placed_at DESC, o.id DESC, l.line_number
"""


def _plain(name: str) -> Callable[[Record], Cell]:
    return lambda row: row[name]


def _money(name: str) -> Callable[[Record], Cell]:
    return lambda row: exact(row[name], row["currency"])


def _moment(name: str) -> Callable[[Record], Cell]:
    return lambda row: row[name] and row[name].astimezone(row["zone"]).replace(tzinfo=None)


def _address(name: str) -> Callable[[Record], Cell]:
    return lambda row: str(row["ship_to"].get(name, ""))


_STATES: list[Column] = [
    (N_("Order"), _plain("number")), (N_("Placed on"), _moment("placed_at")), (N_("Paid on"), _moment("paid_at")),
    (N_("Status"), _plain("status")), (N_("Payment"), _plain("payment_status")),
    (N_("Shipping"), _plain("fulfillment_status")),
]  # fmt: skip
_ORDER_COLUMNS: list[Column] = [
    (N_("Pieces"), _plain("pieces")), (N_("Currency"), _plain("currency")), (N_("Goods"), _money("goods_amount")),
    (N_("Discount"), _money("discount_amount")), (N_("Freight"), _money("freight_amount")),
    (N_("Tax"), _money("tax_amount")), (N_("Total"), _money("total_amount")), (N_("Paid"), _money("paid_amount")),
    (N_("Refunded"), _money("refunded_amount")), (N_("Invoice number"), _plain("invoice")),
]  # fmt: skip
_LINE_COLUMNS: list[Column] = [
    (N_("Line"), _plain("line_number")), (N_("Product"), _plain("title")), (N_("Variant"), _plain("variant_title")),
    (N_("SKU"), _plain("sku")), (N_("Quantity"), _plain("quantity")), (N_("Currency"), _plain("currency")),
    (N_("Unit price"), _money("unit_amount")), (N_("Goods"), _money("goods_amount")),
    (N_("Discount"), _money("discount_amount")), (N_("Freight"), _money("freight_amount")),
    (N_("Tax"), _money("tax_amount")), (N_("Total"), _money("total_amount")),
]  # fmt: skip
_LAST: list[Column] = [(N_("Brought by"), _plain("promoter")), (N_("Tags"), lambda row: ", ".join(row["tags"]))]
_PERSONAL: list[Column] = [
    (N_("Recipient"), _address("recipient")), (N_("Phone number"), _plain("phone")), (N_("E-mail"), _plain("email")),
    (N_("Country"), _address("country")), (N_("Province or state"), _address("region")), (N_("City"), _address("city")),
    (N_("District"), _address("district")), (N_("Street, building, unit"), _address("street")),
    (N_("Postal code"), _address("postal_code")), (N_("Note"), _plain("note")),
]  # fmt: skip


def columns_of(job: OrderJob) -> list[Column]:
    own = _LINE_COLUMNS if job.kind.startswith("lines") else _ORDER_COLUMNS
    return [*_STATES, *own, *_LAST, *(_PERSONAL if job.personal else ())]


async def rows_of(job: OrderJob) -> AsyncIterator[list[list[Cell]]]:
    """The heading, then the rows, in batches."""
    columns = columns_of(job)
    with speaking(job.locale):
        headings: list[Cell] = [gettext(heading) for heading, _read in columns]
    yield [headings]
    zone = ZoneInfo(tenants.current().time_zone)
    numbers = () if job.every else job.numbers
    async for found in order_search.batches(job.filters, numbers, until=job.created_at):
        records = await _records(job, [one.id for one in found])
        yield [[read({**row, "zone": zone}) for _heading, read in columns] for row in records]


async def _records(job: OrderJob, ids: Sequence[UUID]) -> list[Record]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(_LINES if job.kind.startswith("lines") else _ORDERS, list(ids))
    return [{**row, "ship_to": msgspec.json.decode(row["ship_to"])} for row in rows]


async def csv_of(job: OrderJob) -> AsyncIterator[str]:
    """The export as CSV, in pieces."""
    file = CsvRows()
    async for batch in rows_of(job):
        for cells in batch:
            file.row(cells)
        yield file.take()
