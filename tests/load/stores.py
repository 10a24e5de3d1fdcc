"""The stores that are measured: a window with the demo catalog and pictures, and a till with many products in stock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

import tenants
from app import links, promoters
from app.flows.import_products import import_file
from app.flows.open_store import create_store
from app.kernel.ids import new_id
from infra.settings import settings
from tenants import Tenant

CATALOG = Path(__file__).resolve().parent.parent.parent / "app" / "flows" / "demo_content" / "qinghe"
PRODUCTS = 400
A_DAY = 300  # orders
PLENTY = 100_000_000

# Ids are made from numbers, so that a pgbench script can name the same rows as we do.
NUMBERED = "('00000000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"
PRODUCT, VARIANT, CART, VISITOR, ORDER, LINE = (part << 32 for part in range(6))


def numbered(number: int) -> UUID:
    return UUID(f"00000000-0000-7000-8000-{number:012x}")


def sql_id(number: str) -> str:
    """The same id inside SQL; `number` is an expression."""
    return NUMBERED.format(number=f"({number})::bigint")


@dataclass(frozen=True, slots=True)
class Stores:
    window: Tenant
    till: Tenant
    archive: Tenant
    product_path: str
    link_code: str
    link: UUID


async def open_stores() -> Stores:
    window = (await create_store(slug="window", name="Qinghe Farm", email="window@example.test")).tenant
    till = (await create_store(slug="till", name="Till", email="till@example.test")).tenant
    archive = (await create_store(slug="archive", name="Archive", email="archive@example.test")).tenant
    await import_file("window", CATALOG / "products.csv", CATALOG)
    with tenants.bind(window):
        async with tenants.transaction():
            handle = await tenants.connection().fetchval(
                "SELECT handle FROM product WHERE status = 'published' ORDER BY position, id LIMIT 1"
            )
            made = await promoters.apply(new_id(), "Xiaoya", "xiaoya@example.test", rate_bps=1000, kinds=["host"])
            made = await promoters.decide(made.id, approve=True, rate_bps=1000, by="bench")
            link = await links.create(made.id, product=None, live_session=None)
    for store in (till, archive):
        await _stock(store)
    return Stores(window, till, archive, f"/products/{handle}", link.code, link.id)


async def owner(tenant: Tenant) -> asyncpg.Connection[asyncpg.Record]:
    """A connection that prepares rows in bulk; never what is measured."""
    connection = await asyncpg.connect(settings().database_url)
    await connection.execute(f'SET search_path TO "{tenant.schema_name}", extensions')
    return connection


async def _stock(till: Tenant) -> None:
    connection = await owner(till)
    product, variant = sql_id(f"{PRODUCT} + n"), sql_id(f"{VARIANT} + n")
    await connection.execute(
        f"""
        INSERT INTO product (id, handle, title, status, price_from_amount, price_to_amount, created_at, updated_at)
        SELECT {product}, 'p-' || n, 'Product ' || n, 'published', 4390, 4390, now(), now()
        FROM generate_series(1, {PRODUCTS}) n;
        INSERT INTO variant (id, product, position, title, sku, price_amount)
        SELECT {variant}, {product}, 1, 'One', 'SKU-' || n, 4390 FROM generate_series(1, {PRODUCTS}) n;
        INSERT INTO stock_level (id, variant, warehouse, on_hand, updated_at)
        SELECT gen_random_uuid(), {variant}, (SELECT id FROM warehouse), {PLENTY}, now()
        FROM generate_series(1, {PRODUCTS}) n;
        """
    )
    await connection.execute("ANALYZE")
    await connection.close()


async def fill_carts(till: Tenant, first: int, count: int, *, variant: int | None = None) -> None:
    """Open carts number `first`.. with one unit each: of one variant, or spread over all of them."""
    chosen = str(variant) if variant is not None else f"1 + n % {PRODUCTS}"
    connection = await owner(till)
    await connection.execute(
        f"""
        INSERT INTO cart (id, visitor_id, status, created_at, updated_at)
        SELECT {sql_id(f"{CART} + n")}, {sql_id(f"{VISITOR} + n")}, 'open', now(), now()
        FROM generate_series({first}, {first + count - 1}) n;
        INSERT INTO cart_line (id, cart, variant, quantity, added_at)
        SELECT gen_random_uuid(), {sql_id(f"{CART} + n")}, {sql_id(f"{VARIANT} + {chosen}")}, 1, now()
        FROM generate_series({first}, {first + count - 1}) n;
        """
    )
    await connection.execute("ANALYZE cart, cart_line")
    await connection.close()


async def limit_stock(till: Tenant, variant: int, units: int) -> None:
    connection = await owner(till)
    await connection.execute(
        "UPDATE stock_level SET on_hand = reserved + allocated + $2 WHERE variant = $1",
        numbered(VARIANT + variant), units,
    )  # fmt: skip
    await connection.close()


# A hundredth of the orders was called off, the last hundred is still to be sent; $3 is the last of all, placed now.
FILL_ORDERS = f"""
INSERT INTO orders (id, number, visitor_id, email, phone, status, payment_status, fulfillment_status, currency, locale,
    goods_amount, total_amount, paid_amount, ship_to, access_hash, placed_at, paid_at, updated_at)
