"""Statements of payment providers: each day's result, line by line, and uploading a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import payments
from app.backoffice import queries_books as queries
from app.backoffice.frame import AnyRequest, show
from app.flows.reconcile_statement import recheck_statement, reconcile_statement
from app.kernel.clock import now
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from app.payments import RowError
from tenants import states

LARGEST_FILE = 20_000_000


class StatementController(Controller):
    path = "/books/statements"

    @get(permission="books.read")
    async def index(self, request: AnyRequest, after: FromQuery[str] = "") -> Template:
        return await _index(request, after=after)

    @post(permission="books.write", request_max_body_size=LARGEST_FILE)
    async def upload(self, request: AnyRequest) -> Template | Redirect:
        states.require(tenants.current(), "edit")
        form = await request.form()
        file, day = form.get("file"), _day(str(form.get("day", "")))
        provider = str(form.get("provider", ""))
        errors = await _wrong_fields(file, day, provider)
        if errors or day is None or not isinstance(file, UploadFile):
            return await _index(request, errors=errors)
        zone = ZoneInfo(tenants.current().time_zone)
        start, end = (datetime.combine(moment, time(), zone) for moment in (day, day + timedelta(days=1)))
        lines, wrong = payments.read_statement(await file.read(), (start, end), zone)
        if wrong:
            return await _index(request, wrong=wrong)
        done = await reconcile_statement(provider, day, lines, source="upload", zone=zone)
        return see_other(f"/books/statements/{done.id}", flash=("ok", _("The statement was compared line by line")))

    @get("/{statement_id:uuid}", permission="books.read")
    async def show_statement(
        self,
        request: AnyRequest,
        statement_id: FromPath[UUID],
        outcome: FromQuery[str] = "",
        after: FromQuery[str] = "",
    ) -> Template:
        async with tenants.transaction():
            statement = await payments.find_statement(statement_id)
            chosen = outcome if outcome in payments.OUTCOMES else _worst(statement)
            page = await payments.statement_lines(statement_id, chosen, after=after)
            numbers = await queries.orders_behind([line.number for line in page.items])
        return await show(
            request, "statements/show.html", statement=statement, rows=page, outcome=chosen, numbers=numbers,
            outcomes=payments.OUTCOMES,
        )  # fmt: skip

    @post("/{statement_id:uuid}/check", permission="books.write")
    async def check_again(self, statement_id: FromPath[UUID]) -> Redirect:
        await recheck_statement(statement_id)
        return see_other(f"/books/statements/{statement_id}", flash=("ok", _("Compared anew")))


async def _index(
    request: AnyRequest, *, after: str = "", errors: dict[str, str] | None = None, wrong: list[RowError] | None = None
) -> Template:
    async with tenants.transaction():
        rows = await payments.statements(after=after)
        accounts = await payments.accounts()
    yesterday = now().astimezone(ZoneInfo(tenants.current().time_zone)).date() - timedelta(days=1)
    return await show(
        request, "statements/index.html", status_code=422 if errors or wrong else 200, rows=rows,
        providers=[account["provider"] for account in accounts], yesterday=yesterday, errors=errors or {},
        wrong=wrong or [],
    )  # fmt: skip


async def _wrong_fields(file: object, day: date | None, provider: str) -> dict[str, str]:
    async with tenants.transaction():
        known = {account["provider"] for account in await payments.accounts()}
    errors = {}
    if not isinstance(file, UploadFile) or not file.filename:
        errors["file"] = _("Choose a CSV file.")
    if day is None or day > now().astimezone(UTC).date() + timedelta(days=1):
        errors["day"] = _("Choose the day of the statement.")
    if provider not in known:
        errors["provider"] = _("Choose a connected provider.")
    return errors


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _worst(statement: payments.Statement) -> str:
    """The kind of difference to show first; the matched lines when there is none."""
    return next((outcome for outcome in payments.OUTCOMES if getattr(statement, outcome)), "matched")


HANDLERS = [StatementController]
