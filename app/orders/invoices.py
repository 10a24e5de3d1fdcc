"""Invoice numbers: one for each order, given out once, never left out and never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id
from app.orders.reading import Order


class NotInvoiced(Refusal):
    """Nothing was paid, so there is nothing to write an invoice about."""

    code = "orders.not_paid_yet"
    status = 409
    message = "An invoice is written when the order is paid."


class Seller(msgspec.Struct, frozen=True):
    """Who sells, as papers say it."""

    legal_name: str = ""
    address: str = ""
    tax_number: str = ""
    closing_words: str = ""


class Invoice(msgspec.Struct, frozen=True):
    number: str
    seller: Seller
    issued_at: datetime


async def read_seller() -> Seller:
    """What the settings say today."""
    row = await tenants.connection().fetchrow(
        "SELECT legal_name, address, tax_number, closing_words FROM document_settings"
    )
    return Seller(**row) if row else Seller()


async def save_seller(seller: Seller) -> None:
    await tenants.connection().execute(
        "INSERT INTO document_settings (id, legal_name, address, tax_number, closing_words, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (only_one) DO UPDATE SET legal_name = EXCLUDED.legal_name,"
        " address = EXCLUDED.address, tax_number = EXCLUDED.tax_number, closing_words = EXCLUDED.closing_words,"
        " updated_at = EXCLUDED.updated_at",
        new_id(), seller.legal_name, seller.address, seller.tax_number, seller.closing_words, now(),
    )  # fmt: skip


async def invoice_of(order_id: UUID) -> Invoice | None:
    row = await tenants.connection().fetchrow(
        "SELECT number, seller, issued_at FROM invoice WHERE order_id = $1", order_id
    )
    return Invoice(row["number"], msgspec.json.decode(row["seller"], type=Seller), row["issued_at"]) if row else None


async def issue_invoice(order: Order, *, by: str) -> Invoice:
    """The order's invoice, made if there is none yet. The caller has locked the order. Raises NotInvoiced."""
    known = await invoice_of(order.id)
    if known:
        return known
    if not order.is_paid:
        raise NotInvoiced
    count = await tenants.connection().fetchval(
        "INSERT INTO counter (name, value) VALUES ('invoice', 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
    )
    made = Invoice(f"INV-{count:06d}", await read_seller(), now())
    await tenants.connection().execute(
        "INSERT INTO invoice (id, order_id, number, seller, issued_by, issued_at) VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), order.id, made.number, msgspec.json.encode(made.seller).decode(), by, made.issued_at,
    )  # fmt: skip
    return made
