"""Addresses of the account, checked by the rules of their country as on the pages."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import customers, identity
from app.api.bodies import answer, read_body
from app.api.described import described
from app.flows.postal_address import AddressForm, as_customer_address, check_address, in_lines
from app.kernel.errors import InvalidInput, NotFound

AnyRequest = Request[Any, Any, Any]


class KeptAddress(AddressForm, forbid_unknown_fields=True, kw_only=True):
    """An address to keep. Which parts are needed depends on the country; `GET /store` lists them."""

    is_default: bool = False


class OwnAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address of the account."""

    id: UUID
    recipient: str
    phone: str
    country: str
    region: str
    city: str
    district: str
    street: str
    postal_code: str
    is_default: bool
    in_one_line: Annotated[str, Meta(description="As people there write it")]


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, the default one first."""

    items: list[OwnAddress]


class AddressController(Controller):
    path = "/addresses"

    @get(**described("Own addresses", gives=Addresses, permission="signed_in"))
    async def list_own(self, request: AnyRequest) -> Response[bytes]:
        """All of them, the default one first."""
        return await _all(request)

    @post(
        **described(
            "Keep an address", takes=KeptAddress, gives=Addresses, status=201, permission="signed_in", key="optional"
        )
    )
    async def add(self, request: AnyRequest) -> Response[bytes]:
        """The same place twice is one address."""
        address = await _checked(request)
        async with tenants.transaction():
            await customers.save_address(identity.viewer_of(request).id, address)
        return await _all(request, status=201)

    @put(
        "/{address_id:uuid}",
        **described(
            "Change an address", takes=KeptAddress, gives=Addresses, permission="signed_in", key="optional",
            refuses=(NotFound,),
        ),
    )  # fmt: skip
    async def change(self, request: AnyRequest, address_id: FromPath[UUID]) -> Response[bytes]:
        """Orders keep the address they were placed with."""
        address = await _checked(request)
        async with tenants.transaction():
            await customers.change_address(identity.viewer_of(request).id, address_id, address)
        return await _all(request)

    @put(
        "/{address_id:uuid}/default",
        **described(
            "Prefer an address", gives=Addresses, permission="signed_in", key="optional", refuses=(NotFound,)
        ),
    )  # fmt: skip
    async def prefer(self, request: AnyRequest, address_id: FromPath[UUID]) -> Response[bytes]:
        """It comes first from now on, and no other is the default."""
        async with tenants.transaction():
            await customers.make_default(identity.viewer_of(request).id, address_id)
        return await _all(request)

    @delete(
        "/{address_id:uuid}",
        **described(
            "Remove an address", gives=Addresses, permission="signed_in", key="optional", refuses=(NotFound,)
        ),
    )  # fmt: skip
    async def remove(self, request: AnyRequest, address_id: FromPath[UUID]) -> Response[bytes]:
        """Answers what is left."""
        async with tenants.transaction():
            await customers.delete_address(identity.viewer_of(request).id, address_id)
        return await _all(request)


async def _checked(request: AnyRequest) -> customers.Address:
    """Raises InvalidInput with everything that is wrong at once."""
    body = await read_body(request, KeptAddress)
    if wrong := check_address(body):
        raise InvalidInput(wrong)
    return as_customer_address(body, is_default=body.is_default)


async def _all(request: AnyRequest, *, status: int = 200) -> Response[bytes]:
    async with tenants.transaction():
        known = await customers.addresses_of(identity.viewer_of(request).id)
    return answer(Addresses(items=[_shown(each) for each in known]), status=status)


def _shown(address: customers.Address) -> OwnAddress:
    parts = {name: value for name, value in msgspec.structs.asdict(address).items() if isinstance(value, str)}
    return msgspec.convert(
        {**msgspec.structs.asdict(address), "in_one_line": in_lines(parts)}, OwnAddress
    )  # fmt: skip
