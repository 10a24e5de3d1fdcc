"""Builders of the back office: signed-in staff and a product to work on."""

from __future__ import annotations

import secrets
from uuid import UUID

import httpx

import tenants
from app import catalog
from app.flows.save_product import save_product
from app.kernel.ids import new_id
from tenants import Tenant, platform
from tests.builders import merchant_login

PASSWORD = "correct horse battery"


async def staff_of(shop: Tenant, role: str) -> str:
    """A merchant with a seat in the store; returns the e-mail to sign in with."""
    email = f"{role}-{secrets.token_hex(4)}@example.test"
    login = await merchant_login(email)
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO merchant_user (id, login, tenant, role, status, created_at)"
            " VALUES ($1, $2, $3, $4, 'active', now())",
            new_id(), login, shop.id, role,
        )  # fmt: skip
    return email


async def make_product(title: str = "Peach", *, price: int = 4390, stock: int = 10, status: str = "published") -> UUID:
    variant = catalog.VariantEdit(price_amount=price, on_hand=stock, sku=title.upper())
    return await save_product(catalog.ProductEdit(title=title, status=status, variants=(variant,)))


async def count(table: str) -> int:
    async with tenants.transaction():
        found: int = await tenants.connection().fetchval(f"SELECT count(*) FROM {table}")
    return found


def admin(path: str = "/") -> str:
    from infra.settings import settings

    return f"{settings().origin('admin')}{path}"


async def sign_in(visitor: httpx.AsyncClient, email: str) -> httpx.Response:
    answer: httpx.Response = await visitor.submit(  # type: ignore[attr-defined] # the functional tests' own client
        admin("/sign-in"), {"email": email, "password": PASSWORD}
    )
    return answer
