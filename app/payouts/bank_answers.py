"""The bank's answer to a file of transfers: `number,result,words`, as CSV.

`number` is that of the payout, `result` says paid or failed, `words` is the bank's reference, or why it failed. Banks
write Chinese too, in UTF-8 or GB 18030. A file with a single wrong row is refused whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping

import msgspec

from app.kernel.i18n import N_

COLUMNS = ("number", "result", "words")
ALSO = {
    "编号": "number", "編號": "number", "结果": "result", "結果": "result", "说明": "words", "說明": "words",
    "reference": "words",
}  # fmt: skip
RESULTS = {
    "paid": True, "success": True, "succeeded": True, "成功": True, "已付": True,
    "failed": False, "failure": False, "returned": False, "失败": False, "失敗": False, "退票": False,
}  # fmt: skip
MOST_ROWS, MOST_ERRORS, LONGEST = 1000, 50, 300


class Answer(msgspec.Struct, frozen=True):
    """How one transfer ended."""

    number: str
    paid: bool
    words: str


class RowError(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do: the heading is row 1. `message` is an English msgid."""

    row: int
    column: str
    message: str


def read_answers(data: bytes, known: Collection[str]) -> tuple[list[Answer], list[RowError]]:
    """The rows about these numbers, or what is wrong with them."""
    try:
        rows = csv.DictReader(io.StringIO(_text(data), newline=""), strict=True)
        rows.fieldnames = [ALSO.get(name.strip(), name.strip().lower()) for name in rows.fieldnames or ()]
        missing = [column for column in COLUMNS if column not in rows.fieldnames]
        if missing:
            return [], [RowError(1, column, N_("This column is missing.")) for column in missing]
        return _read(rows, known)
    except (UnicodeDecodeError, csv.Error):
        return [], [RowError(1, "", N_("The file is not CSV."))]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _read(rows: csv.DictReader[str], known: Collection[str]) -> tuple[list[Answer], list[RowError]]:
    answers: dict[str, Answer] = {}
    errors: list[RowError] = []
    for place, row in enumerate(rows, 2):
        cells = {name: (row.get(name) or "").strip().lstrip("'")[:LONGEST] for name in COLUMNS}
        if not any(cells.values()):
            continue
        if place > MOST_ROWS + 1 or len(errors) == MOST_ERRORS:
            errors.append(RowError(place, "", N_("The file has too many rows.")))
            break
        wrong = _wrong(cells, known, answers)
        if wrong:
            errors.append(RowError(place, *wrong))
            continue
        answers[cells["number"]] = Answer(cells["number"], RESULTS[cells["result"].lower()], cells["words"])
    if not answers and not errors:
        errors.append(RowError(1, "", N_("The file has no rows.")))
    return ([], errors) if errors else (list(answers.values()), [])


def _wrong(cells: Mapping[str, str], known: Collection[str], seen: Collection[str]) -> tuple[str, str] | None:
    if cells["number"] not in known:
        return "number", N_("This number is not in the file you took to the bank.")
    if cells["number"] in seen:
        return "number", N_("This number is in the answer twice.")
    if cells["result"].lower() not in RESULTS:
        return "result", N_("Write paid or failed.")
    if not cells["words"]:
        return "words", N_("Give the bank's reference, or why it failed.")
    return None
