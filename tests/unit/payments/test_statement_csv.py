"""A provider's statement as a file: taken whole, or refused with every wrong row named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments import FileLine, RowError, read_statement

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 14, tzinfo=SHANGHAI)
SPAN = (START, START + timedelta(days=1))
HEADING = "number,kind,amount,fee,currency,provider_ref,happened_at"
GOOD = "T1-1,payment,43.90,0.26,CNY,ref-1,2026-03-14T12:30:00"


def _read(*rows: str, heading: str = HEADING) -> tuple[list[FileLine], list[RowError]]:
    return read_statement("\n".join((heading, *rows)).encode(), SPAN, SHANGHAI)


def test_a_row_is_read_in_minor_units_and_utc() -> None:
    lines, errors = _read(GOOD)

    assert errors == []
    assert lines == [FileLine("T1-1", "payment", "ref-1", 4390, 26, "CNY", datetime(2026, 3, 14, 4, 30, tzinfo=UTC))]


def test_columns_may_come_in_any_order_with_others_between_and_a_mark_in_front() -> None:
    heading = "\ufeffkind,shop,number,fee,amount,happened_at,provider_ref,currency"

    lines, errors = _read(
        "refund,x,T1-1-R1,-0.05,1,2026-03-14T23:59:59+08:00,,JPY".replace("-0.05", ""), heading=heading
    )

    assert errors == []
    assert [(line.number, line.kind, line.amount, line.fee_amount) for line in lines] == [("T1-1-R1", "refund", 1, 0)]


def test_a_fee_given_back_has_a_minus() -> None:
    lines, _errors = _read(GOOD.replace("0.26", "-0.26"))

    assert [line.fee_amount for line in lines] == [-26]


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (GOOD.replace("T1-1", " "), "number"),
        (GOOD.replace("payment", "transfer"), "kind"),
        (GOOD.replace("CNY", "XXX"), "currency"),
        (GOOD.replace("43.90", "43.905"), "amount"),
        (GOOD.replace("43.90", "-43.90"), "amount"),
        (GOOD.replace("43.90", ""), "amount"),
        (GOOD.replace("0.26", "little"), "fee"),
        (GOOD.replace("2026-03-14T12:30:00", "noon"), "happened_at"),
        (GOOD.replace("2026-03-14", "2026-03-12"), "happened_at"),
        ("T1-1,payment", "currency"),
    ],
)
def test_a_wrong_row_is_named_and_the_file_is_not_taken(wrong: str, column: str) -> None:
    lines, errors = _read(GOOD, wrong, GOOD)

    assert lines == []
    assert [(error.row, error.column) for error in errors] == [(3, column)]


def test_columns_that_are_missing_are_named() -> None:
    _lines, errors = _read(heading="number,kind,amount,currency,provider_ref")

    assert [(error.row, error.column) for error in errors] == [(1, "fee"), (1, "happened_at")]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"PK\x03\x04\x00\x00", b'number,"kind\n'])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    lines, errors = read_statement(data, SPAN, SHANGHAI)

    assert lines == []
    assert errors


def test_a_long_list_of_errors_is_cut() -> None:
    assert len(_read(*["x"] * 200)[1]) == 50


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    lines, errors = read_statement(HEADING.encode() + b"\n" + data, SPAN, SHANGHAI)

    assert not (lines and errors)
