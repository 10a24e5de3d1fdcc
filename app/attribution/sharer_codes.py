"""Codes by which shoppers name a sharer: six letters and digits that survive being read aloud."""

from __future__ import annotations

import re
import secrets
import unicodedata
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, LONGEST = 6, 40


def normalize_sharer_code(text: str) -> str:
    """What was typed, as codes are stored: full-width letters, case, spaces and dashes make no difference."""
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()[:LONGEST]


async def sharer_code_of(promoter: UUID) -> str:
    """The promoter's own code, made when it is first asked for. One that is taken is tried again with another."""
    database = tenants.connection()
    while True:
        found: str | None = await database.fetchval("SELECT code FROM sharer_code WHERE promoter = $1", promoter)
        if found:
            return found
        await database.execute(
            "INSERT INTO sharer_code (id, promoter, code, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            new_id(), promoter, "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), now(),
        )  # fmt: skip


async def sharer_with_code(code: str) -> UUID | None:
    found: UUID | None = await tenants.connection().fetchval("SELECT promoter FROM sharer_code WHERE code = $1", code)
    return found
