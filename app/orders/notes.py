"""Notes the store's people leave on an order for each other: written once, never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

LONGEST_NOTE = 2_000
LONGEST_TAG, MOST_TAGS = 30, 10


class Note(msgspec.Struct, frozen=True):
    id: UUID
    text: str
    author_name: str
    at: datetime


async def add_note(
    order_id: UUID, text: str, *, author: UUID | None, author_name: str, note_id: UUID | None = None
) -> None:
    """`note_id` makes it one note, however often it is added."""
    await tenants.connection().execute(
        "INSERT INTO order_note (id, order_id, text, author, author_name, at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (id) DO NOTHING",
        note_id or new_id(), order_id, text[:LONGEST_NOTE], author, author_name, now(),
    )  # fmt: skip


async def notes_of(order_id: UUID) -> list[Note]:
    """The first one first."""
    rows = await tenants.connection().fetch(
        "SELECT id, text, author_name, at FROM order_note WHERE order_id = $1 ORDER BY at, id", order_id
    )
    return [Note(**row) for row in rows]


def read_tags(text: str) -> list[str]:
    """Tags as they were typed, with commas between them: each once, none too long, not too many."""
    parts = (part.strip()[:LONGEST_TAG] for part in text.replace("，", ",").replace("、", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))[:MOST_TAGS]
