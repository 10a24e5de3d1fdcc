"""Somebody without an account finds an order by its number and its whole phone, or has its link mailed.

An order nobody has and a phone that is not its own are the same answer after the same work. What was found is shown and
not changed: number and phone stand on every parcel. The link, which opens everything, goes to the order's own mailbox.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app import fulfillment, orders, risk
from app.flows.presale_mail import tell
from app.fulfillment import ParcelView
from app.kernel import limits
from app.kernel.errors import NotFound, Refusal
from app.kernel.formats import mask_name
from app.orders import Line, Order

NOBODYS = "-"  # no phone is this
AROUND = ("region", "city", "district")


class NoSuchOrder(Refusal):
    """There is no order with this number, or its phone is another one. Nobody is told which."""

    code = "orders.not_found_by_phone"
    status = 404
    message = "We found no order with this number and this phone. Enter the whole phone as it stands in the order."


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What is shown of an order that was found: where it is and what is in it; of the person only a hint."""

    order: Order
    lines: list[Line]
    parcels: list[ParcelView]
    ships_by: datetime | None

    @property
    def recipient(self) -> str:
        return mask_name(str(self.order.ship_to.get("recipient", "")))

    @property
    def around(self) -> str:
        return " ".join(str(self.order.ship_to[name]) for name in AROUND if self.order.ship_to.get(name))


async def find_order(number: str, phone: str, *, address: str) -> Order:
    """Limited by place, and by number from anywhere, whether there is such an order or not.

    Raises TooManyTries, NoSuchOrder.
    """
    store = str(tenants.current().id)
    await limits.take(limits.FIND_ORDER, store, address)
    await limits.take(limits.FIND_ORDER_NUMBER, store, number.strip().upper()[:60])
    async with tenants.transaction():
        order = await _by_number(number.strip().upper())
    known = {_phone(text, order) for text in (order.phone, str(order.ship_to.get("phone", "")))} if order else set()
    said = _phone(phone, order)
    same = [hmac.compare_digest(said.encode(), each.encode()) for each in sorted(known) or [NOBODYS]]
    if order is None or said == NOBODYS or not any(same):
        raise NoSuchOrder
    return order


async def look(order_id: UUID) -> Glimpse:
    """Raises NotFound."""
    async with tenants.transaction():
        order = await orders.find(order_id)
        return Glimpse(
            order, await orders.lines_of(order_id), await fulfillment.parcels_of(order_id),
            await fulfillment.promised_by(order_id),
        )  # fmt: skip


async def mail_link(order_id: UUID) -> bool:
    """To the mailbox of the order, whoever asks. False when it has none."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if not order.email:
            return False
        await tell(order, "order_link")
    return True


async def _by_number(number: str) -> Order | None:
    try:
        return await orders.find_by_number(number)
    except NotFound:
        return None


def _phone(text: str, order: Order | None) -> str:
    country = str(order.ship_to.get("country", "")) if order else ""
    return risk.prints.phone(text[:40], country) or NOBODYS
