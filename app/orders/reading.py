"""Orders as everybody else sees them: immutable copies of their rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound


class Order(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    customer: UUID | None
    visitor_id: UUID | None
    email: str
    phone: str
    status: str
    payment_status: str
    fulfillment_status: str
    currency: str
    locale: str
    goods_amount: int
    discount_amount: int
    freight_amount: int
    tax_amount: int
    total_amount: int
    paid_amount: int
    refunded_amount: int
    ship_to: dict[str, Any]
    note: str
    access_hash: bytes
    event_seq: int
    tags: list[str]
    campaign: UUID | None
    placed_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    cart: UUID | None = None
    deposit_amount: int = 0
    balance_from: datetime | None = None

    @property
    def awaits_payment(self) -> bool:
        """Something can be paid now. Between a deposit and the day its balance opens nothing can."""
        unpaid = self.status == "placed" and self.payment_status in ("unpaid", "partially_paid")
        return unpaid and not (self.has_deposit and self.balance_from is not None and now() < self.balance_from)

    @property
    def has_deposit(self) -> bool:
        """The deposit that was asked for is there."""
        return 0 < self.deposit_amount <= self.paid_amount

    @property
    def due_amount(self) -> int:
        """What is still to be paid, by as many payments as it takes: first the deposit, where one is asked for."""
        wanted = self.deposit_amount if self.paid_amount < self.deposit_amount else self.total_amount
        return max(0, wanted - self.paid_amount)

    def is_paid_by(self, amount: int) -> bool:
        """Whether nothing is left to pay once this much comes."""
        return self.paid_amount + amount >= self.total_amount

    def takes(self, amount: int) -> bool:
        """Whether a payment of this much is waited for. A balance comes whole: less is a deposit paid twice."""
        return amount == self.due_amount if self.has_deposit else amount <= self.due_amount

    def belongs_to(self, visitor_id: UUID, customer: UUID | None) -> bool:
        """What somebody bought signed in stays theirs when they sign out of a browser that others use."""
        return customer == self.customer if self.customer else visitor_id == self.visitor_id

    @property
    def is_paid(self) -> bool:
        return self.payment_status in ("paid", "partially_refunded", "refunded")

    @property
    def is_cancelable(self) -> bool:
        """Before it is paid, or paid and nothing of it has left the warehouse. A replacement is owed, so it stays."""
        return self.status == "placed" and self.fulfillment_status == "unfulfilled" and not self.is_replacement

    @property
    def is_replacement(self) -> bool:
        """Sent for goods that came back. A shopper's own order may cost nothing too, but it was a cart before."""
        return self.total_amount == 0 and self.cart is None

    @property
    def refundable_amount(self) -> int:
        return self.paid_amount - self.refunded_amount


class Line(msgspec.Struct, frozen=True):
    id: UUID
    line_number: int
    product: UUID
    variant: UUID
    title: str
    variant_title: str
    sku: str
    image_key: str | None
    quantity: int
    unit_amount: int
    goods_amount: int
    discount_amount: int
    freight_amount: int
    tax_amount: int
    price_breakdown: dict[str, int]
    requires_shipping: bool
    gift: UUID | None = None

    @property
    def paid_goods_amount(self) -> int:
        """What the goods of this line cost after every cut, without freight and added tax."""
        return self.goods_amount - self.discount_amount

    @property
    def total_amount(self) -> int:
        return self.paid_goods_amount + self.freight_amount + self.tax_amount


class Event(msgspec.Struct, frozen=True):
    """A move of one state, or (field `edit`) a change of what was ordered, with `details` before and after."""

    seq: int
    field: str
    from_status: str
    to_status: str
    cause: str
    actor: str
    at: datetime
    details: dict[str, Any] = {}


COLUMNS = """id, number, customer, visitor_id, email, phone, status, payment_status, fulfillment_status, currency,
    locale, goods_amount, discount_amount, freight_amount, tax_amount, total_amount, paid_amount, refunded_amount,
    ship_to, note, access_hash, event_seq, tags, campaign, placed_at, expires_at, paid_at, closed_at,
    cart, deposit_amount, balance_from"""
BY_ID = f"SELECT {COLUMNS} FROM orders WHERE id = $1"  # noqa: S608 - constants only
LOCKED = f"SELECT {COLUMNS} FROM orders WHERE id = $1 FOR NO KEY UPDATE"  # noqa: S608 - constants only
LOCKED_BY_PAYMENT = f"""SELECT {COLUMNS} FROM orders
    WHERE id = (SELECT order_id FROM payment WHERE number = $1) FOR NO KEY UPDATE"""  # noqa: S608 - constants only
LOCKED_BY_WORK_ORDER = f"""SELECT {COLUMNS} FROM orders
    WHERE id = (SELECT order_id FROM fulfillment_order WHERE id = $1) FOR NO KEY UPDATE"""  # noqa: S608 - constants only
BY_NUMBER = f"SELECT {COLUMNS} FROM orders WHERE number = $1"  # noqa: S608 - constants only


async def _one(statement: str, value: UUID | str) -> Order:
    row = await tenants.connection().fetchrow(statement, value)
    if row is None:
        raise NotFound
    return Order(**{**row, "ship_to": msgspec.json.decode(row["ship_to"])})


async def find(order_id: UUID) -> Order:
    """Raises NotFound."""
    return await _one(BY_ID, order_id)


async def find_by_number(number: str) -> Order:
    """Raises NotFound."""
    return await _one(BY_NUMBER, number)


async def lock(order_id: UUID) -> Order:
    """The order, and nobody else moves it until COMMIT. Lock the order before its payments and its stock."""
    return await _one(LOCKED, order_id)


async def lock_by_payment(number: str) -> Order:
    """The same of the order that the payment of this number is for."""
    return await _one(LOCKED_BY_PAYMENT, number)


async def lock_by_work_order(work_order: UUID) -> Order:
    """The same of the order that a warehouse is asked to send something of."""
    return await _one(LOCKED_BY_WORK_ORDER, work_order)


async def lines_of(order_id: UUID) -> list[Line]:
    rows = await tenants.connection().fetch(
        "SELECT id, line_number, product, variant, title, variant_title, sku, image_key, quantity, unit_amount,"
        " goods_amount, discount_amount, freight_amount, tax_amount, price_breakdown, requires_shipping,"
        " gift FROM order_line WHERE order_id = $1 ORDER BY line_number",
        order_id,
    )
    return [Line(**{**row, "price_breakdown": msgspec.json.decode(row["price_breakdown"])}) for row in rows]


async def taxes_freight(order_id: UUID) -> bool:
    """Whether tax was added to this order's freight as well as to its goods."""
    taxed: bool = await tenants.connection().fetchval(
        "SELECT coalesce((price_rules #>> '{rules,tax,on_freight}')::boolean, false) FROM orders WHERE id = $1",
        order_id,
    )
    return taxed


async def events_of(order_id: UUID) -> list[Event]:
    """Every move and edit, the first one first."""
    rows = await tenants.connection().fetch(
        "SELECT seq, field, from_status, to_status, cause, actor, at, details FROM order_event WHERE order_id = $1"
        " ORDER BY seq",
        order_id,
    )
    return [Event(**{**row, "details": msgspec.json.decode(row["details"])}) for row in rows]
