"""Authorizations a merchant gave on a vendor's page: asked for, granted until when, renewed by one worker at a time.

Times are the database's, so that workers whose clocks differ agree on whose turn it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app.kernel.errors import Refusal
from app.kernel.ids import new_id

STATE_S = 30 * 60
TURN_S = 60  # longer than our patience with one call
PER_LOOK = 20

ASK = """
INSERT INTO warehouse_authorization (id, warehouse, state_digest, state_until)
VALUES ($1, $2, $3, now() + make_interval(secs => $4)) ON CONFLICT (warehouse) DO UPDATE
SET state_digest = EXCLUDED.state_digest, state_until = EXCLUDED.state_until
"""
ASKED = "SELECT warehouse FROM warehouse_authorization WHERE state_digest = $1 AND $1 <> '' AND state_until > now()"
KEEP_CODE = """
UPDATE warehouse_authorization SET state_digest = '', state_until = NULL, code_sealed = $2, attempt = NULL,
    taken_until = NULL, trouble = ''
WHERE state_digest = $1 AND $1 <> '' AND state_until > now() RETURNING warehouse
"""
# Renewed with five days to go, or with a third of a shorter life.
IS_DUE = """
(code_sealed <> '' OR (NOT broken AND (renew_asked
    OR valid_until - now() <= least(interval '5 days', (valid_until - granted_at) / 3))))
AND (taken_until IS NULL OR taken_until <= now())
"""
TAKE = f"""
UPDATE warehouse_authorization SET attempt = $2, taken_until = now() + make_interval(secs => $3)
WHERE warehouse = $1 AND {IS_DUE} RETURNING code_sealed
"""  # noqa: S608 - a constant of this file
DUE = f"SELECT warehouse FROM warehouse_authorization WHERE {IS_DUE} ORDER BY valid_until, id LIMIT $1"  # noqa: S608 - the same
GRANT = """
UPDATE warehouse_authorization SET attempt = NULL, taken_until = NULL, code_sealed = '', renew_asked = false,
    broken = false, trouble = '', granted_at = now(), valid_until = now() + make_interval(secs => $3)
WHERE warehouse = $1 AND attempt = $2 RETURNING id
"""
# A refused code says nothing of the authorization of before.
REFUSE = """
UPDATE warehouse_authorization SET attempt = NULL, taken_until = NULL, broken = broken OR code_sealed = '',
    code_sealed = '', renew_asked = false, trouble = $3
WHERE warehouse = $1 AND attempt = $2 RETURNING id
"""
PUT_BACK = """
UPDATE warehouse_authorization SET attempt = NULL, taken_until = NULL WHERE warehouse = $1 AND attempt = $2
"""
# One that is refused soon after it was renewed would be refused again.
ASK_RENEWAL = """
UPDATE warehouse_authorization SET renew_asked = true
WHERE warehouse = $1 AND NOT broken AND granted_at <= now() - interval '10 minutes' RETURNING id
"""
ON_ITS_WAY = """
SELECT code_sealed <> '' OR taken_until > now() OR granted_at > now() - interval '1 minute'
FROM warehouse_authorization WHERE warehouse = $1 AND NOT broken
"""


class AuthorizationNotAsked(Refusal):
    """Somebody comes back from a vendor's page whom nobody here, or nobody in this session, sent there."""

    code = "fulfillment.authorization_not_asked"
    status = 409
    message = (
        "This authorization was not asked for from here, was used already or took too long. Press “Authorize” on the"
        " page of the warehouse again; nothing was changed."
    )


@dataclass(frozen=True, slots=True)
class Authorization:
    """`trouble` is why the last exchange or renewal failed; `over`: the vendor renews it no more."""

    warehouse: UUID
    valid_until: datetime | None
    is_exchanging: bool
    over: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class AuthorizationTurn:
    """Somebody's turn: to exchange the code, or without one to renew."""

    warehouse: UUID
    attempt: UUID
    code_sealed: str


async def authorization_of(warehouse: UUID) -> Authorization | None:
    """None where nobody authorized us, and the token was typed by hand if there is one."""
    row = await tenants.connection().fetchrow(
        "SELECT warehouse, valid_until, code_sealed <> '' AS is_exchanging, broken AS over, trouble"
        " FROM warehouse_authorization WHERE warehouse = $1",
        warehouse,
    )
    return Authorization(**row) if row else None


async def ask_authorization(warehouse: UUID, state_digest: str) -> None:
    """The merchant is on the way to the vendor's page; whoever went before may not come back."""
    await tenants.connection().execute(ASK, new_id(), warehouse, state_digest, STATE_S)


async def asked_authorization(state_digest: str) -> UUID:
    """Which warehouse the one who comes back went for. Raises AuthorizationNotAsked."""
    found: UUID | None = await tenants.connection().fetchval(ASKED, state_digest)
    if found is None:
        raise AuthorizationNotAsked
    return found


async def keep_code(state_digest: str, code_sealed: str) -> None:
    """The state is used up, and a worker may exchange the code. Raises AuthorizationNotAsked."""
    if await tenants.connection().fetchval(KEEP_CODE, state_digest, code_sealed) is None:
        raise AuthorizationNotAsked


async def due_authorizations() -> list[UUID]:
    """Warehouses with a code to exchange or an authorization to renew that nobody is at."""
    return [row["warehouse"] for row in await tenants.connection().fetch(DUE, PER_LOOK)]


async def take_authorization(warehouse: UUID) -> AuthorizationTurn | None:
    """None when there is nothing to do, or somebody else is at it: a refresh token is good once."""
    attempt = new_id()
    sealed: str | None = await tenants.connection().fetchval(TAKE, warehouse, attempt, TURN_S)
    return None if sealed is None else AuthorizationTurn(warehouse, attempt, sealed)


async def grant_authorization(turn: AuthorizationTurn, seconds: int) -> bool:
    """Good for so long from now. False when the merchant came back with another code in the meantime."""
    return await tenants.connection().fetchval(GRANT, turn.warehouse, turn.attempt, seconds) is not None


async def refuse_authorization(turn: AuthorizationTurn, reason: str) -> bool:
    """The vendor said no. False when the merchant came back with another code in the meantime."""
    return await tenants.connection().fetchval(REFUSE, turn.warehouse, turn.attempt, reason[:500]) is not None


async def put_back_authorization(turn: AuthorizationTurn) -> None:
    """No answer came; somebody may try again."""
    await tenants.connection().execute(PUT_BACK, turn.warehouse, turn.attempt)


async def forget_authorization(warehouse: UUID) -> None:
    """Another account, or a token typed by hand: what was granted belongs to it no more."""
    await tenants.connection().execute("DELETE FROM warehouse_authorization WHERE warehouse = $1", warehouse)


async def ask_renewal(warehouse: UUID) -> bool:
    """The vendor refused the token before its time. True when waiting helps: it is renewed, or was a moment ago."""
    if await tenants.connection().fetchval(ASK_RENEWAL, warehouse) is not None:
        return True
    return bool(await tenants.connection().fetchval(ON_ITS_WAY, warehouse))
