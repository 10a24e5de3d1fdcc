"""Builders for promoters, links, clicks and orders that came through them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import links, live, orders, payments, promoters
from app.flows import giving_back
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import platform


async def login(*, name: str = "Xiaoya", email: str = "") -> UUID:
    """Somebody who can be asked in, but has no password that fits."""
    login_id = new_id()
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO promoter_login (id, email, name, password_hash, locale, created_at)"
            " VALUES ($1, $2, $3, 'none', 'en', now())",
            login_id, email or f"{login_id.hex}@host.test", name,
        )  # fmt: skip
    return login_id


async def promoter(
    *, name: str = "Xiaoya", email: str = "", rate_bps: int = 1000, status: str = "approved", login: UUID | None = None
) -> promoters.Promoter:
    """Somebody who may earn; approved with 10% unless said otherwise."""
    async with tenants.transaction():
        made = await promoters.apply(
            login or new_id(), name, email or f"{new_id().hex}@host.test", rate_bps=rate_bps, kinds=["host"]
        )
        if status != "pending":
            made = await promoters.decide(made.id, approve=status != "rejected", rate_bps=rate_bps, by="Su He")
        if status == "suspended":
            await promoters.suspend(made.id, by="Su He")
        return await promoters.find(made.id)


async def product(*, handle: str = "", title: str = "Peaches", status: str = "published", price: int = 4390) -> UUID:
    """A product with one variant."""
    product_id = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO product (id, handle, title, status, price_from_amount, price_to_amount,"
            " created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $5, now(), now())",
            product_id, handle or product_id.hex, title, status, price,
        )  # fmt: skip
        await tenants.connection().execute(
            "INSERT INTO variant (id, product, position, title, price_amount) VALUES ($1, $2, 1, 'One', $3)",
            new_id(), product_id, price,
        )  # fmt: skip
    return product_id


async def link(
    owner: promoters.Promoter, *, product_id: UUID | None = None, session: live.LiveSession | None = None
) -> links.Link:
    async with tenants.transaction():
        return await links.create(owner.id, product=product_id, live_session=session.id if session else None)


async def session(owner: promoters.Promoter, *, on_air: bool = True) -> live.LiveSession:
    async with tenants.transaction():
        made = await live.schedule(owner.id, "Saturday night", "douyin")
        if on_air:
            await live.start(made.id)
        return await live.find(made.id)


def click_of(
    followed: links.Link, *, visitor: UUID | None = None, at: datetime | None = None, reason: str = ""
) -> links.Click:
    return links.Click(
        new_id(), followed.id, visitor or new_id(), at or now(), not reason, reason, b"address", b"agent"
    )


async def click(
    followed: links.Link, *, visitor: UUID | None = None, at: datetime | None = None, reason: str = ""
) -> links.Click:
    """A stored click that nobody has folded yet."""
    made = click_of(followed, visitor=visitor, at=at, reason=reason)
    async with tenants.transaction():
        await links.write_clicks([made])
    return made


async def order(
    *, visitor: UUID | None = None, goods: tuple[int, ...] = (8780,), freight: int = 0,
    email: str = "zhou@shopper.test", placed_at: datetime | None = None, customer: UUID | None = None,
    units: int = 1,
) -> UUID:  # fmt: skip
    """A placed, unpaid order with one line per amount in `goods`, each of so many units."""
    product_id, order_id, moment = await product(), new_id(), placed_at or now()
    total = sum(goods) + freight
    async with tenants.transaction():
        database = tenants.connection()
        variant = await database.fetchval("SELECT id FROM variant WHERE product = $1", product_id)
        await database.execute(
            "INSERT INTO orders (id, number, customer, visitor_id, email, status, payment_status, fulfillment_status,"
            " currency, locale, goods_amount, freight_amount, total_amount, ship_to, access_hash,"
            " placed_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, 'placed', 'unpaid', 'unfulfilled', 'CNY', 'en', $6, $7,"
            " $8, '{}', 'h', $9, $9)",
            order_id, order_id.hex[-12:], customer, visitor or new_id(), email, sum(goods), freight, total, moment,
        )  # fmt: skip
        for number, amount in enumerate(goods, start=1):
            await database.execute(
                "INSERT INTO order_line (id, order_id, line_number, product, variant, title,"
                " variant_title, sku, quantity, unit_amount, goods_amount, freight_amount)"
                " VALUES ($1, $2, $3, $4, $5, 'Peaches', 'One', 'P-1', $8, $9, $6, $7)",
                new_id(), order_id, number, product_id, variant, amount, freight if number == 1 else 0, units,
                amount // units,
            )  # fmt: skip
    return order_id


async def customer(email: str) -> UUID:
    customer_id = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO customer (id, email, locale, created_at) VALUES ($1, $2, 'en', now())", customer_id, email
        )
    return customer_id


async def mark_paid(order_id: UUID) -> None:
    """What settling a payment leaves on the order."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET payment_status = 'paid', paid_amount = total_amount, paid_at = now() WHERE id = $1",
            order_id,
        )
        await tenants.connection().execute(
            "INSERT INTO payment (id, number, order_id, provider, status, amount, currency, created_at, captured_at,"
            " updated_at) SELECT $1, number || '-1', id, 'sandbox', 'captured', total_amount, currency, now(), now(),"
            " now() FROM orders WHERE id = $2",
            new_id(),
            order_id,
        )


async def mark_refunded(order_id: UUID, amount: int) -> list[payments.Part]:
    """What one more succeeded refund of `amount` leaves on the order; answers what it took of each line."""
    async with tenants.transaction():
        order, database = await orders.find(order_id), tenants.connection()
        parts = payments.spread_parts(await giving_back.left_of(order_id), amount, payments.Terms())
        payment = await database.fetchval("SELECT id FROM payment WHERE order_id = $1", order_id)
        refund = await payments.open_refund(await payments.find(payment), amount=amount, reason="bruised")
        assert refund is not None
        await payments.write_refund_lines(refund.id, parts)
        await payments.succeed_refund(refund.id)
        await orders.record_refund(order.id, amount, cause="bruised")
    return parts


def days_ago(days: float) -> datetime:
    return now() - timedelta(days=days)
