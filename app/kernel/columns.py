"""Column makers that leave no dangerous default: a reference is required and restricts."""

from __future__ import annotations

from typing import Any

from piccolo.columns import UUID, ForeignKey
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference


def key() -> UUID:
    """The primary key: a UUIDv7 given by the caller, never invented by a column default."""
    return UUID(primary_key=True, default=None)


def plain_id(*, null: bool = False) -> UUID:
    """An id of something that lives elsewhere (another schema), so without a constraint."""
    return UUID(null=null, default=None)


def reference(
    room: str, table: str, *, null: bool = False, primary_key: bool = False, on_delete: OnDelete = OnDelete.restrict
) -> Any:
    """A foreign key to another room's table, without importing that room."""
    target = LazyTableReference(table_class_name=table, module_path=f"app.{room}.tables")
    return ForeignKey(references=target, null=null, primary_key=primary_key, on_delete=on_delete, default=None)
