"""Computing an old order again: the rules it was placed with give the same cents, whatever the store's are today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.errors import NotFound
from app.orders.amounts import Priced, price
from app.orders.price_rules import ChargedFreight, Freight, FreightRule, PriceLine, PriceRules

READ = """
SELECT orders.price_rules, orders.freight_amount, line.product, line.variant, line.unit_amount, line.quantity,
    line.requires_shipping
FROM orders JOIN order_line AS line ON line.order_id = orders.id WHERE orders.id = $1 ORDER BY line.line_number
"""


class Recorded(msgspec.Struct, frozen=True):
    """What `price` was given when the order was placed, or last edited."""

    lines: tuple[PriceLine, ...]
    rules: PriceRules
    freight: FreightRule


def flat_or_charged(record: dict[str, Any]) -> FreightRule:
    """The flat rate computes again; of any other kind of rule, what it came to is known."""
    if record.get("kind") == "flat":
        return Freight(record["amount"], record["free_from"])
    return ChargedFreight(tuple(record["charged"]))


def restore(record: dict[str, Any], freight_of: Callable[[dict[str, Any]], FreightRule] = flat_or_charged) -> Recorded:
    """The undo of `amounts.price_record`."""
    return Recorded(
        msgspec.convert(record["lines"], tuple[PriceLine, ...]),
        msgspec.convert(record["rules"], PriceRules),
        freight_of(record["freight"]),
    )


async def recorded(order_id: UUID, freight_of: Callable[[dict[str, Any]], FreightRule] = flat_or_charged) -> Recorded:
    """Lines and rules of an order. Raises NotFound. One placed before rules were kept had no cuts and one freight."""
    rows = await tenants.connection().fetch(READ, order_id)
    if not rows:
        raise NotFound
    record = msgspec.json.decode(rows[0]["price_rules"])
    if record:
        return restore(record, freight_of)
    return Recorded(_plain_lines(rows), PriceRules(), Freight(rows[0]["freight_amount"]))


def _plain_lines(rows: Sequence[Any]) -> tuple[PriceLine, ...]:
    return tuple(
        PriceLine(
            row["product"], row["variant"], row["unit_amount"], row["quantity"],
            requires_shipping=row["requires_shipping"],
        )
        for row in rows
    )  # fmt: skip


async def recompute(order_id: UUID, freight_of: Callable[[dict[str, Any]], FreightRule] = flat_or_charged) -> Priced:
    """Price the order again by its own rules. Raises NotFound."""
    kept = await recorded(order_id, freight_of)
    return price(kept.lines, kept.rules, kept.freight)
