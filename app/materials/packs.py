"""Packs: a draft the store works on, and versions that promoters see.

    draft -> published -> retired
             (published again as often as one likes; a retired pack comes back by publishing it)

Editing touches the draft alone. A version is a snapshot of words, files, templates and of the prices it speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.materials.placeholders import check_words

LONGEST_TITLE, LONGEST_NOTE, MOST_COPIES, MOST_FILES = 80, 300, 12, 20
LANGUAGES = {"zh-Hans": N_("Simplified Chinese"), "zh-Hant": N_("Traditional Chinese"), "en": N_("English")}
CHANNELS = {
    "any": N_("Anywhere"), "moments": N_("WeChat Moments"), "group": N_("Group chat"), "note": N_("Xiaohongshu note"),
    "line": N_("LINE"), "short": N_("Short message"),
}  # fmt: skip
TEMPLATES = {"classic": N_("Tall poster"), "square": N_("Square for Moments"), "card": N_("Wide card")}


class NothingToShare(Refusal):
    """An empty pack helps nobody."""

    code = "materials.nothing_to_share"
    status = 409
    message = "Write a text or add a picture first. Nothing was published."


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One text to share."""

    language: str = "zh-Hans"
    channel: str = "any"
    words: str


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A picture or a video of a pack."""

    id: UUID
    kind: Literal["image", "video"]
    extension: str
    file_key: str
    size_bytes: int


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What a version holds."""

    title: str
    subject: str
    copies: list[Copy]
    templates: list[str]
    files: list[File]
    price_amount: int | None
    was_amount: int | None
    ends_at: datetime | None


