"""A merchant loads a provider's statement and sees line by line what fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from infra.payment.statement_port import StatementLine
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_statements import DAY, NOON, invented, money_of_a_day

PAGE = admin("/books/statements")
HEADING = "number,kind,amount,fee,currency,provider_ref,happened_at"


@pytest.fixture
async def finance(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "finance"))
    return visitor


def _file(lines: Sequence[StatementLine]) -> bytes:
    rows = [
        f"{line.number},{line.kind},{line.amount // 100}.{line.amount % 100:02},0.{line.fee_amount:02},{line.currency},"
        f"{line.provider_ref},{line.happened_at.isoformat()}"
        for line in lines
    ]
    return "\n".join((HEADING, *rows)).encode()


async def _upload(finance: Any, content: bytes, **facts: str) -> Any:
    fields = {"provider": "sandbox", "day": DAY.isoformat()} | facts
    return await finance.submit(PAGE, fields, page=PAGE, files={"file": ("day.csv", content, "text/csv")})


async def test_before_the_first_statement_the_page_says_what_comes(finance: Any) -> None:
    assert "No statement yet" in (await finance.get(PAGE)).text


async def test_an_uploaded_day_is_compared_line_by_line(finance: Any, shop: Tenant) -> None:
    lines = await money_of_a_day(3, refunds=1, start=NOON)
    stranger = invented("X-77")

    done = await _upload(finance, _file([*lines[1:], stranger]))
    shown = (await finance.get(admin(done.headers["location"]))).text
    missed = (await finance.get(admin(done.headers["location"] + "?outcome=missing_there"))).text
    queue = (await finance.get(admin("/tickets"))).text

    assert done.status_code == 303
    assert "X-77" in shown
    assert lines[0].number in missed
    assert "X-77" in queue
    assert f"{done.headers['location']}?outcome=missing_here" in queue


async def test_a_day_that_fits_says_so(finance: Any, shop: Tenant) -> None:
    done = await _upload(finance, _file(await money_of_a_day(2, start=NOON)))

    shown = (await finance.get(admin(done.headers["location"]))).text
    again = await finance.submit(admin(done.headers["location"] + "/check"), {}, page=admin(done.headers["location"]))

    assert "Everything fits." in shown
    assert again.status_code == 303
    assert "Everything fits." in (await finance.get(admin(done.headers["location"]))).text


async def test_a_wrong_row_is_named_and_nothing_is_kept(finance: Any, shop: Tenant) -> None:
    answer = await _upload(finance, f"{HEADING}\nT1,payment,abc,0,CNY,r,{NOON.isoformat()}".encode())

    assert answer.status_code == 422
    assert "The file was not taken; nothing was changed" in answer.text
    assert '<td class="r num">2</td><td class="slug">amount</td>' in answer.text
    assert "No statement yet" in (await finance.get(PAGE)).text


@pytest.mark.parametrize("facts", [{"day": "soon"}, {"day": "2999-01-01"}, {"provider": "piggy_bank"}])
async def test_a_form_that_makes_no_sense_is_shown_again(finance: Any, shop: Tenant, facts: dict[str, str]) -> None:
    answer = await _upload(finance, _file([]), **facts)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


async def test_who_may_not_write_the_books_cannot_upload(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "read_only"))

    assert (await visitor.get(PAGE)).status_code == 403
    assert (await _upload(visitor, _file([]))).status_code == 403
