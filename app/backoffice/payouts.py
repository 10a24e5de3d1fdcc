"""Payouts: who asks for money, yes or no for one or many, and transfers by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import identity, ledger, payouts, promoters
from app.backoffice import book_words
from app.backoffice import queries_payouts as queries
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.decide_payout import approve_payouts, confirm_payout, reject_payouts
from app.flows.payout_ways import open_payee
from app.identity import MERCHANT, allows, viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_errors, translate_fields
from app.kernel.pages import see_other

EVENTS = ("payout.request", "payout.paid", "payout.back", "debt.repay")
MOST_AT_ONCE = 100


class PayoutController(Controller):
    path = "/payouts"

    @get(permission="books.read")
    async def index(self, request: AnyRequest, view: FromQuery[str] = "", after: FromQuery[str] = "") -> Template:
        view = view if view in queries.VIEWS else "waiting"
        async with tenants.transaction():
            rows = await queries.queue(view, after)
            counts = await queries.counts()
            files = await payouts.recent_files(5) if view == "by_hand" else []
            for_file = await payouts.waiting_for_file(tenants.current().currency) if view == "by_hand" else (0, 0)
        return await show(
            request, "payouts/index.html", rows=rows, view=view, counts=counts, words=payouts.words, files=files,
            for_file=for_file,
        )  # fmt: skip

    @get("/decision", permission="payouts.write")
    async def consider(self, request: AnyRequest, everything: FromQuery[bool] = False) -> Template:
        """What was picked, with amounts and people, before anything happens; or all that waits."""
        texts = request.query_params.getall("payout_id", [])
        if everything:
            async with tenants.transaction():
                texts = [str(row.payout.id) for row in (await queries.queue("waiting")).items]
        return await _consider(request, texts, {})

    @post("/decision", permission="payouts.write")
    async def decide(self, request: AnyRequest) -> Template | Redirect:
        form = await request.form()
        texts, by = form.getall("payout_id", []), viewer_of(request)
        chosen = _ids(texts)
        try:
            if form.get("act") == "approve":
                if not await identity.confirm(request, MERCHANT, by, str(form.get("password", ""))):
                    raise identity.PasswordNeeded
                done = len(await approve_payouts(chosen, by=by))
                said = ngettext("%(num)s payout approved", "%(num)s payouts approved", done)
            else:
                done = len(await reject_payouts(chosen, words=str(form.get("words", ""))[:500], by=by))
                said = ngettext("%(num)s payout rejected", "%(num)s payouts rejected", done)
        except InvalidInput as refusal:
            return await _consider(request, texts, translate_fields(refusal))
        if form.get("act") == "approve":
            await identity.renew(request, MERCHANT, by)
        if done < len(chosen):
            said = f"{said}. {_('The others had moved on in the meantime.')}"
        return see_other("/payouts", flash=("ok" if done else "bad", said % {"num": done}))

    @get("/{payout_id:uuid}", permission="books.read")
    async def show_one(self, request: AnyRequest, payout_id: FromPath[UUID]) -> Template:
        return await _detail(request, payout_id, {}, {})

    @post("/{payout_id:uuid}/result", permission="payouts.write")
    async def tell(self, request: AnyRequest, payout_id: FromPath[UUID]) -> Template | Redirect:
        """A transfer by hand was made, or could not be."""
        values = form_values(await request.form())
        paid = values.get("act") == "paid"
        try:
            await confirm_payout(payout_id, paid=paid, words=values.get("words", "")[:500], by=viewer_of(request))
        except NotFound:
            raise
        except Refusal as refusal:
            return await _detail(request, payout_id, values, translate_errors(refusal, "words"), refusal.status)
        said = _("Marked as paid") if paid else _("Marked as failed; the money can be withdrawn again")
        return see_other(f"/payouts/{payout_id}", flash=("ok", said))


def _ids(texts: list[str]) -> list[UUID]:
    """Raises NotFound for what names nothing."""
    try:
        return [UUID(text) for text in texts[:MOST_AT_ONCE]]
    except ValueError as error:
        raise NotFound from error


async def _consider(request: AnyRequest, texts: list[str], errors: Mapping[str, str]) -> Template:
    async with tenants.transaction():
        rows = [row for row in await queries.chosen(_ids(texts)) if row.payout.status == "requested" or _waits(row)]
    return await show(
        request, "payouts/decision.html", status_code=422 if errors else 200, rows=rows, errors=errors,
        words=payouts.words, total=sum(row.payout.amount for row in rows), ways=_by_way(rows),
        confirmed=identity.confirmed_lately(viewer_of(request)),
    )  # fmt: skip


def _waits(row: queries.Row) -> bool:
    """Approved, but its account still cools off: it can be stopped."""
    return row.payout.status == "approved" and not row.payout.by_hand and row.payout.cools


def _by_way(rows: list[queries.Row]) -> list[tuple[str, int, int]]:
    """Each way with how many payouts go by it and what they come to."""
    ways = sorted({row.payout.way for row in rows})
    amounts = {way: [row.payout.amount for row in rows if row.payout.way == way] for way in ways}
    return [(way, len(amounts[way]), sum(amounts[way])) for way in ways]


async def _detail(
    request: AnyRequest, payout_id: UUID, values: dict[str, str], errors: dict[str, str], status_code: int = 200
) -> Template:
    async with tenants.transaction():
        payout = await payouts.find(payout_id)
        context: dict[str, Any] = {
            "promoter": await promoters.find(payout.promoter),
            "events": await payouts.events_of(payout_id),
            "legs": await ledger.transfers_about(payout_id, EVENTS),
            "behind": await queries.behind(payout),
        }
    # The whole account number is for whoever makes the transfer, while it has to be made.
    payer = allows("merchant", viewer_of(request).role, "payouts.write")
    to_pay = payer and payout.by_hand and payout.status in ("requested", "approved")
    return await show(
        request, "payouts/show.html", status_code=status_code, payout=payout, words=payouts.words, books=book_words,
        payee=open_payee(payout) if to_pay and payout.payee_sealed else {}, values=values, errors=errors, **context,
    )  # fmt: skip


HANDLERS = [PayoutController]
