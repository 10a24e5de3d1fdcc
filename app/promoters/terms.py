"""What promoters agree to: versions that never change, and who accepted which when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

LONGEST = 8_000


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    version: int
    body: str
    published_by: str
    published_at: datetime


COLUMNS = "id, version, body, published_by, published_at"
PUBLISH = f"""
INSERT INTO promoter_terms (id, version, body, published_by, published_at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM promoter_terms RETURNING {COLUMNS}
"""  # noqa: S608 - constants only


async def current_terms() -> Terms | None:
    """The newest version, or None while the store has not written any."""
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM promoter_terms ORDER BY version DESC LIMIT 1"  # noqa: S608 - constants only
    )
    return Terms(**row) if row else None


async def find_terms(terms_id: UUID) -> Terms:
    """Any version. Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM promoter_terms WHERE id = $1",  # noqa: S608 - constants only
        terms_id,
    )
    if row is None:
        raise NotFound
    return Terms(**row)


async def publish_terms(body: str, *, by: str) -> Terms:
    """A new version, which everybody is asked to accept; the same words again are no version. Raises InvalidInput."""
    body = body.replace("\r\n", "\n").strip()
    if not 1 <= len(body) <= LONGEST:
        raise InvalidInput({"body": N_("Write the terms in up to 8,000 characters.")})
    newest = await current_terms()
    if newest and newest.body == body:
        return newest
    row = await tenants.connection().fetchrow(PUBLISH, new_id(), body, by, now())
    return Terms(**dict(row or {}))


async def accept_terms(promoter_id: UUID, terms_id: UUID) -> None:
    """Twice is once."""
    await tenants.connection().execute(
        "INSERT INTO promoter_agreement (id, promoter, terms, accepted_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (promoter, terms) DO NOTHING",
        new_id(), promoter_id, terms_id, now(),
    )  # fmt: skip


async def accepted_at(promoter_id: UUID, terms: Terms | None) -> datetime | None:
    """When the promoter accepted this version."""
    found: datetime | None = await tenants.connection().fetchval(
        "SELECT accepted_at FROM promoter_agreement WHERE promoter = $1 AND terms = $2",
        promoter_id, terms and terms.id,
    )  # fmt: skip
    return found
