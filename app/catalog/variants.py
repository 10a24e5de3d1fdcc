"""Writing the variants of products, many at once: matched to what is there, never deleted, as orders may name them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app.catalog.records import VariantRecord, as_json

_SHAPE = """jsonb_to_recordset($1::jsonb) AS x(
    id uuid, product uuid, position integer, title text, option_values text[], sku text, barcode text,
    price_amount bigint, compare_at_amount bigint, cost_amount bigint, weight_grams integer, requires_shipping boolean,
    taxable boolean, image uuid, is_new boolean)"""

INSERT = f"""
INSERT INTO variant (id, product, position, title, option_values, sku, barcode, price_amount, compare_at_amount,
    cost_amount, weight_grams, requires_shipping, taxable, image)
SELECT x.id, x.product, x.position, x.title, x.option_values, x.sku, x.barcode, x.price_amount, x.compare_at_amount,
    x.cost_amount, x.weight_grams, x.requires_shipping, x.taxable, x.image
FROM {_SHAPE} WHERE x.is_new
"""  # noqa: S608 - fixed text
UPDATE = f"""
UPDATE variant SET position = x.position, title = x.title, option_values = x.option_values, sku = x.sku,
    barcode = x.barcode, price_amount = x.price_amount, compare_at_amount = x.compare_at_amount,
    cost_amount = x.cost_amount, weight_grams = x.weight_grams, requires_shipping = x.requires_shipping,
    taxable = x.taxable, image = x.image, active = true
FROM {_SHAPE} WHERE NOT x.is_new AND variant.id = x.id AND variant.product = x.product
"""  # noqa: S608 - fixed text


async def write_variants(products: Sequence[UUID], records: Sequence[VariantRecord]) -> None:
    """Make `records` the active variants of these products; `match` has already told new ones from known ones.

    Those no longer named are deactivated. All are switched off first, so that two variants may swap their option values
    without meeting in the unique index on the way.
    """
    database = tenants.connection()
    await database.execute(
        "UPDATE variant SET active = false WHERE product = ANY($1::uuid[]) AND active", list(products)
    )
    text = as_json(records)
    if any(not record.is_new for record in records):
        await database.execute(UPDATE, text)
    await database.execute(INSERT, text)


async def match(products: Sequence[UUID], records: Sequence[VariantRecord]) -> None:
    """Give records the ids of the variants they mean: same option values, else same SKU. Changes them in place."""
    rows = await tenants.connection().fetch(
        "SELECT id, product, option_values, sku FROM variant WHERE product = ANY($1::uuid[])"
        " ORDER BY active, position DESC",
        list(products),
    )
    by_values = {(row["product"], tuple(row["option_values"])): row["id"] for row in rows}
    by_sku = {(row["product"], row["sku"]): row["id"] for row in rows if row["sku"]}
    taken: set[UUID] = set()
    for record in records:
        _claim(record, by_values.get((record.product, tuple(record.option_values))), taken)
    for record in records:
        if record.is_new:
            _claim(record, by_sku.get((record.product, record.sku)), taken)


def _claim(record: VariantRecord, known: UUID | None, taken: set[UUID]) -> None:
    if known is not None and known not in taken:
        taken.add(known)
        record.id, record.is_new = known, False
