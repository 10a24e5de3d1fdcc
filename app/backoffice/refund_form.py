"""The form money is given back with: what was typed, in minor units, and what it comes to before anybody confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import tenants
from app import orders, payments
from app.flows import giving_back
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount
from app.payments import Part, Payment, RefundLine

Values = Mapping[str, str]
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to give back."""

    lines: tuple[RefundLine, ...]
    freight_amount: int
    reason: str
    restock: bool
    into_credit: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the order with what is left of it."""

    line: orders.Line
    left: Part


@dataclass(frozen=True, slots=True)
class Preview:
    """What the wish comes to, and which payments it is taken from."""

    parts: tuple[Part, ...]
    sources: tuple[tuple[Payment, int], ...]

    def sum(self, name: str) -> int:
        return sum(getattr(part, name) for part in self.parts)

    @property
    def amount(self) -> int:
        return self.sum("amount")


async def rows_of(order: orders.Order) -> list[Row]:
    """Inside an open transaction."""
    left = {part.order_line: part for part in await giving_back.left_of(order.id)}
    return [Row(line, left[line.id]) for line in await orders.lines_of(order.id) if not line.gift]


def read_wish(values: Values, rows: Sequence[Row], currency: str) -> Wish:
    """Raises InvalidInput by field. Fields of lines are called `quantity-<id>` and `amount-<id>`."""
    errors: dict[str, str] = {}
    lines = []
    for row in rows:
        quantity = _units(values, f"quantity-{row.line.id}", errors)
        amount = _amount(values, f"amount-{row.line.id}", currency, errors)
        if quantity or amount is not None:
            lines.append(RefundLine(row.line.id, quantity, amount))
    freight = _amount(values, "freight_amount", currency, errors)
    reason = values.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        errors["reason"] = N_("This is too long.")
    if not lines and not freight and not errors:
        first = f"quantity-{rows[0].line.id}" if rows else "freight_amount"
        errors[first] = N_("Say how many units, which amount or how much of the delivery goes back.")
    if errors:
        raise InvalidInput(errors)
    return Wish(tuple(lines), freight or 0, reason, values.get("restock") == "yes", values.get("into") == "credit")


def _units(values: Values, name: str, errors: dict[str, str]) -> int:
    text = values.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        errors[name] = N_("Enter a whole number.")
        return 0
    return int(text)


def _amount(values: Values, name: str, currency: str, errors: dict[str, str]) -> int | None:
    text = values.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        errors[name] = error.message
        return None


async def preview(order: orders.Order, rows: Sequence[Row], wish: Wish) -> Preview:
    """Inside an open transaction. Raises InvalidInput by field."""
    terms = await giving_back.terms_of(order)
    parts = payments.choose([row.left for row in rows], wish.lines, wish.freight_amount, terms)
    sources = await payments.refundable_payments(order.id)
    shares = payments.share_out(parts, [left for _payment, left in sources])
    taken = [
        (payment, sum(part.amount for part in share))
        for (payment, _left), share in zip(sources, shares, strict=True)
        if share
    ]
    return Preview(tuple(parts), tuple(taken))


async def order_to_refund(number: str) -> tuple[orders.Order, list[Row]]:
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        return order, await rows_of(order)
