"""Every table class says exactly what the migrated schema has, and every migrated table has a class."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from piccolo.columns import Text
from piccolo.columns.base import Column
from piccolo.table import Table

from tenants import Tenant
from tests.architecture import table_shapes
from tests.architecture.table_shapes import Difference

# The runner's own bookkeeping: read with plain SQL before any class exists.
RUNNERS_OWN = {"schema_version"}


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def _drift(database: Any, shop: Tenant) -> list[Difference]:
    found: list[Difference] = []
    for table in table_shapes.table_classes():
        schema = str(table._meta.schema or shop.schema_name)
        name = table._meta.tablename
        there = await table_shapes.migrated(database, schema, name)
        found += table_shapes.differences(f"{table.__module__}.{table.__name__}", table_shapes.claimed(table), there)
    return found


async def test_no_class_differs_from_its_migrated_table(owner: Any, shop: Tenant) -> None:
    drift = [str(difference) for difference in await _drift(owner, shop)]

    assert not drift, "\n".join(drift)


async def test_every_migrated_table_has_a_class(owner: Any, shop: Tenant) -> None:
    known = {(table._meta.schema or shop.schema_name, table._meta.tablename) for table in table_shapes.table_classes()}
    there = {
        (schema, name)
        for schema in ("platform", shop.schema_name)
        for name in await table_shapes.tables_of(owner, schema) - RUNNERS_OWN
    }

    assert there - known == set()


@pytest.mark.parametrize(
    ("planted", "fact"),
    [
        ("ALTER TABLE product ADD COLUMN planted text", ("column", "planted")),
        ("ALTER TABLE product DROP COLUMN vendor", ("column", "vendor")),
        ("ALTER TABLE product ALTER COLUMN position TYPE bigint", ("column", "position")),
        ("ALTER TABLE product ALTER COLUMN title DROP NOT NULL", ("column", "title")),
        ("ALTER TABLE product ALTER COLUMN status SET DEFAULT 'published'", ("default", "status")),
        ("ALTER TABLE product DROP CONSTRAINT product_handle_is_unique", ("unique", "product_handle_is_unique")),
        ("ALTER TABLE product_image DROP CONSTRAINT product_image_product_fkey", ("foreign key", "product")),
        ("ALTER TABLE product_image DROP CONSTRAINT product_image_pkey", ("primary key", "id")),
    ],
)
async def test_a_planted_difference_is_found(owner: Any, shop: Tenant, planted: str, fact: tuple[str, str]) -> None:
    change = owner.transaction()
    await change.start()
    try:
        await owner.execute(f'SET LOCAL search_path TO "{shop.schema_name}"')
        await owner.execute(planted)
        found = {difference.fact[:2] for difference in await _drift(owner, shop)}
    finally:
        await change.rollback()

    assert fact in found


def test_a_class_of_a_table_nobody_made_is_found() -> None:
    class Planted(Table):
        """A table no migration knows."""

        name: Column = Text()

    assert table_shapes.differences("planted", table_shapes.claimed(Planted), set())
