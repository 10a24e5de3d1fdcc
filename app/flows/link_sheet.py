"""The links of one act, to look at and to take away as CSV or XLSX. Not a journey of its own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec
from litestar import Response

import tenants
from app.kernel.i18n import gettext as _
from app.kernel.sheets import Cell, CsvRows, Sheet, XlsxFile
from app.links import Batch
from infra.settings import settings

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ROWS = """
SELECT l.id, l.code, i.is_new, p.name AS person, coalesce(m.title, g.title, '') AS shown,
    coalesce(s.title, '') AS session_title, coalesce(m.cover_key, g.cover_key) AS cover_key
FROM link_batch_item i JOIN tracked_link l ON l.id = i.link JOIN promoter p ON p.id = l.promoter
LEFT JOIN product g ON g.id = l.product LEFT JOIN campaign m ON m.id = l.campaign
LEFT JOIN live_session s ON s.id = l.live_session WHERE i.batch = $1 ORDER BY i.seq
"""


class Row(msgspec.Struct, frozen=True):
    """One link as the page and the table show it; an empty `shown` is the whole store."""

    id: UUID
    code: str
    is_new: bool
    person: str
    shown: str
    session_title: str
    cover_key: str | None

    @property
    def url(self) -> str:
        return f"{settings().origin(tenants.current().slug)}/l/{self.code}"


async def rows_of(batch_id: UUID) -> list[Row]:
    return [Row(*row.values()) for row in await tenants.connection().fetch(_ROWS, batch_id)]


async def answer_with(batch: Batch, rows: Sequence[Row], kind: str) -> Response[bytes]:
    headers = {
        "Content-Disposition": f'attachment; filename="links-{batch.created_at:%Y%m%d-%H%M}.{kind}"',
        "Cache-Control": "no-store",
    }
    return Response(await file_of(rows, kind), media_type=TYPES[kind], headers=headers)


async def file_of(rows: Sequence[Row], kind: str) -> bytes:
    """The whole file; there are never more rows than are made in one act."""
    if kind == "csv":
        sheet = CsvRows()
        _write(sheet, rows)
        return sheet.take().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "links.xlsx"
        with XlsxFile(path, _("Links")) as book:
            _write(book, rows)
        return await asyncio.to_thread(path.read_bytes)


def _write(sheet: Sheet, rows: Sequence[Row]) -> None:
    sheet.row([_("Name"), _("Product"), _("Live session"), _("Short link"), _("Code")])
    for row in rows:
        cells: list[Cell] = [row.person, row.shown or _("The whole store"), row.session_title, row.url, row.code]
        sheet.row(cells)
