"""Gift cards: the list, issuing one or many, and one card with what moved on it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import ledger, wallets
from app.backoffice import book_words, queries_books
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.issue_gift_cards import issue_gift_cards
from app.flows.recode_gift_card import recode_gift_card
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.formats import zone_of
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other
from app.ledger import Account
from app.wallets import GiftCard, NewCards

ORIGINS = {"sold": N_("Sold: paid for"), "promotional": N_("Given away")}
STATES = {"active": (N_("Active"), "ok"), "disabled": (N_("Switched off"), "bad"), "expired": (N_("Expired"), "")}


class IssueForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`act` says how the codes are told: on a page, or as a file."""

    amount: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    count: Annotated[int, msgspec.Meta(ge=1, le=wallets.MOST_AT_ONCE)] = 1
    origin: Literal["sold", "promotional"] = "sold"
    expires_on: str = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""
    act: Literal["show", "csv"] = "show"


class SwitchForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    status: Literal["active", "disabled"]


class GiftCardController(Controller):
    path = "/gift-cards"

    @get(permission="books.read")
    async def index(
        self, request: AnyRequest, q: FromQuery[str] = "", status: FromQuery[str] = "", after: FromQuery[str] = ""
    ) -> Template:
        async with tenants.transaction():
            page = await wallets.list_cards(query=q[:100], status=status if status in STATES else "", after=after)
        return await show(
            request, "gift_cards/index.html", rows=page, query=q[:100], status=status, states=STATES, origins=ORIGINS,
            state_of=state_of,
        )  # fmt: skip

    @get("/new", permission="gift_cards.write")
    async def new(self, request: AnyRequest) -> Template:
        return await _form(request, {}, {})

    @post(permission="gift_cards.write", opt={"answers_once": True})
    async def issue(self, request: AnyRequest) -> Template | Response[bytes]:
        """The codes are in this answer and nowhere else."""
        values = form_values(await request.form())
        try:
            form = await read_form(request, IssueForm)
            made = await issue_gift_cards(_new_cards(form, viewer_of(request).name))
        except InvalidInput as refusal:
            return await _form(request, values, translate_fields(refusal))
        if form.act == "csv":
            return _file(made)
        return await show(request, "gift_cards/issued.html", made=made, origins=ORIGINS)

    @get("/{gift_card_id:uuid}", permission="books.read")
    async def show_card(self, request: AnyRequest, gift_card_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            card = await wallets.find_card(gift_card_id)
            account = Account("gift_card", card.id)
            context: dict[str, Any] = {
                "balance": await ledger.balance_of(account, card.currency),
                "rows": await _statement(account.id_in(card.currency)),
            }
            numbers = await queries_books.numbers_of(one.order_id for one in context["rows"])
        return await show(
            request, "gift_cards/show.html", card=card, states=STATES, origins=ORIGINS, state_of=state_of,
            words=book_words, numbers=numbers, **context,
        )  # fmt: skip

    @post("/{gift_card_id:uuid}", permission="gift_cards.write")
    async def switch(self, request: AnyRequest, gift_card_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, SwitchForm)
        async with tenants.transaction():
            await wallets.switch_card(gift_card_id, form.status)
        said = _("Switched off; what it holds stays on it") if form.status == "disabled" else _("Switched on again")
        return see_other(f"/gift-cards/{gift_card_id}", flash=("ok", said))

    @post("/{gift_card_id:uuid}/code", permission="gift_cards.write", opt={"answers_once": True})
    async def recode(self, request: AnyRequest, gift_card_id: FromPath[UUID]) -> Template:
        """The card was lost. The new code is in this answer and nowhere else."""
        made = [await recode_gift_card(gift_card_id, by=viewer_of(request))]
        return await show(request, "gift_cards/issued.html", made=made, origins=ORIGINS, recoded=True)


def state_of(card: GiftCard) -> str:
    return card.status if card.is_usable(now()) or card.status == "disabled" else "expired"


def _new_cards(form: IssueForm, by: str) -> NewCards:
    """Raises InvalidInput."""
    currency = tenants.current().currency
    try:
        amount = parse_amount(form.amount, currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error
    return NewCards(
        amount=amount, currency=currency, origin=form.origin, count=form.count, email=form.email.strip().lower(),
        note=form.note.strip(), expires_at=_end_of(form.expires_on), issued_by=by,
    )  # fmt: skip


def _end_of(day: str) -> datetime | None:
    """The end of that day where the store is. Raises InvalidInput."""
    if not day:
        return None
    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=zone_of(tenants.current().time_zone))
    except ValueError as error:
        raise InvalidInput({"expires_on": N_("Enter a day like 2027-12-31.")}) from error
    end = (start + timedelta(days=1)).astimezone(UTC)
    if end <= now():
        raise InvalidInput({"expires_on": N_("This day is over already.")})
    return end


async def _statement(account_id: UUID) -> list[ledger.Entry]:
    try:
        return (await ledger.statement(await ledger.find_account(account_id))).items
    except NotFound:
        return []


def _file(made: list[tuple[GiftCard, str]]) -> Response[bytes]:
    """Codes hold nothing a spreadsheet could take for a formula."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["code", "amount", "currency", "expires_at"])
    for card, code in made:
        until = card.expires_at.isoformat() if card.expires_at else ""
        rows.writerow([code, plain_amount(card.initial_amount, card.currency), card.currency, until])
    return Response(
        ("\ufeff" + text.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="gift-cards.csv"', "Cache-Control": "no-store"},
    )


async def _form(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    return await show(
        request, "gift_cards/new.html", status_code=422 if errors else 200, values=values, errors=errors,
        origins=ORIGINS, symbol=CURRENCIES[tenants.current().currency].symbol,
    )  # fmt: skip


HANDLERS = [GiftCardController]
