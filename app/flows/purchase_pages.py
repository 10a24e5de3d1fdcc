"""What both sides' pages of a purchase order show, and how their forms are read. Not a journey of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from app import purchasing
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_


class Answer(msgspec.Struct, frozen=True):
    """What a form said: `accepted` is None for all of it."""

    version: int
    accepted: dict[UUID, int] | None
    words: str


def read_answer(values: dict[str, str]) -> Answer:
    """All, nothing, or so many of each line. Raises InvalidInput."""
    act, version = values.get("act", ""), values.get("version", "")
    counts = None if act == "all" else {} if act == "none" else counts_of(values, "accepted_")
    known = int(version) if version.isdecimal() and len(version) < 6 else 0
    return Answer(known, counts, values.get("words", ""))


def counts_of(values: dict[str, str], prefix: str) -> dict[UUID, int]:
    """Line -> number, of the fields `<prefix><line>`. Raises InvalidInput."""
    counts: dict[UUID, int] = {}
    for name, text in values.items():
        if name.startswith(prefix) and text.strip():
            try:
                counts[UUID(name.removeprefix(prefix))] = int(text)
            except ValueError:
                raise InvalidInput({name: N_("Enter a whole number.")}) from None
    return counts


async def purchase_context(purchase_id: UUID) -> dict[str, Any]:
    """What the page of one purchase order shows. Raises NotFound."""
    purchase = await purchasing.find_purchase(purchase_id)
    lines = await purchasing.lines_of(purchase_id)
    versions = await purchasing.versions_of(purchase_id)
    before = versions[1].content if len(versions) > 1 else []
    return {
        "purchase": purchase, "lines": lines, "content": await purchasing.content_of(purchase_id),
        "versions": versions, "words": purchasing.words,
        "differences": purchasing.differences(before, versions[0].content) if len(versions) > 1 else [],
        "changes": await purchasing.changes_of(purchase_id), "receipts": await purchasing.receipts_of(purchase_id),
        "missing": await purchasing.missing_of([line.id for line in lines]),
    }  # fmt: skip
