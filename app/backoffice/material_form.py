"""What the store types about a pack: read into a draft, and written back to be typed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import tenants
from app import materials
from app.backoffice import campaign_form
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.materials import Copy, Pack, PackDraft

ABOUT = ("product", "campaign", "live_session")
MORE_ROWS = 2
CHOICES = """
SELECT 'product' AS kind, id, title, created_at FROM product WHERE status = 'published'
UNION ALL
SELECT 'campaign', id, title, created_at FROM campaign
    WHERE status IN ('scheduled', 'open') AND leader IS NULL AND terms->>'live_session' IS NULL
UNION ALL
SELECT 'live_session', id, title, created_at FROM live_session WHERE status NOT IN ('ended', 'settled')
ORDER BY created_at DESC LIMIT 600
"""


async def choices() -> list[dict[str, Any]]:
    """Inside a transaction: what a new pack can be about."""
    return [dict(row) for row in await tenants.connection().fetch(CHOICES)]


def read_draft(values: Mapping[str, str], templates: list[str]) -> PackDraft:
    """Rows without words are left out. Raises InvalidInput."""
    wrong: dict[str, str] = {}
    copies = [
        Copy(
            language=values.get(f"language_{row}", ""), channel=values.get(f"channel_{row}", ""), words=words
        )
        for row in range(materials.MOST_COPIES)
        if (words := values.get(f"words_{row}", "").replace("\r\n", "\n").strip())
    ]  # fmt: skip
    ends_at = campaign_form.read_moment("ends_at", values, tenants.current().time_zone, wrong)
    draft = PackDraft(title=values.get("title", "").strip(), copies=copies, templates=templates, ends_at=ends_at)
    try:
        materials.check_draft(draft)
    except InvalidInput as refusal:
        wrong = {**_by_row(refusal.fields, values), **wrong}
    if wrong:
        raise InvalidInput(wrong)
    return draft


def _by_row(fields: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Refusals count texts; the form counts rows, of which some were left empty."""
    rows = [row for row in range(materials.MOST_COPIES) if values.get(f"words_{row}", "").strip()]
    named = {f"words_{number}": f"words_{row}" for number, row in enumerate(rows)}
    return {named.get(name, name): text for name, text in fields.items()}


def read_about(text: str) -> tuple[str, UUID]:
    """`product:<id>`. Raises InvalidInput."""
    kind, _colon, number = text.partition(":")
    try:
        if kind in ABOUT:
            return kind, UUID(number)
    except ValueError:
        pass
    raise InvalidInput({"about": N_("Choose what the pack is about.")})


def empty(locale: str) -> dict[str, str]:
    return {"language_0": locale, "channel_0": "any", "language_1": locale, "channel_1": "moments"}


def values_of(pack: Pack) -> dict[str, str]:
    zone = tenants.current().time_zone
    values = {"title": pack.title, "ends_at": campaign_form.local(pack.ends_at, zone) if pack.ends_at else ""}
    for row, copy in enumerate(pack.copies):
        values |= {f"language_{row}": copy.language, f"channel_{row}": copy.channel, f"words_{row}": copy.words}
    return values


def rows_shown(values: Mapping[str, str]) -> int:
    """Every row with words, and some to write into."""
    filled = [row for row in range(materials.MOST_COPIES) if values.get(f"words_{row}", "").strip()]
    return min(materials.MOST_COPIES, (max(filled) + 1 if filled else 0) + MORE_ROWS)
