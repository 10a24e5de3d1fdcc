"""Shapes of tables, as the Piccolo classes claim them and as the migrated schema has them."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from piccolo.columns import Array, Column, ForeignKey
from piccolo.constraints import Unique
from piccolo.table import Table

from tests.architecture.sources import ROOT

TYPES = {"BOOLEAN": "boolean", "TIMESTAMPTZ": "timestamp with time zone"}
ON_DELETE = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
Shape = set[tuple[str, ...]]


@dataclass(frozen=True)
class Difference:
    """One fact only one side knows."""

    table: str
    fact: tuple[str, ...]
    known_to: str

    def __str__(self) -> str:
        return f"{self.table}: {' '.join(self.fact)} (only in {self.known_to})"


def table_classes() -> list[type[Table]]:
    """Every Table of every room and of the platform, the ones that are defined there and not merely imported."""
    app = ROOT / "app"
    files = [*sorted(app.glob("*/tables.py")), *sorted(app.glob("*/tables/*.py")), ROOT / "tenants" / "tables.py"]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [
        found
        for name in names
        for found in vars(importlib.import_module(name)).values()
        if isinstance(found, type) and issubclass(found, Table) and found.__module__ == name
    ]


def claimed(table: type[Table]) -> Shape:
    """What a class says its table looks like."""
    shape: Shape = set()
    for column in table._meta.columns:
        shape |= _claimed_column(column)
    for constraint in table._meta.constraints:
        if isinstance(constraint, Unique):
            shape.add(("unique", constraint._meta.name, *sorted(_columns(constraint))))
    return shape


def _claimed_column(column: Column) -> Shape:
    name, nullable = column._meta.db_column_name, "null" if column._meta.null else "not null"
    shape: Shape = {("column", name, _type_of(column), nullable), ("default", name, _default_of(column))}
    if column._meta.primary_key:
        shape.add(("primary key", name))
    if isinstance(column, ForeignKey):
        target = column._foreign_key_meta.resolved_references
        action = str(column._foreign_key_meta.on_delete.value)
        shape.add(("foreign key", name, target._meta.tablename, "NO ACTION" if action == "RESTRICT" else action))
    return shape


def _columns(constraint: Any) -> list[str]:
    names: list[str] = constraint.get_column_names()
    return names


def _type_of(column: Column) -> str:
    if isinstance(column, Array):
        return f"{_type_of(column.base_column)}[]"
    written = str(column.column_type)
    return TYPES.get(written, written.lower())


def _default_of(column: Column) -> str:
    """A Piccolo default of None is no default at all; the others are written as PostgreSQL writes them back."""
    value: Any = column.get_default_value()
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "'{}'"
    return str(value) if isinstance(value, int) else f"'{value}'"


_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
       CASE a.attgenerated WHEN '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), '') ELSE '' END AS given
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
_CONSTRAINTS = """
SELECT c.conname, c.contype::text AS kind, c.confdeltype::text AS on_delete, coalesce(f.relname, '') AS target,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = ANY (c.conkey)) AS columns
FROM pg_constraint c LEFT JOIN pg_class f ON f.oid = c.confrelid
WHERE c.conrelid = $1::regclass AND c.contype IN ('p', 'u', 'f')
    AND NOT (c.contype = 'f' AND cardinality(c.conkey) > 1)  -- no class has a word for a key of several columns
"""


async def migrated(database: Any, schema: str, table: str) -> Shape:
    """What the server says the table looks like; empty when there is none."""
    name, shape = f'"{schema}"."{table}"', set[tuple[str, ...]]()
    if await database.fetchval("SELECT to_regclass($1)", name) is None:
        return shape
    for row in await database.fetch(_COLUMNS, name):
        shape.add(("column", row["attname"], row["type"], "not null" if row["attnotnull"] else "null"))
        shape.add(("default", row["attname"], row["given"].partition("::")[0]))
    for row in await database.fetch(_CONSTRAINTS, name):
        shape |= _constraint(row)
    return shape


def _constraint(row: Any) -> Shape:
    if row["kind"] == "p":
        return {("primary key", column) for column in row["columns"]}
    if row["kind"] == "u":
        return {("unique", row["conname"], *sorted(row["columns"]))}
    if len(row["columns"]) > 1:
        return set()  # beside the plain one of its first column; Piccolo has no words for it
    return {("foreign key", *row["columns"], row["target"], ON_DELETE[row["on_delete"]])}


async def tables_of(database: Any, schema: str) -> set[str]:
    """The tables that stand for themselves; the parts of one are its own business."""
    rows = await database.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition",
        schema,
    )
    return {row["relname"] for row in rows}


def differences(table: str, said: Shape, found: Shape) -> list[Difference]:
    return [
        *(Difference(table, fact, "the class") for fact in sorted(said - found)),
        *(Difference(table, fact, "the schema") for fact in sorted(found - said)),
    ]
