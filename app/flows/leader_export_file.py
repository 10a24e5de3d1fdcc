"""The file of an export, as an answer: streamed as it is read, or what its job stored. Not a journey of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

from litestar import Response
from litestar.response import Stream

from app.flows.leader_sheet import csv_of
from app.group_buying import Export
from app.kernel.errors import NotFound
from infra.storage.obstore import storage
from infra.storage.port import ObjectMissing

TYPES = {
    "csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


async def answer_with(export: Export) -> Response[bytes] | Stream:
    """Raises NotFound when the stored file is gone."""
    headers = {
        "Content-Disposition": f'attachment; filename="list-{export.created_at:%Y%m%d-%H%M}.{export.extension}"',
        "Cache-Control": "no-store",
    }
    if export.file_key is None:
        return Stream(_pieces(export), media_type=TYPES["csv"], headers=headers)
    try:
        content = await storage().get(export.file_key)
    except ObjectMissing as error:
        raise NotFound from error
    return Response(content, media_type=TYPES[export.extension], headers=headers)


async def _pieces(export: Export) -> AsyncIterator[bytes]:
    async for piece in csv_of(export):
        yield piece.encode()