SELECT {sql_id(f"{ORDER} + n")}, 'A' || lpad(n::text, 7, '0'), {sql_id(f"{VISITOR} + n")},
    'zhou' || n || '@example.test', '138' || lpad(n::text, 8, '0'),
    CASE WHEN n % 100 = 0 THEN 'canceled' WHEN n > $3 - 100 THEN 'placed' ELSE 'completed' END,
    CASE WHEN n % 100 = 0 THEN 'unpaid' ELSE 'paid' END,
    CASE WHEN n % 100 = 0 THEN 'canceled' WHEN n > $3 - 100 THEN 'unfulfilled' ELSE 'delivered' END, 'CNY', 'en',
    2000 + n % 9000, 2000 + n % 9000, CASE WHEN n % 100 = 0 THEN 0 ELSE 2000 + n % 9000 END,
    jsonb_build_object('recipient', 'Zhou ' || n, 'city', 'Hangzhou', 'street', 'Wensan Road ' || n % 500),
    '\\x00', placed.at, CASE WHEN n % 100 = 0 THEN NULL ELSE placed.at END, placed.at
FROM generate_series($1::integer, $2::integer) n,
    LATERAL (SELECT now() - ($3::integer - n) * interval '1 day' / {A_DAY} AS at) AS placed
"""
FILL_LINES = f"""
INSERT INTO order_line (id, order_id, line_number, product, variant, title, variant_title, sku, quantity, unit_amount,
    goods_amount)
SELECT {sql_id(f"{LINE} + n")}, {sql_id(f"{ORDER} + n")}, 1, {sql_id(f"{PRODUCT} + 1 + n % {PRODUCTS}")},
    {sql_id(f"{VARIANT} + 1 + n % {PRODUCTS}")}, 'Product ' || 1 + n % {PRODUCTS}, 'One', 'SKU-' || 1 + n % {PRODUCTS},
    1, 2000 + n % 9000, 2000 + n % 9000
FROM generate_series($1::integer, $2::integer) n
"""


async def fill_orders(store: Tenant, first: int, last: int, in_all: int) -> None:
    """Orders number `first` to `last` of so many, one line each, at the same pace until now."""
    connection = await owner(store)
    async with connection.transaction():
        # The rows fit together; asking every foreign key of them would take longer than what is measured.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(FILL_ORDERS, first, last, in_all)
        await connection.execute(FILL_LINES, first, last)
    await connection.execute("VACUUM ANALYZE orders")
    await connection.execute("VACUUM ANALYZE order_line")
    await connection.close()
