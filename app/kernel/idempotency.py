"""Keys of commands: a command sent again under the same key is answered again, and acts once.

Two short transactions of its own stand around the command, none inside it: the reservation commits before the handler
starts, the answer before it is sent. Keys of a store's commands live in the store's schema, keys of commands that
belong to no store (sign-up, portal, console) in the platform's.

- Same key, same body: the first answer again (status, headers, body), marked as replayed.
- Same key, another body: refused. A person who corrects a form gets a new key with the page.
- Still in flight: refused with a time to wait. A form waits a little first, because its second click is impatience.
- A defect, a refusal of the form or of the pace leaves no answer behind: under the same key it may be tried again.
- A process that died leaves its key in flight; after ABANDONED it may be taken again. What the first try committed
  until then is the flow's own to recognize (a cart is ordered once, a refund's source is refunded once).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec

from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id
from infra import crypto
from tenants import platform, scope
from tenants.scope import Tenant

HEADER, FIELD = "idempotency-key", "_idempotency_key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=3)
LARGEST_BODY = 256 * 1024
LOOK_EVERY_SECONDS = 0.1

Headers = list[tuple[str, str]]


class KeyUnreadable(Refusal):
    """The key is not one we keep."""

    code = "idempotency.key_unreadable"
    status = 400
    message = "An idempotency key has 1 to 255 visible ASCII characters."


class KeyUsedOtherwise(Refusal):
    """The key belongs to another request."""

    code = "idempotency.key_used_otherwise"
    status = 422
    message = "This form was already sent with other content. Reload the page and send it again; nothing was changed."


class StillInFlight(Refusal):
    """The first request with this key has no answer yet."""

    code = "idempotency.in_flight"
    status = 409
    message = "This is still being worked on. Look again in a moment; it is done only once."
    retry_after = 2


@dataclass(frozen=True, slots=True)
class Reservation:
    """The right to answer one key. `store` is None for commands of no store."""

    store: Tenant | None
    scope: bytes
    holder: UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. `body` is None where it was too long or too secret to keep."""

    status: int
    headers: Headers
    body: bytes | None


def check_key(key: str) -> str:
    """Raises KeyUnreadable."""
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise KeyUnreadable
    return key


def digest(purpose: str, *parts: bytes) -> bytes:
    """A keyed digest: nobody who reads the table can try out passwords against it. Parts cannot run together."""
    sum_ = hmac.new(crypto.platform_key(f"idempotency:{purpose}"), digestmod=hashlib.sha256)
    for part in parts:
        sum_.update(len(part).to_bytes(8, "big"))
        sum_.update(part)
    return sum_.digest()


_TAKE = """
INSERT INTO idempotency_key (id, scope, fingerprint, holder, taken_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (scope) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, holder = EXCLUDED.holder, status = 'in_flight',
    taken_at = EXCLUDED.taken_at, answer_status = NULL, answer_headers = '[]', answer_body = NULL
WHERE idempotency_key.taken_at < $7 OR (idempotency_key.status = 'in_flight' AND idempotency_key.taken_at < $6)
RETURNING true
"""
_LOOK = "SELECT fingerprint, status, answer_status, answer_headers, answer_body FROM idempotency_key WHERE scope = $1"
_ANSWER = (
    "UPDATE idempotency_key SET status = 'answered', answer_status = $3, answer_headers = $4, answer_body = $5"
    " WHERE scope = $1 AND holder = $2"
)
_RELEASE = "DELETE FROM idempotency_key WHERE scope = $1 AND holder = $2 AND status = 'in_flight'"
_SWEEP = "DELETE FROM idempotency_key WHERE taken_at < $1"


async def reserve(
    store: Tenant | None, scope_: bytes, fingerprint: bytes, *, patience: float = 0.0
) -> Reservation | Answer:
    """The right to act, or the answer there is already. Raises KeyUsedOtherwise and StillInFlight.

    `patience` is how many seconds to wait for an answer that is still being worked on.
    """
    until = monotonic() + patience
    while True:
        moment, holder = now(), new_id()
        async with _rows(store) as database:
            if await database.fetchval(
                _TAKE, new_id(), scope_, fingerprint, holder, moment, moment - ABANDONED, moment - KEPT
            ):
                return Reservation(store, scope_, holder)
            row = await database.fetchrow(_LOOK, scope_)
        if row is None:
            continue  # its holder let go of it in this very moment
        if not hmac.compare_digest(row["fingerprint"], fingerprint):
            raise KeyUsedOtherwise
        if row["status"] == "answered":
            headers = msgspec.json.decode(row["answer_headers"], type=Headers)
            return Answer(row["answer_status"], headers, row["answer_body"])
        if monotonic() >= until:
            raise StillInFlight
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def keep_answer(reservation: Reservation, answer: Answer) -> None:
    headers = msgspec.json.encode(answer.headers).decode()
    async with _rows(reservation.store) as database:
        await database.execute(
            _ANSWER, reservation.scope, reservation.holder, answer.status, headers, answer.body
        )  # fmt: skip


async def release(reservation: Reservation) -> None:
    """Nothing was done, so the same key may be used for another try."""
    async with _rows(reservation.store) as database:
        await database.execute(_RELEASE, reservation.scope, reservation.holder)


async def sweep(store: Tenant | None) -> None:
    """Forget keys older than KEPT."""
    async with _rows(store) as database:
        await database.execute(_SWEEP, now() - KEPT)


@asynccontextmanager
async def _rows(store: Tenant | None) -> AsyncIterator[Any]:
    if store is None:
        async with platform.transaction() as database:
            yield database
    else:
        with scope.bind(store):
            async with scope.transaction():
                yield scope.connection()
