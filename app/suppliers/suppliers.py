"""Suppliers of the store and the terms they deliver on."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import LOCALES, N_
from app.kernel.ids import new_id

Short = Annotated[str, msgspec.Meta(max_length=120)]
ACTIVE, PAUSED = "active", "paused"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is agreed with a supplier. `takes_returns`: goods whose money went back to the shopper are not paid for."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    contact: Short = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    locale: Annotated[str, msgspec.Meta(max_length=10)] = ""
    due_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 30
    minimum_amount: int = 0
    takes_returns: bool = True
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Supplier(Terms, frozen=True, kw_only=True):
    """`warehouse` is where its own parcels leave from, once it ships any."""

    id: UUID
    status: str
    warehouse: UUID | None

    @property
    def is_active(self) -> bool:
        return self.status == ACTIVE


class SupplierRow(msgspec.Struct, frozen=True):
    """A supplier with how many goods come from it."""

    supplier: Supplier
    goods: int
    drop_shipped: int


_COLUMNS = ", ".join(f"supplier.{field.name}" for field in msgspec.structs.fields(Supplier))
_ALL = f"""
SELECT {_COLUMNS}, count(link.id) AS goods, count(link.id) FILTER (WHERE link.drop_ship) AS drop_shipped
FROM supplier LEFT JOIN supplier_link AS link ON link.supplier = supplier.id AND link.active
GROUP BY supplier.id ORDER BY supplier.status, supplier.name
"""  # noqa: S608 - constants only
_ADD = """
INSERT INTO supplier (id, name, contact, email, phone, locale, due_days, minimum_amount, takes_returns, note,
    created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
"""
_CHANGE = """
UPDATE supplier SET name = $2, contact = $3, email = $4, phone = $5, locale = $6, due_days = $7, minimum_amount = $8,
    takes_returns = $9, note = $10, updated_at = $11 WHERE id = $1 RETURNING id
"""


async def rows() -> list[SupplierRow]:
    """Every supplier, the active ones first."""
    found = await tenants.connection().fetch(_ALL)
    return [SupplierRow(_supplier(row), row["goods"], row["drop_shipped"]) for row in found]


async def find(supplier_id: UUID, *, lock: bool = False) -> Supplier:
    """Raises NotFound. Locked, everything about its money waits in line."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM supplier WHERE id = $1{' FOR NO KEY UPDATE' if lock else ''}",  # noqa: S608 - constants
        supplier_id,
    )
    if row is None:
        raise NotFound
    return _supplier(row)


async def save(terms: Terms, supplier_id: UUID | None = None) -> UUID:
    """A new supplier, or new terms of a known one. Raises InvalidInput, NotFound."""
    _check(terms)
    known = supplier_id or new_id()
    values = (
        known, terms.name, terms.contact, terms.email.lower(), terms.phone, terms.locale, terms.due_days,
        terms.minimum_amount, terms.takes_returns, terms.note, now(),
    )  # fmt: skip
    try:
        async with tenants.savepoint():
            if supplier_id is None:
                await tenants.connection().execute(_ADD, *values)
            elif await tenants.connection().fetchval(_CHANGE, *values) is None:
                raise NotFound
    except UniqueViolationError as error:
        raise InvalidInput({"name": N_("There is a supplier of this name already.")}) from error
    return known


def _check(terms: Terms) -> None:
    wrong = {}
    if terms.email and ("@" not in terms.email.strip("@") or any(letter.isspace() for letter in terms.email)):
        wrong["email"] = N_("Enter an e-mail address like name@example.com.")
    if terms.minimum_amount < 0:
        wrong["minimum_amount"] = N_("This cannot be below zero.")
    if terms.locale not in ("", *LOCALES):
        wrong["locale"] = N_("Choose one of the offered values.")
    if wrong:
        raise InvalidInput(wrong)


async def switch(supplier_id: UUID, status: str) -> None:
    """Nothing is ordered from a paused supplier. Raises NotFound."""
    changed = await tenants.connection().fetchval(
        "UPDATE supplier SET status = $2, updated_at = $3 WHERE id = $1 RETURNING id", supplier_id, status, now()
    )
    if changed is None:
        raise NotFound


async def give_warehouse(supplier_id: UUID, warehouse: UUID) -> None:
    await tenants.connection().execute("UPDATE supplier SET warehouse = $2 WHERE id = $1", supplier_id, warehouse)


def _supplier(row: Any) -> Supplier:
    return Supplier(**{field.name: row[field.name] for field in msgspec.structs.fields(Supplier)})
