"""The lines of refunds: what is back, what is promised, and what is left of each line of an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import tenants
from app.kernel.ids import new_id
from app.payments.refund_amounts import Part

COLUMNS = "order_line, quantity, goods_amount, freight_amount, tax_amount, released_quantity, restock_quantity"
SUMS = """line.order_line, sum(line.quantity)::integer AS quantity, sum(line.goods_amount)::bigint AS goods_amount,
    sum(line.freight_amount)::bigint AS freight_amount, sum(line.tax_amount)::bigint AS tax_amount,
    sum(line.released_quantity)::integer AS released_quantity, sum(line.restock_quantity)::integer AS restock_quantity
    FROM refund_line AS line JOIN refund ON refund.id = line.refund WHERE refund.order_id = $1"""
GONE = f"SELECT {SUMS} GROUP BY line.order_line"
BACK = f"SELECT {SUMS} AND refund.status = 'succeeded' GROUP BY line.order_line"


async def write_refund_lines(refund_id: UUID, parts: Iterable[Part]) -> None:
    await tenants.connection().executemany(
        f"INSERT INTO refund_line (id, refund, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",  # noqa: S608
        [
            (
                new_id(), refund_id, part.order_line, part.quantity, part.goods_amount, part.freight_amount,
                part.tax_amount, part.released_quantity, part.restock_quantity,
            )
            for part in parts
        ],
    )  # fmt: skip


async def lines_of_refund(refund_id: UUID) -> list[Part]:
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM refund_line WHERE refund = $1 ORDER BY id",  # noqa: S608 - constants only
        refund_id,
    )
    return [Part(**row) for row in rows]


async def lines_of_refunds(order_id: UUID) -> dict[UUID, list[Part]]:
    """The lines of all refunds of an order, by refund."""
    rows = await tenants.connection().fetch(
        f"SELECT refund, {COLUMNS} FROM refund_line"  # noqa: S608 - constants only
        " WHERE refund IN (SELECT id FROM refund WHERE order_id = $1) ORDER BY id",
        order_id,
    )
    found: dict[UUID, list[Part]] = {}
    for row in rows:
        facts = dict(row)
        found.setdefault(facts.pop("refund"), []).append(Part(**facts))
    return found


async def gone_of(order_id: UUID) -> dict[UUID, Part]:
    """What is back or promised of each line. A failed refund counts, because it is tried again."""
    return _by_line(await tenants.connection().fetch(GONE, order_id))


async def back_of(order_id: UUID) -> dict[UUID, Part]:
    """What is really back of each line."""
    return _by_line(await tenants.connection().fetch(BACK, order_id))


async def left_of(order_id: UUID, paid: Iterable[Part]) -> list[Part]:
    """What may still be given back of each line, of what was `paid` for it."""
    gone = await gone_of(order_id)
    return [_less(part, gone[part.order_line]) if part.order_line in gone else part for part in paid]


def _less(part: Part, gone: Part) -> Part:
    """Where the gone units went says nothing about those that are left."""
    return replace(part.less(gone), released_quantity=0, restock_quantity=0)


def _by_line(rows: Sequence[Mapping[str, Any]]) -> dict[UUID, Part]:
    return {row["order_line"]: Part(**row) for row in rows}