class Version(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    body: Body
    note: str
    published_by: str
    published_at: datetime


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """What the store works on."""

    id: UUID
    title: str
    product: UUID | None
    campaign: UUID | None
    live_session: UUID | None
    status: Literal["draft", "published", "retired"]
    copies: list[Copy]
    templates: list[str]
    ends_at: datetime | None
    version: int
    stale_at: datetime | None
    stale_because: str
    created_by: str
    created_at: datetime
    updated_at: datetime


class PackDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decides about a pack."""

    title: str
    copies: Sequence[Copy] = ()
    templates: Sequence[str] = ("classic",)
    ends_at: datetime | None = None


COLUMNS = """id, title, product, campaign, live_session, status, copies, templates, ends_at, version, stale_at,
    stale_because, created_by, created_at, updated_at"""
BY_ID = f"SELECT {COLUMNS} FROM material_pack WHERE id = $1"  # noqa: S608 - constants only
LOCKED = f"{BY_ID} FOR NO KEY UPDATE"
FILES = """SELECT id, kind, extension, file_key, size_bytes FROM material_file
    WHERE pack = $1 AND removed_at IS NULL ORDER BY added_at, id"""
INSERT = """INSERT INTO material_pack (id, title, product, campaign, live_session, copies, templates, ends_at,
    created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)"""


async def create(
    draft: PackDraft, *, product: UUID | None, campaign: UUID | None, live_session: UUID | None, by: str
) -> UUID:
    """Raises InvalidInput. Exactly one of the three is given."""
    check_draft(draft)
    pack = new_id()
    await tenants.connection().execute(
        INSERT, pack, draft.title, product, campaign, live_session, _copies(draft), list(draft.templates),
        draft.ends_at, by, now(),
    )  # fmt: skip
    return pack


async def change(pack_id: UUID, draft: PackDraft) -> None:
    """The draft alone; what is published stays as it is. Raises NotFound, InvalidInput."""
    check_draft(draft)
    changed = await tenants.connection().fetchval(
        "UPDATE material_pack SET title = $2, copies = $3, templates = $4, ends_at = $5, updated_at = $6"
        " WHERE id = $1 RETURNING true",
        pack_id, draft.title, _copies(draft), list(draft.templates), draft.ends_at, now(),
    )  # fmt: skip
    if not changed:
        raise NotFound


def check_draft(draft: PackDraft) -> None:
    """Raises InvalidInput with everything that is wrong at once."""
    wrong: dict[str, str] = {}
    if not 1 <= len(draft.title) <= LONGEST_TITLE:
        wrong["title"] = N_("Name it in at most 80 characters.")
    if len(draft.copies) > MOST_COPIES:
        wrong["copies"] = N_("A pack has at most 12 texts.")
    if not draft.templates or any(name not in TEMPLATES for name in draft.templates):
        wrong["templates"] = N_("Choose at least one poster.")
    for number, copy in enumerate(draft.copies):
        if copy.language not in LANGUAGES or copy.channel not in CHANNELS:
            wrong[f"words_{number}"] = N_("Choose one of the offered values.")
        try:
            check_words(copy.words, f"words_{number}")
        except InvalidInput as refusal:
            wrong |= refusal.fields
    if wrong:
        raise InvalidInput(wrong)


def _copies(draft: PackDraft) -> str:
    return msgspec.json.encode(list(draft.copies)).decode()


async def find(pack_id: UUID, *, lock: bool = False) -> Pack:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(LOCKED if lock else BY_ID, pack_id)
    if row is None:
        raise NotFound
    return from_row(row)


def from_row(row: Mapping[str, Any]) -> Pack:
    return Pack(**{**row, "copies": msgspec.json.decode(row["copies"], type=list[Copy])})


async def files_of(pack_id: UUID) -> list[File]:
    """What the next version would hold, the first one first."""
    return [File(**row) for row in await tenants.connection().fetch(FILES, pack_id)]


async def add_file(pack_id: UUID, *, kind: str, extension: str, file_key: str, size_bytes: int) -> UUID:
    """Raises NotFound, InvalidInput when the pack is full."""
    await find(pack_id, lock=True)
    if len(await files_of(pack_id)) >= MOST_FILES:
        raise InvalidInput({"files": N_("A pack has at most 20 pictures and videos.")})
    added = new_id()
    await tenants.connection().execute(
        "INSERT INTO material_file (id, pack, kind, extension, file_key, size_bytes, added_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        added, pack_id, kind, extension, file_key, size_bytes, now(),
    )  # fmt: skip
    return added


async def remove_file(pack_id: UUID, file_id: UUID) -> None:
    """Out of the next version; published ones keep it. Raises NotFound."""
    if not await tenants.connection().fetchval(
        "UPDATE material_file SET removed_at = $3 WHERE pack = $1 AND id = $2 AND removed_at IS NULL RETURNING true",
        pack_id, file_id, now(),
    ):  # fmt: skip
        raise NotFound


async def restore_file(pack_id: UUID, file_id: UUID) -> None:
    """Undo of `remove_file`. Raises NotFound."""
    if not await tenants.connection().fetchval(
        "UPDATE material_file SET removed_at = NULL WHERE pack = $1 AND id = $2 RETURNING true", pack_id, file_id
    ):
        raise NotFound


async def find_file(pack_id: UUID, file_id: UUID) -> File:
    """Of the draft or of any version. Raises NotFound."""
    row = await tenants.connection().fetchrow(
        "SELECT id, kind, extension, file_key, size_bytes FROM material_file WHERE pack = $1 AND id = $2",
        pack_id, file_id,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return File(**row)


async def put_out(pack: Pack, body: Body, basis: str, *, note: str, by: str) -> int:
    """The next version, fresh. The caller holds the pack's lock. Raises NothingToShare."""
    if not body.copies and not body.files:
        raise NothingToShare
    number, database, moment = pack.version + 1, tenants.connection(), now()
    await database.execute(
        "INSERT INTO material_version (id, pack, number, body, basis, note, published_by, published_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(), pack.id, number, msgspec.json.encode(body).decode(), basis, note.strip()[:LONGEST_NOTE], by, moment,
    )  # fmt: skip
    await database.execute(
        "UPDATE material_pack SET status = 'published', version = $2, stale_at = NULL, stale_because = '',"
        " updated_at = $3 WHERE id = $1",
        pack.id, number, moment,
    )  # fmt: skip
    return number


async def retire(pack_id: UUID) -> None:
    """Promoters do not see it any more. Twice is once. Raises NotFound."""
    if not await tenants.connection().fetchval(
        "UPDATE material_pack SET status = 'retired', updated_at = $2 WHERE id = $1 AND status <> 'draft'"
        " RETURNING true",
        pack_id, now(),
    ):  # fmt: skip
        raise NotFound


async def find_version(pack_id: UUID, number: int) -> Version:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        "SELECT number, body, note, published_by, published_at FROM material_version WHERE pack = $1 AND number = $2",
        pack_id, number,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return Version(**{**row, "body": msgspec.json.decode(row["body"], type=Body)})


async def versions_of(pack_id: UUID) -> list[Version]:
    """The newest first."""
    rows = await tenants.connection().fetch(
        "SELECT number, body, note, published_by, published_at FROM material_version WHERE pack = $1"
        " ORDER BY number DESC LIMIT 50",
        pack_id,
    )
    return [Version(**{**row, "body": msgspec.json.decode(row["body"], type=Body)}) for row in rows]
