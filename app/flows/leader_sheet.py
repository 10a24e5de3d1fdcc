"""The leader's list to take away: rows in batches, as CSV while it is fetched, as a workbook or labels by a job.

Not a journey of its own. A row is one line of goods of one order; of a list that others help to sell, their orders are
in it too, with both numbers. What was refunded or called off is taken off the quantity.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import group_buying
from app.flows.order_documents import speaking
from app.group_buying import Export, Label
from app.kernel.errors import Refusal
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.kernel.sheets import Cell, CsvRows, XlsxFile
from infra.storage.obstore import storage
from infra.storage.port import object_key

BATCH = 400  # orders read at once
MOST_LABELS = 3_000
HEADINGS = (
    N_("Number"), N_("Number at the supplier"), N_("Order"), N_("Name"), N_("Phone"), N_("Goods"), N_("Variant"),
    N_("Quantity"), N_("Note"), N_("Collected"),
)  # fmt: skip
STATES = {"handed_out": N_("Handed out"), "waiting": N_("Not collected yet"), "canceled": N_("Called off")}

# The campaign's own orders and those of its copies, in the order of the numbers they have in it.
ROWS = """
WITH chosen AS (
    (SELECT order_id, sequence_number AS place FROM participation
        WHERE campaign = $1 AND sequence_number > $2 ORDER BY sequence_number LIMIT $3)
    UNION ALL
    (SELECT order_id, supply_sequence FROM participation
        WHERE supply = $1 AND supply_sequence > $2 ORDER BY supply_sequence LIMIT $3)
    ORDER BY place LIMIT $3
)
SELECT chosen.place, one.sequence_number, one.supply_sequence, one.nick, one.fields, one.status, one.handed_out_at,
    placed.number, placed.phone, placed.note, placed.ship_to ->> 'recipient' AS recipient, line.title,
    CASE line.variant_title WHEN 'Default Title' THEN '' ELSE line.variant_title END AS variant_title,
    CASE WHEN one.status = 'released' THEN 0 ELSE line.quantity - coalesce((SELECT sum(back.quantity)
        FROM refund_line AS back WHERE back.order_line = line.id), 0) END::integer AS quantity
FROM chosen JOIN participation AS one ON one.order_id = chosen.order_id
JOIN orders AS placed ON placed.id = chosen.order_id JOIN order_line AS line ON line.order_id = chosen.order_id
ORDER BY chosen.place, line.line_number
"""


class TooManyLabels(Refusal):
    """More labels than one file should hold."""

    code = "group_buying.too_many_labels"
    status = 422
    message = "More than %(most)s labels are too many for one file. Take the list as a table."


async def batches(campaign_id: UUID) -> AsyncIterator[list[Mapping[str, Any]]]:
    """Rows by number, a few hundred orders at a time, each in a transaction of its own."""
    place = 0
    while True:
        async with tenants.transaction():
            rows = await tenants.connection().fetch(ROWS, campaign_id, place, BATCH)
        if not rows:
            return
        yield [dict(row) for row in rows]
        place = rows[-1]["place"]


async def csv_of(export: Export) -> AsyncIterator[str]:
    questions, file = await _questions(export.campaign), CsvRows()
    with speaking(export.locale):
        head = _headings(questions)
    file.row(head)
    yield file.take()
    async for rows in batches(export.campaign):
        with speaking(export.locale):
            for row in rows:
                file.row(_cells(row, questions, personal=export.personal))
        yield file.take()


async def write_file(export: Export) -> tuple[str, int]:
    """The key of the stored file, and how many rows it has. Raises TooManyLabels."""
    with speaking(export.locale):
        content, rows = await (_labels(export) if export.kind == "labels" else _workbook(export))
    key = object_key(tenants.current().id, hashlib.sha256(export.id.bytes).hexdigest(), export.extension)
    await storage().put(key, content)
    return key, rows


async def _workbook(export: Export) -> tuple[bytes, int]:
    questions, count = await _questions(export.campaign), 0
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "list.xlsx"
        with XlsxFile(path, tenants.current().name) as file:
            file.row(_headings(questions))
            async for rows in batches(export.campaign):
                cells = [_cells(row, questions, personal=export.personal) for row in rows]
                await asyncio.to_thread(_write, file, cells)
                count += len(rows)
        return await asyncio.to_thread(path.read_bytes), count


def _write(file: XlsxFile, rows: list[list[Cell]]) -> None:
    for cells in rows:
        file.row(cells)


async def _labels(export: Export) -> tuple[bytes, int]:
    """One label per line that is left to hand out."""
    labels: list[Label] = []
    async for rows in batches(export.campaign):
        labels += [_label(row, personal=export.personal) for row in rows if row["quantity"]]
        if len(labels) > MOST_LABELS:
            raise TooManyLabels(most=MOST_LABELS)
    return await asyncio.to_thread(group_buying.labels.draw_labels, labels, export.locale), len(labels)


async def _questions(campaign_id: UUID) -> list[str]:
    async with tenants.transaction():
        terms = (await group_buying.find(campaign_id)).terms
    return [question.label for question in getattr(terms, "questions", ())]


def _headings(questions: list[str]) -> list[Cell]:
    return [*(_(heading) for heading in HEADINGS), *questions]


def masked(phone: str) -> str:
    """The last four digits, which is what people ask each other for."""
    return f"****{phone[-4:]}" if len(phone) > 6 else "****"


def _state(row: Mapping[str, Any]) -> str:
    key = "canceled" if not row["quantity"] else "handed_out" if row["handed_out_at"] else "waiting"
    return _(STATES[key])


def _cells(row: Mapping[str, Any], questions: list[str], *, personal: bool) -> list[Cell]:
    answers = msgspec.json.decode(row["fields"])
    return [
        row["sequence_number"], row["supply_sequence"], row["number"], row["recipient"] if personal else row["nick"],
        row["phone"] if personal else masked(row["phone"] or ""), row["title"], row["variant_title"], row["quantity"],
        row["note"], _state(row), *(str(answers.get(question, "")) for question in questions),
    ]  # fmt: skip


def _label(row: Mapping[str, Any], *, personal: bool) -> Label:
    answers = " · ".join(str(answer) for answer in msgspec.json.decode(row["fields"]).values())
    name = row["recipient"] if personal else row["nick"]
    return Label(
        number=str(row["place"]),
        name=f"{name} {row['phone'] if personal else masked(row['phone'] or '')}",
        goods=" ".join(part for part in (row["title"], row["variant_title"]) if part),
        quantity=row["quantity"],
        note=" · ".join(part for part in (answers, row["note"]) if part),
    )
