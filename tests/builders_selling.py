"""Products with stock, carts, orders and payments for tests, with good defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import tenants
from app import orders, payments
from app.flows.add_to_cart import add_to_cart
from app.flows.place_order import Checkout, Placed, place_order
from app.flows.settle_payment import settle_payment
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra.payment.port import PaymentNotice, PaymentState

SHIP_TO = {"recipient": "Lin Xiaoya", "phone": "13800000000", "country": "CN", "city": "Wuxi", "street": "1 Peach Road"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A published product with one variant."""

    product: UUID
    variant: UUID
    handle: str
    price: int


async def offer(
    *, title: str = "Peaches", price: int = 4390, stock: int = 10, oversell: bool = False, status: str = "published"
) -> Offer:
    """Put a product on the shelf of the bound store."""
    made = Offer(new_id(), new_id(), f"{title.lower().replace(' ', '-')}-{new_id().hex[-6:]}", price)
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute(
            "INSERT INTO product (id, handle, title, status, price_from_amount, price_to_amount, search_text,"
            " created_at, updated_at, published_at) VALUES ($1, $2, $3, $4, $5, $5, lower($3), $6, $6, $6)",
            made.product, made.handle, title, status, price, now(),
        )  # fmt: skip
        await database.execute(
            "INSERT INTO variant (id, product, position, title, option_values, sku, price_amount)"
            " VALUES ($1, $2, 1, 'Default Title', '{Default}', $3, $4)",
            made.variant, made.product, f"SKU-{made.variant.hex[-6:]}", price,
        )  # fmt: skip
        await database.execute(
            "INSERT INTO stock_level (id, variant, warehouse, on_hand, oversell, updated_at)"
            " SELECT $1, $2, warehouse.id, $3, $4, $5 FROM warehouse WHERE is_default",
            new_id(), made.variant, stock, oversell, now(),
        )  # fmt: skip
        await open_journal()
    return made


async def open_journal() -> None:
    """Shelves that were filled by SQL say so in the journal, like those from before there was one."""
    await tenants.connection().execute(
        "INSERT INTO stock_move (id, kind, variant, warehouse, quantity, delta, source_id, actor, at)"
        " SELECT level.id, 'opening', variant, warehouse, abs(on_hand), on_hand, level.id, 'system', updated_at"
        " FROM stock_level AS level WHERE on_hand <> 0 AND NOT EXISTS (SELECT 1 FROM stock_move AS known"
        " WHERE known.variant = level.variant AND known.warehouse = level.warehouse)"
    )


async def warehouse(name: str = "Second", **facts: object) -> UUID:
    """Another warehouse like the default one; `facts` are columns that differ."""
    made = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO warehouse (id, name, adapter, base_url, app_key, secret_sealed, carrier_salt_sealed,"
            " created_at) SELECT $1, $2, adapter, base_url, app_key, secret_sealed, carrier_salt_sealed, created_at"
            " FROM warehouse WHERE is_default",
            made, name,
        )  # fmt: skip
        for column, value in facts.items():
            await tenants.connection().execute(f'UPDATE warehouse SET "{column}" = $2 WHERE id = $1', made, value)
    return made


async def stock_at(made: Offer, place: UUID, units: int, *, safety: int = 0) -> None:
    """So much of it lies in this warehouse too."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO stock_level (id, variant, warehouse, on_hand, safety, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, now())",
            new_id(), made.variant, place, units, safety,
        )  # fmt: skip
        await open_journal()


async def shelves_of(order_id: UUID) -> list[tuple[int, str]]:
    """How many units of the order are promised where, the most first: counts and names of warehouses."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT r.quantity - r.shipped_quantity AS units, w.name FROM reservation r"
            " JOIN warehouse w ON w.id = r.warehouse WHERE r.order_id = $1 AND r.status IN ('held', 'allocated')"
            " ORDER BY 1 DESC, 2",
            order_id,
        )
    return [(row["units"], row["name"]) for row in rows]


async def fill_cart(*offers: Offer, quantity: int = 1, visitor: UUID | None = None) -> tuple[UUID, UUID]:
    """Visitor and cart."""
    visitor = visitor or new_id()
    for each in offers:
        await add_to_cart(visitor, each.variant, quantity)
    async with tenants.transaction():
        cart = await orders.cart_of(visitor)
    assert cart is not None
    return visitor, cart


def checkout(**facts: object) -> Checkout:
    filled: dict[str, object] = {"email": "ya@example.test", "phone": "13800000000", "ship_to": SHIP_TO, "locale": "en"}
    return Checkout(**(filled | facts))  # type: ignore[arg-type]


async def order(*offers: Offer, quantity: int = 1) -> Placed:
    """A placed order, not paid yet."""
    visitor, cart = await fill_cart(*(offers or (await offer(),)), quantity=quantity)
    return await place_order(cart, visitor, checkout())


async def open_payment(order_id: UUID) -> payments.Payment:
    """The payment as the provider was asked for it, without asking anybody."""
    async with tenants.transaction():
        placed = await orders.lock(order_id)
        return await payments.open_payment(
            order_id, placed.number, provider="sandbox", amount=placed.due_amount, currency=placed.currency
        )


def captured(payment: payments.Payment, *, amount: int | None = None, currency: str | None = None) -> PaymentState:
    return PaymentState(
        payment.number, f"ref-{payment.number}", "captured",
        payment.amount if amount is None else amount, currency or payment.currency,
    )  # fmt: skip


def notice(state: PaymentState, event_id: str = "") -> PaymentNotice:
    return PaymentNotice(event_id or f"evt-{new_id().hex}", now(), state)


async def paid_order(*offers: Offer, quantity: int = 1) -> Placed:
    """An order whose payment arrived by webhook."""
    placed = await order(*offers, quantity=quantity)
    await settle_payment(notice(captured(await open_payment(placed.order_id))), body="{}")
    return placed


async def run_out_of_time(order_id: UUID) -> None:
    """As if the time to pay were over."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET expires_at = $2 WHERE id = $1", order_id, now() - timedelta(minutes=1)
        )


async def stock_of(made: Offer) -> dict[str, int]:
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT on_hand, reserved, allocated FROM stock_level WHERE variant = $1", made.variant
        )
    assert row is not None
    return dict(row)


async def jobs(kind: str) -> int:
    """How many jobs of a kind were asked for in the bound store."""
    async with tenants.transaction():
        count: int = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE kind = $1", kind)
    return count
