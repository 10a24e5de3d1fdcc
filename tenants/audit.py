"""The audit log: one append-only chain; each entry carries the hash of the one before it.

An entry is written in the same transaction as the act it records, before it. The chain cannot fork: `previous_hash`
is unique.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from infra import clock

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

GENESIS = b"\x00" * 32


def chain_hash(previous: bytes, entry: dict[str, Any]) -> bytes:
    """SHA-256 over the previous hash and the entry's canonical JSON (keys in order)."""
    return hashlib.sha256(previous + msgspec.json.encode(entry, order="sorted")).digest()


async def record(
    database: PoolConnectionProxy[Any],
    *,
    actor_kind: str,
    actor_id: UUID | None,
    actor_name: str,
    action: str,
    tenant: UUID | None = None,
    subject: str = "",
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Append one entry inside the caller's platform transaction."""
    # One row of the plan table serves as the chain's lock: a row lock, so it also holds on a sharded server.
    await database.execute("SELECT code FROM plan WHERE code = 'starter' FOR NO KEY UPDATE")
    previous = await database.fetchval("SELECT hash FROM audit_entry ORDER BY at DESC, id DESC LIMIT 1") or GENESIS
    at = clock.now()
    entry_id = uuid7()
    entry = _canonical(entry_id, at, actor_kind, actor_id, actor_name, action, tenant, subject, reason, details or {})
    await database.execute(
        "INSERT INTO audit_entry (id, at, actor_kind, actor_id, actor_name, action, tenant, subject, reason, details,"
        " previous_hash, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
        entry_id, at, actor_kind, actor_id, actor_name, action, tenant, subject, reason,
        msgspec.json.encode(details or {}).decode(), previous, chain_hash(previous, entry),
    )  # fmt: skip


async def find_break(database: PoolConnectionProxy[Any]) -> UUID | None:
    """Walk the chain; the id of the first entry that does not fit, or None when the log is whole."""
    expected = GENESIS
    async for row in database.cursor(
        "SELECT id, at, actor_kind, actor_id, actor_name, action, tenant, subject, reason, details, previous_hash, hash"
        " FROM audit_entry ORDER BY at, id"
    ):
        entry = _canonical(
            row["id"], row["at"], row["actor_kind"], row["actor_id"], row["actor_name"], row["action"], row["tenant"],
            row["subject"], row["reason"], msgspec.json.decode(row["details"]),
        )  # fmt: skip
        if row["previous_hash"] != expected or row["hash"] != chain_hash(expected, entry):
            found: UUID = row["id"]
            return found
        expected = row["hash"]
    return None


def _canonical(*values: Any) -> dict[str, Any]:
    names = ["id", "at", "actor_kind", "actor_id", "actor_name", "action", "tenant", "subject", "reason", "details"]
    return dict(zip(names, values, strict=True))
