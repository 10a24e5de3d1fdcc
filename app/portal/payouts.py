"""A promoter withdraws what they earned: the list, the form, and one payout with its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import identity, payouts
from app.flows.payout_ways import Way, ways_open
from app.flows.request_payout import request_payout
from app.identity import PROMOTER, viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.formats import money
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import page, see_other
from app.portal import queries
from app.portal.frame import AnyRequest, Place, enter

FIELDS = ("amount", "way", "payee_name", "bank", "account")


@get("/payouts", permission="signed_in")
async def show_payouts(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        rows = await payouts.payouts_of(place.promoter.id)
        purse = await queries.purse(place.promoter.id, place.tenant.currency)
    return page("portal/payouts/index.html", tab="earnings", rows=rows, purse=purse, words=payouts.words)


@get("/payouts/new", permission="signed_in")
async def show_form(request: AnyRequest, way: FromQuery[str] = "") -> Template:
    return await _form(await enter(request), {"way": way}, {})


@post("/payouts", permission="signed_in")
async def ask(request: AnyRequest) -> Template | Redirect:
    place = await enter(request)
    submitted = await request.form()
    values = {name: str(submitted.get(name, ""))[:200] for name in FIELDS}
    viewer = viewer_of(request)
    try:
        confirmed = await identity.confirm(request, PROMOTER, viewer, str(submitted.get("password", ""))[:254])
        payout = await request_payout(
            place.promoter.id, amount=_amount(values["amount"], place.tenant.currency), way=values["way"], payee=values,
            confirmed=confirmed,
        )  # fmt: skip
    except Refusal as refusal:
        return await _form(place, values, translate_errors(refusal, "amount"), refusal.status)
    if submitted.get("password"):
        await identity.renew(request, PROMOTER, viewer)
    said = _("%(amount)s is asked for; the store answers", amount=money(payout.amount, payout.currency))
    return see_other(f"/payouts/{payout.id}", flash=("ok", said))


@get("/payouts/{payout_id:uuid}", permission="signed_in")
async def show_payout(request: AnyRequest, payout_id: FromPath[UUID]) -> Template:
    """Somebody else's is not there."""
    place = await enter(request)
    async with tenants.transaction():
        payout = await payouts.find(payout_id)
        events = await payouts.events_of(payout_id)
    if payout.promoter != place.promoter.id:
        raise NotFound
    return page("portal/payouts/show.html", tab="earnings", payout=payout, events=events, words=payouts.words)


def _amount(text: str, currency: str) -> int:
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error


async def _form(place: Place, values: dict[str, Any], errors: dict[str, str], status_code: int = 200) -> Template:
    """Each way has its own fields, so it is chosen first: by a link, which needs no script."""
    currency = place.tenant.currency
    async with tenants.transaction():
        ways = await ways_open()
        purse = await queries.purse(place.promoter.id, currency)
        policy = await payouts.read_policy()
    chosen: Way = next((one for one in ways if one.code == values.get("way")), ways[0])
    return page(
        "portal/payouts/new.html", status_code=status_code, tab="earnings", ways=ways, chosen=chosen, purse=purse,
        policy=policy, symbol=CURRENCIES[currency].symbol, words=payouts.words, errors=errors,
        values={"amount": plain_amount(purse["ready"], currency)} | {k: v for k, v in values.items() if v},
    )  # fmt: skip


HANDLERS = [show_payouts, show_form, ask, show_payout]
