"""Consent to be asked, and asking.

    sent -> accepted | declined | opted_out      (or it runs out; that is told by the clock)

One customer is asked once in half a year at most. Nobody earns from an invitation, and saying yes costs nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from infra import crypto

Answer = Literal["accepted", "declined", "opted_out"]
ASKED_EVERY, OPEN_FOR = timedelta(days=180), timedelta(days=30)
PURPOSE = "koc-invitation"


class NoConsent(Refusal):
    """They did not agree to be asked."""

    code = "koc.no_consent"
    status = 409
    message = "This customer has not agreed to be asked. Nothing was sent."


class AskedLately(Refusal):
    """One invitation in half a year."""

    code = "koc.asked_lately"
    status = 409
    message = "This customer was asked within the last half year. Nothing was sent."


class InvitationOver(Refusal):
    """It was answered, or it ran out."""

    code = "koc.over"
    status = 409
    message = "This invitation is over. Nothing was changed."


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    customer: UUID
    status: str
    expires_at: datetime

    @property
    def is_open(self) -> bool:
        return self.status == "sent" and now() < self.expires_at


async def say_consent(customer: UUID, given: bool, *, how: Literal["account", "invitation"]) -> None:
    await tenants.connection().execute(
        "INSERT INTO customer_consent (id, customer, given, how, said_at) VALUES ($1, $2, $3, $4, $5)",
        new_id(), customer, given, how, now(),
    )  # fmt: skip


async def agreed(customer: UUID) -> bool:
    """Whoever never said anything did not agree."""
    return bool(
        await tenants.connection().fetchval(
            "SELECT given FROM customer_consent WHERE customer = $1 ORDER BY said_at DESC, id DESC LIMIT 1", customer
        )
    )


async def ask(customer: UUID, *, by: str) -> UUID:
    """Raises NotFound, NoConsent, AskedLately. The customer's row keeps two askers from asking at once."""
    database, moment = tenants.connection(), now()
    if not await database.fetchval("SELECT true FROM customer WHERE id = $1 FOR NO KEY UPDATE", customer):
        raise NotFound
    if not await agreed(customer):
        raise NoConsent
    if await database.fetchval(
        "SELECT true FROM koc_invitation WHERE customer = $1 AND invited_at > $2", customer, moment - ASKED_EVERY
    ):
        raise AskedLately
    invitation = new_id()
    await database.execute(
        "INSERT INTO koc_invitation (id, customer, score, invited_by, invited_at, expires_at)"
        " SELECT $1, $2, coalesce((SELECT score FROM koc_score WHERE customer = $2), 0), $3, $4, $5",
        invitation, customer, by, moment, moment + OPEN_FOR,
    )  # fmt: skip
    return invitation


def answer_key(invitation: UUID, tenant: UUID) -> str:
    """What the mail knows: whoever has it may answer, and nobody else."""
    return crypto.sign(f"{tenant}:{invitation}", PURPOSE)


async def find_by_key(invitation: UUID, key: str) -> Invitation:
    """Raises NotFound for a wrong key as for no invitation."""
    if not crypto.verify(f"{tenants.current().id}:{invitation}", key, PURPOSE):
        raise NotFound
    row = await tenants.connection().fetchrow(
        "SELECT id, customer, status, expires_at FROM koc_invitation WHERE id = $1 FOR NO KEY UPDATE", invitation
    )
    if row is None:
        raise NotFound
    return Invitation(**row)


async def answer(invitation: UUID, key: str, how: Answer) -> Invitation:
    """Raises NotFound, InvitationOver. Not wanting to be asked again is possible at any time."""
    found = await find_by_key(invitation, key)
    if not found.is_open and how != "opted_out":
        raise InvitationOver
    await tenants.connection().execute(
        "UPDATE koc_invitation SET status = $2, answered_at = $3 WHERE id = $1", invitation, how, now()
    )
    if how == "opted_out":
        await say_consent(found.customer, False, how="invitation")
    return found
