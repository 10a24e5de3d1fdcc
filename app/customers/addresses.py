"""Where a shopper lets things be sent. The newest default is the only one."""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address; which parts are filled depends on the country."""

    id: UUID | None = None
    recipient: str
    phone: str
    country: str
    region: str = ""
    city: str = ""
    district: str = ""
    street: str
    postal_code: str = ""
    is_default: bool = False


async def addresses_of(customer_id: UUID) -> list[Address]:
    """The default one first."""
    rows = await tenants.connection().fetch(
        "SELECT id, recipient, phone, country, region, city, district, street, postal_code, is_default"
        " FROM customer_address WHERE customer = $1 ORDER BY is_default DESC, created_at DESC",
        customer_id,
    )
    return [Address(**row) for row in rows]


async def save_address(customer_id: UUID, address: Address) -> UUID:
    """Keep an address; the same place twice is one row."""
    database = tenants.connection()
    if address.is_default:
        await database.execute("UPDATE customer_address SET is_default = false WHERE customer = $1", customer_id)
    known: UUID | None = await database.fetchval(
        "UPDATE customer_address SET is_default = is_default OR $9 WHERE customer = $1 AND recipient = $2"
        " AND phone = $3 AND country = $4 AND region = $5 AND city = $6 AND district = $7 AND street = $8 RETURNING id",
        customer_id, address.recipient, address.phone, address.country, address.region, address.city, address.district,
        address.street, address.is_default,
    )  # fmt: skip
    if known:
        return known
    made = new_id()
    await database.execute(
        "INSERT INTO customer_address (id, customer, recipient, phone, country, region, city, district, street,"
        " postal_code, is_default, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        made, customer_id, address.recipient, address.phone, address.country, address.region, address.city,
        address.district, address.street, address.postal_code, address.is_default, now(),
    )  # fmt: skip
    return made


async def delete_address(customer_id: UUID, address_id: UUID) -> None:
    """Raises NotFound when this customer has no such address."""
    gone = await tenants.connection().fetchval(
        "DELETE FROM customer_address WHERE customer = $1 AND id = $2 RETURNING id", customer_id, address_id
    )
    if gone is None:
        raise NotFound


CHANGE = """
UPDATE customer_address SET recipient = $3, phone = $4, country = $5, region = $6, city = $7, district = $8,
    street = $9, postal_code = $10 WHERE customer = $1 AND id = $2 RETURNING id
"""


async def change_address(customer_id: UUID, address_id: UUID, address: Address) -> None:
    """Another text for the same address. Raises NotFound when this customer has no such address."""
    changed = await tenants.connection().fetchval(
        CHANGE, customer_id, address_id, address.recipient, address.phone, address.country, address.region,
        address.city, address.district, address.street, address.postal_code,
    )  # fmt: skip
    if changed is None:
        raise NotFound
    if address.is_default:
        await make_default(customer_id, address_id)


async def make_default(customer_id: UUID, address_id: UUID) -> None:
    """This one comes first from now on, and no other. Raises NotFound when this customer has no such address."""
    database = tenants.connection()
    known = await database.fetchval(
        "SELECT id FROM customer_address WHERE customer = $1 AND id = $2", customer_id, address_id
    )
    if known is None:
        raise NotFound
    await database.execute(
        "UPDATE customer_address SET is_default = (id = $2) WHERE customer = $1", customer_id, address_id
    )
