"""The books: every account, whether they are whole, and each account's statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app import ledger
from app.backoffice import book_words as words
from app.backoffice import queries_books as queries
from app.backoffice.frame import AnyRequest, show
from app.kernel.errors import NotFound


class BookController(Controller):
    path = "/books"

    @get(permission="books.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            context: dict[str, Any] = {
                "rows": await ledger.kinds(),
                "trial": await ledger.trial_since(),
                "checked": await ledger.last_check(),
            }
        return await show(request, "books/index.html", words=words, **context)

    @get("/kinds/{kind:str}", permission="books.read")
    async def show_kind(self, request: AnyRequest, kind: FromPath[str], after: FromQuery[str] = "") -> Template:
        if kind not in words.ACCOUNTS:
            raise NotFound
        async with tenants.transaction():
            page = await ledger.accounts_of_kind(kind, after=after)
            owners = await queries.owners_of((one.kind, one.owner) for one in page.items)
        return await show(request, "books/kind.html", words=words, account_kind=kind, rows=page, owners=owners)

    @get("/accounts/{account_id:uuid}", permission="books.read")
    async def show_account(
        self, request: AnyRequest, account_id: FromPath[UUID], after: FromQuery[str] = "", before: FromQuery[str] = ""
    ) -> Template:
        async with tenants.transaction():
            account = await ledger.find_account(account_id)
            page = await ledger.statement(account, after=after, before=before)
            pairs = [(account.kind, account.owner), *((one.other_kind, one.other_owner) for one in page.items)]
            owners = await queries.owners_of(pairs)
            numbers = await queries.numbers_of(one.order_id for one in page.items)
        return await show(
            request, "books/account.html", words=words, account=account, rows=page, owners=owners, numbers=numbers
        )


HANDLERS = [BookController]
