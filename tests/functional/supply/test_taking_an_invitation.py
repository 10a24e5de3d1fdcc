"""Somebody of a supplier takes an invitation, signs in, and sees the stores that let them in; nobody else does."""

from __future__ import annotations

import secrets
from uuid import UUID

import pytest

import tenants
from app.flows import invitation_links, invite_supplier
from app.identity import Viewer
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from tenants import Tenant
from tests.builders_backoffice import PASSWORD
from tests.functional.conftest import Visitor, own_address

OWNER = Viewer("merchant", new_id(), "Owner", "owner@example.test", "owner", None, b"", "")


@pytest.fixture
def email() -> str:
    """Logins are the platform's and outlive a test, so everybody has an address of their own."""
    return f"{secrets.token_hex(4)}@example.test"


def supply(path: str) -> str:
    return own_address("supply", path)


async def _invited(shop: Tenant, email: str, supplier: UUID | None = None) -> invitation_links.Invitation:
    with tenants.bind(shop):
        return await invite_supplier.invite(supplier or new_id(), email, "Orchard", by=OWNER)


async def test_an_invited_person_chooses_a_password_and_is_in(shop: Tenant, visitor: Visitor, email: str) -> None:
    invitation = await _invited(shop, email)

    answer = await visitor.submit(supply("/welcome"), {"code": invitation.code, "password": PASSWORD})

    assert answer.headers["location"] == "/"
    assert shop.name in (await visitor.get(supply("/"))).text


async def test_the_link_works_once(shop: Tenant, visitor: Visitor, email: str) -> None:
    form = {"code": (await _invited(shop, email)).code, "password": PASSWORD}

    await visitor.submit(supply("/welcome"), form)
    again = await visitor.submit(supply("/welcome"), form)

    assert again.status_code == 410


async def test_somebody_known_to_another_store_types_their_own_password(
    shop: Tenant, other_shop: Tenant, visitor: Visitor, email: str
) -> None:
    await visitor.submit(supply("/welcome"), {"code": (await _invited(shop, email)).code, "password": PASSWORD})
    second = await _invited(other_shop, email)

    wrong = await visitor.submit(supply("/welcome"), {"code": second.code, "password": "another-password"})
    right = await visitor.submit(supply("/welcome"), {"code": second.code, "password": PASSWORD})

    assert not second.is_new
    assert wrong.status_code == 422
    assert right.headers["location"] == "/"
    stores = (await visitor.get(supply("/stores"))).text
    assert shop.name in stores
    assert other_shop.name in stores


async def test_whoever_was_shut_out_sees_the_store_no_more(shop: Tenant, visitor: Visitor, email: str) -> None:
    supplier = new_id()
    await visitor.submit(
        supply("/welcome"), {"code": (await _invited(shop, email, supplier)).code, "password": PASSWORD}
    )
    with tenants.bind(shop):
        (seat,) = await invite_supplier.seats_of(supplier)
        await invite_supplier.let_in_again(supplier, seat.login, allowed=False, by=OWNER)

    gone = await visitor.get(supply("/"))
    await visitor.submit(supply("/sign-in"), {"email": email, "password": PASSWORD})
    back = await visitor.get(supply("/"))

    assert "/sign-in" in gone.headers["location"]
    assert back.headers["location"] == "/stores"
    assert shop.name not in (await visitor.get(supply("/stores"))).text


async def test_nobody_opens_a_store_that_did_not_let_them_in(
    shop: Tenant, other_shop: Tenant, visitor: Visitor, email: str
) -> None:
    await visitor.submit(supply("/welcome"), {"code": (await _invited(shop, email)).code, "password": PASSWORD})

    answer = await visitor.submit(supply(f"/stores/{other_shop.id}"), page=supply("/stores"))

    assert answer.status_code == 404


async def test_one_person_works_for_one_supplier_of_a_store(shop: Tenant, email: str) -> None:
    await _invited(shop, email)

    with pytest.raises(InvalidInput) as refused:
        await _invited(shop, email)

    assert list(refused.value.fields) == ["email"]
