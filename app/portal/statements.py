"""A host's own payouts within a year or a month, for the tax return: as a page and as a file."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.params import FromQuery
from litestar.response import Template

import tenants
from app import payouts
from app.flows import payout_statements as statements
from app.flows.payout_statements import TYPES, period_of
from app.kernel.pages import page
from app.portal.frame import AnyRequest, enter


class StatementController(Controller):
    path = "/payouts/statements"

    @get(permission="signed_in")
    async def show(self, request: AnyRequest, year: FromQuery[int] = 0, month: FromQuery[int] = 0) -> Template:
        place = await enter(request)
        period = period_of(year, month)
        async with tenants.transaction():
            sums, rows = await statements.statement_of(place.promoter.id, period)
        return page(
            "portal/payouts/statement.html", tab="earnings", sums=sums, rows=rows, period=period,
            words=payouts.words, newest=statements.this_year(),
        )  # fmt: skip

    @get("/file", permission="signed_in")
    async def take(
        self, request: AnyRequest, year: FromQuery[int] = 0, month: FromQuery[int] = 0, kind: FromQuery[str] = "csv"
    ) -> Response[bytes]:
        place = await enter(request)
        period = period_of(year, month)
        async with tenants.transaction():
            _sums, rows = await statements.statement_of(place.promoter.id, period)
        content, headers = statements.file_of(statements.table_of_payouts(rows), kind, f"payouts-{period.name}")
        return Response(content, media_type=TYPES[kind], headers=headers)


HANDLERS = [StatementController]
