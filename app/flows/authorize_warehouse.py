"""A merchant authorizes us on the vendor's own page, and workers keep that authorization good.

The browser goes with a state that is bound to the store and the session, and comes back with it and a code. The code is
kept sealed; a worker exchanges it between two transactions, and renews by the same steps before the tokens end. Whose
turn it is stands in a row, because codes and refresh tokens are good once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from uuid import UUID

import tenants
from app import fulfillment
from app.flows.merchant_acts import Actor, record_act
from app.flows.warehouse_turn import post_authorization
from app.fulfillment import AuthorizationNotAsked, AuthorizationTurn, WarehouseFacts, trouble
from app.kernel.clock import now
from app.kernel.errors import NotFound
from infra import wiring
from infra.warehouse.port import BadSignature, Tokens, WarehouseRejected, WarehouseUnavailable, WarehouseVendor

LONGEST_S = 10 * 365 * 86_400
RENEWS = "refresh_token"


def authorizes(warehouse: WarehouseFacts) -> bool:
    """Whether its vendor has a page for it; trial environments give out fixed tokens instead."""
    kind = fulfillment.KINDS.get(warehouse.adapter)
    return kind is not None and kind.authorizes and warehouse.base_url != kind.test_url


async def go_to_vendor(warehouse_id: UUID, session: bytes, *, by: Actor) -> str:
    """Where the browser goes. Raises NotFound."""
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(warehouse_id)
    if not authorizes(warehouse):
        raise NotFound
    state = secrets.token_urlsafe(24)
    await record_act(by, "warehouse.authorization_asked", str(warehouse_id), "", {})
    async with tenants.transaction():
        await fulfillment.ask_authorization(warehouse_id, _digest(state, session))
    return _vendor(warehouse).page_url(state, now())


async def come_back(returned: Mapping[str, str], session: bytes, *, by: Actor) -> UUID:
    """The browser is back with a code: keep it, and have it exchanged. Raises AuthorizationNotAsked."""
    digest = _digest(returned.get("state", ""), session)
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(await fulfillment.asked_authorization(digest))
    try:
        code = _vendor(warehouse).code_of(returned)
    except BadSignature as error:
        raise AuthorizationNotAsked from error
    await record_act(by, "warehouse.authorized", str(warehouse.id), "", {"app_key": warehouse.app_key})
    sealed = wiring.seal_code(code, tenant_id=tenants.current().id, warehouse_id=warehouse.id)
    async with tenants.transaction():
        await fulfillment.keep_code(digest, sealed)
        await post_authorization(warehouse.id)
    return warehouse.id


async def ask_for_renewals() -> None:
    """By the clock: what ends soon, and what a worker left undone; the same wish twice is one."""
    async with tenants.transaction():
        for warehouse_id in await fulfillment.due_authorizations():
            await post_authorization(warehouse_id)


async def settle_authorization(warehouse_id: UUID, *, last_attempt: bool = False) -> None:
    """The job: exchange the code, or renew. Raises WarehouseUnavailable when another attempt may help."""
    async with tenants.transaction():
        turn = await fulfillment.take_authorization(warehouse_id)
        warehouse = await fulfillment.warehouse(warehouse_id)
    if turn is None:
        return
    try:
        tokens = await _ask(warehouse, turn)
    except WarehouseRejected as error:
        await _take_no(turn, f"{error.code} {error.args[1]}".strip())
    except WarehouseUnavailable as error:
        await _note_silence(turn, str(error), give_up=last_attempt)
        if not last_attempt:
            raise
    else:
        await _keep(turn, tokens)


async def _ask(warehouse: WarehouseFacts, turn: AuthorizationTurn) -> Tokens:
    vendor, store = _vendor(warehouse), tenants.current().id
    if turn.code_sealed:
        return await vendor.exchange(wiring.open_code(turn.code_sealed, tenant_id=store, warehouse_id=warehouse.id))
    return await vendor.renew(wiring.OF_WAREHOUSES.open(warehouse, tenant_id=store).get(RENEWS, ""))


async def _keep(turn: AuthorizationTurn, tokens: Tokens) -> None:
    """Sealed beside the secret as it is now: the merchant may have changed the connection in between."""
    store = tenants.current().id
    async with tenants.transaction():
        if not await fulfillment.grant_authorization(turn, max(0, min(tokens.expires_in, LONGEST_S))):
            return
        warehouse = await fulfillment.lock_warehouse(turn.warehouse)
        said = wiring.OF_WAREHOUSES.open(warehouse, tenant_id=store)
        said |= {"access_token": tokens.access_token, RENEWS: tokens.refresh_token}
        await fulfillment.keep_credentials(
            warehouse.id, wiring.OF_WAREHOUSES.seal(said, tenant_id=store, row_id=warehouse.id)
        )
        await fulfillment.close_by_itself(warehouse.id, trouble.AUTHORIZATION_OVER)
        await fulfillment.note_answer(warehouse.id)


async def _take_no(turn: AuthorizationTurn, reason: str) -> None:
    """Asking again cannot help: the merchant has to authorize once more."""
    async with tenants.transaction():
        if await fulfillment.refuse_authorization(turn, reason) and not turn.code_sealed:
            await fulfillment.raise_exception(
                trouble.AUTHORIZATION_OVER, warehouse=turn.warehouse, amount=0, params={"reason": reason}
            )


async def _note_silence(turn: AuthorizationTurn, reason: str, *, give_up: bool) -> None:
    """A code ends soon, so after the last attempt the merchant begins anew; a renewal is asked for by the clock."""
    async with tenants.transaction():
        if give_up and turn.code_sealed:
            await fulfillment.refuse_authorization(turn, reason)
        else:
            await fulfillment.put_back_authorization(turn)


def _vendor(warehouse: WarehouseFacts) -> WarehouseVendor:
    return wiring.warehouse_vendor(warehouse, tenant_id=tenants.current().id)


def _digest(state: str, session: bytes) -> str:
    """What is kept of a state: it fits in the session it was made for, and nobody who reads the row can make it."""
    return hashlib.sha256(state.encode() + b"\0" + session).hexdigest()
