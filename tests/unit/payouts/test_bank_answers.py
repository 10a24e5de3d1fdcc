"""The bank's answer as a file: read whole, or refused with every wrong row named."""

from __future__ import annotations

import pytest

from app.payouts import Answer, read_answers

KNOWN = {"W1", "W2"}


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030"])
def test_banks_write_in_their_own_way(coding: str) -> None:
    text = "编号,结果,说明\r\nW1,成功,工行 77\r\nW2,退票,账号已注销\r\n"

    answers, wrong = read_answers(text.encode(coding), KNOWN)

    assert wrong == []
    assert answers == [Answer("W1", True, "工行 77"), Answer("W2", False, "账号已注销")]


@pytest.mark.parametrize(
    ("row", "column"),
    [("W9,paid,x", "number"), ("W1,perhaps,x", "result"), ("W1,paid,", "words"), ("W1,paid,x\nW1,paid,y", "number")],
)
def test_one_wrong_row_refuses_the_file(row: str, column: str) -> None:
    answers, wrong = read_answers(f"number,result,words\nW2,paid,fine\n{row}\n".encode(), KNOWN)

    assert answers == []
    assert [error.column for error in wrong] == [column]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"number,result\nW1,paid\n", b"number,result,words\n"])
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    answers, wrong = read_answers(data, KNOWN)

    assert (answers, bool(wrong)) == ([], True)
