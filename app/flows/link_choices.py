"""The form for many links at once: what it offers, and what is sent with it. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.links import Picks

Option = tuple[UUID, str]
MOST = 500
_PRODUCTS = "SELECT id, title FROM product WHERE status = 'published' ORDER BY position, id LIMIT $1"
_CAMPAIGNS = """
SELECT id, title FROM campaign WHERE status IN ('scheduled', 'open') AND terms ->> 'live_session' IS NULL
ORDER BY created_at DESC, id LIMIT $1
"""
_SESSIONS = """
SELECT s.id, s.title || ' · ' || p.name AS title FROM live_session s JOIN promoter p ON p.id = s.promoter
WHERE s.status NOT IN ('ended', 'settled') ORDER BY s.created_at DESC, s.id LIMIT $1
"""
_PEOPLE = "SELECT id, name AS title FROM promoter WHERE status = 'approved' ORDER BY name, id LIMIT $1"


class BatchForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    promoters: list[UUID] = []
    sessions: list[UUID] = []
    products: list[UUID] = []
    campaigns: list[UUID] = []
    whole_store: Literal["", "yes"] = ""
    label: Annotated[str, msgspec.Meta(max_length=80)] = ""

    @property
    def picks(self) -> Picks:
        return Picks(
            promoters=self.promoters, sessions=self.sessions, products=self.products, campaigns=self.campaigns,
            whole_store=self.whole_store == "yes", label=self.label,
        )  # fmt: skip


async def _options(sql: str) -> list[Option]:
    rows: Sequence[Any] = await tenants.connection().fetch(sql, MOST)
    return [(row["id"], row["title"]) for row in rows]


async def products() -> list[Option]:
    return await _options(_PRODUCTS)


async def campaigns() -> list[Option]:
    """What shoppers can see, without the prices of single live rooms."""
    return await _options(_CAMPAIGNS)


async def sessions() -> list[Option]:
    return await _options(_SESSIONS)


async def people() -> list[Option]:
    return await _options(_PEOPLE)
