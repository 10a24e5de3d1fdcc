"""What promoters were paid within a year or month, gross, withheld and net: pages and files for the tax return."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app import payouts, promoters
from app.backoffice.frame import AnyRequest, show
from app.flows import payout_statements as statements
from app.flows.payout_statements import TYPES, period_of


class PayoutStatementController(Controller):
    path = "/payouts/statements"

    @get(permission="books.read")
    async def index(self, request: AnyRequest, year: FromQuery[int] = 0, month: FromQuery[int] = 0) -> Template:
        period = period_of(year, month)
        async with tenants.transaction():
            rows = await statements.statements_of(period)
        return await show(request, "payouts/statements.html", rows=rows, period=period, newest=statements.this_year())

    @get("/file", permission="books.read")
    async def take(
        self, year: FromQuery[int] = 0, month: FromQuery[int] = 0, kind: FromQuery[str] = "csv"
    ) -> Response[bytes]:
        period = period_of(year, month)
        async with tenants.transaction():
            rows = await statements.statements_of(period)
        table = statements.table_of_store(rows, period, tenants.current().currency)
        content, headers = statements.file_of(table, kind, f"payouts-{period.name}")
        return Response(content, media_type=TYPES[kind], headers=headers)

    @get("/{promoter_id:uuid}", permission="books.read")
    async def show_promoter(
        self, request: AnyRequest, promoter_id: FromPath[UUID], year: FromQuery[int] = 0, month: FromQuery[int] = 0
    ) -> Template:
        period = period_of(year, month)
        async with tenants.transaction():
            promoter = await promoters.find(promoter_id)
            sums, rows = await statements.statement_of(promoter_id, period)
        return await show(
            request, "payouts/statement.html", promoter=promoter, sums=sums, rows=rows, period=period,
            words=payouts.words, newest=statements.this_year(),
        )  # fmt: skip

    @get("/{promoter_id:uuid}/file", permission="books.read")
    async def take_promoter(
        self, promoter_id: FromPath[UUID], year: FromQuery[int] = 0, month: FromQuery[int] = 0,
        kind: FromQuery[str] = "csv",
    ) -> Response[bytes]:  # fmt: skip
        period = period_of(year, month)
        async with tenants.transaction():
            await promoters.find(promoter_id)
            _sums, rows = await statements.statement_of(promoter_id, period)
        content, headers = statements.file_of(statements.table_of_payouts(rows), kind, f"payouts-{period.name}")
        return Response(content, media_type=TYPES[kind], headers=headers)


HANDLERS = [PayoutStatementController]
