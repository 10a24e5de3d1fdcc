"""Contests: drafted with what they will cost, opened, watched, closed, and prizes taken back with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import commissions, contests, payouts, promoters
from app.backoffice import contest_form, queries_promotions
from app.backoffice.frame import AnyRequest, form_values, show
from app.contests import Contest, IllegalMove
from app.flows import contest_board, contest_gate, run_contest
from app.flows.award_prizes import take_back_prize
from app.flows.contest_gate import NotCompliant
from app.flows.merchant_acts import Actor
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors, translate_fields, translate_refusal
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount
from app.kernel.pages import see_other

MONTH = timedelta(days=30)
SESSIONS = "SELECT id, title FROM live_session WHERE status <> 'settled' ORDER BY created_at DESC, id DESC LIMIT 100"
CAMPAIGNS = (
    "SELECT id, title FROM campaign WHERE status NOT IN ('draft', 'canceled') ORDER BY created_at DESC, id LIMIT 100"
)
# What its people sold lately: what prizes are to be compared with.
LATELY = """
SELECT coalesce(sum(base_amount - refunded_amount), 0)::bigint FROM attribution_decision
WHERE promoter = ANY($1::uuid[]) AND status = 'final' AND finalized_at > $2
"""
ORDERS_SHOWN = 200


class ContestController(Controller):
    path = "/contests"

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            boards = [await contest_board.board_of(one) for one in await contests.listed(most=50)]
        return await show(request, "contests/index.html", boards=boards, words=contests.words)

    @get("/new", permission="promoters.write")
    async def new(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            policy = await payouts.read_policy()
        values = contest_form.empty(tenants.current().time_zone, policy.freeze_days + policy.received_after_days)
        return await _form(request, None, values, [], {})

    @post("/new", permission="promoters.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        return await _save(request, None)

    @get("/{contest_id:uuid}", permission="promoters.read")
    async def watch(self, request: AnyRequest, contest_id: FromPath[UUID]) -> Template:
        return await _watched(request, contest_id, {}, {})

    @get("/{contest_id:uuid}/edit", permission="promoters.write")
    async def edit(self, request: AnyRequest, contest_id: FromPath[UUID]) -> Template | Redirect:
        async with tenants.transaction():
            contest = await contests.find(contest_id)
            draft = await contest_gate.draft_of(contest)
        if contest.status != "draft":
            return see_other(f"/contests/{contest_id}")
        tenant = tenants.current()
        values = contest_form.values_of(draft, tenant.currency, tenant.time_zone)
        return await _form(request, contest_id, values, [str(each) for each in draft.products], {})

    @post("/{contest_id:uuid}/edit", permission="promoters.write")
    async def change(self, request: AnyRequest, contest_id: FromPath[UUID]) -> Template | Redirect:
        return await _save(request, contest_id)

    @post("/{contest_id:uuid}/{act:str}", permission="promoters.write")
    async def move(self, request: AnyRequest, contest_id: FromPath[UUID], act: FromPath[str]) -> Redirect:
        """Open, close early, count now, or call off with a word why."""
        values = form_values(await request.form())
        try:
            said = await _move(contest_id, act, values.get("words", ""), viewer_of(request).name)
        except (IllegalMove, NotCompliant) as refusal:
            return see_other(f"/contests/{contest_id}", flash=("bad", translate_refusal(refusal)))
        except InvalidInput as refusal:
            return see_other(f"/contests/{contest_id}", flash=("bad", " ".join(translate_fields(refusal).values())))
        return see_other(f"/contests/{contest_id}", flash=said)

    @post("/{contest_id:uuid}/awards/{contest_award_id:uuid}/corrections", permission="payouts.write")
    async def correct(
        self, request: AnyRequest, contest_id: FromPath[UUID], contest_award_id: FromPath[UUID]
    ) -> Template | Redirect:
        """Take a part of a prize back; it goes through the books, and the promoter reads why."""
        values, viewer = form_values(await request.form()), viewer_of(request)
        async with tenants.transaction():
            if (await contests.find_award(contest_award_id)).contest != contest_id:
                raise NotFound
        try:
            amount = _amount(values.get("amount", ""))
            await take_back_prize(
                contest_award_id, amount, reason=values.get("reason", ""), by=Actor(viewer.id, viewer.name)
            )
        except NotFound:
            raise
        except Refusal as refusal:
            return await _watched(
                request, contest_id, {**values, "award": str(contest_award_id)}, translate_errors(refusal, "amount")
            )
        return see_other(f"/contests/{contest_id}", flash=("ok", _("Taken back, through the books")))


async def _move(contest_id: UUID, act: str, words: str, by: str) -> tuple[str, str]:
    """What to say of it. Raises NotFound for an unknown act, and what the flows refuse."""
    match act:
        case "open":
            await run_contest.open_contest(contest_id, by=by)
            return "ok", _("Open; its people see the board")
        case "close":
            done = await run_contest.close_contest(contest_id, by=by)
            return ("ok", _("Closed; the board is provisional")) if done else ("info", _("It was closed already"))
        case "settle":
            done = await run_contest.settle_contest(contest_id)
            return ("ok", _("The result is final")) if done else ("info", _("Some orders may still come back"))
        case "cancel":
            await run_contest.cancel_contest(contest_id, words=words, by=by)
            return "ok", _("Called off; nobody wins")
    raise NotFound


async def _save(request: AnyRequest, contest_id: UUID | None) -> Template | Redirect:
    submitted, tenant = await request.form(), tenants.current()
    values = form_values(submitted)
    products, declared = ([str(each) for each in submitted.getall(name, [])] for name in ("products", "declared"))
    async with tenants.transaction():
        people = await promoters.everyone("approved")
    try:
        draft = contest_form.read_draft(
            values, products, people, declared, currency=tenant.currency, zone=tenant.time_zone
        )
        saved = await run_contest.save_contest(contest_id, draft, by=viewer_of(request).name)
    except InvalidInput as refusal:
        return await _form(request, contest_id, values, products, translate_fields(refusal))
    except NotCompliant as refusal:
        return await _form(request, contest_id, values, products, {}, findings=refusal.findings, declared=declared)
    except IllegalMove as refusal:
        return see_other(f"/contests/{contest_id}", flash=("bad", translate_refusal(refusal)))
    return see_other(f"/contests/{saved}", flash=("ok", _("Saved; look at what it may cost, then open it")))


def _amount(text: str) -> int:
    """Raises InvalidInput."""
    try:
        return parse_amount(text, tenants.current().currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error


async def _form(
    request: AnyRequest, contest_id: UUID | None, values: Mapping[str, str], products: Sequence[str],
    errors: Mapping[str, str], *, findings: Sequence[commissions.Finding] = (), declared: Sequence[str] = (),
) -> Template:  # fmt: skip
    async with tenants.transaction():
        if contest_id:
            await contests.find(contest_id)
        context: dict[str, Any] = {
            "people": await promoters.everyone("approved"),
            "goods": await queries_promotions.products(list(products)),
            "sessions": await tenants.connection().fetch(SESSIONS),
            "campaigns": await tenants.connection().fetch(CAMPAIGNS),
        }
    return await show(
        request, "contests/edit.html", status_code=422 if errors or findings else 200, values=values, chosen=products,
        errors=errors, findings=findings, declared=declared, form=contest_form, words=contests.words,
        gate=commissions.compliance, contest_id=contest_id, symbol=CURRENCIES[tenants.current().currency].symbol,
        **context,
    )  # fmt: skip


async def _watched(
    request: AnyRequest, contest_id: UUID, values: Mapping[str, str], errors: Mapping[str, str]
) -> Template:
    async with tenants.transaction():
        contest = await contests.find(contest_id)
        board = await contest_board.board_of(contest)
        draft = await contest_gate.draft_of(contest) if contest.status == "draft" else None
        context = {
            "findings": await contest_gate.findings_of(draft) if draft else (),
            "lately_amount": await _lately(board), "events": await contests.events_of(contest_id),
            "awards": await contests.awards_of(contest_id),
            "orders": await contests.frozen_orders(contest_id, most=ORDERS_SHOWN) if contest.is_final else [],
            "corrections": await _corrections(contest),
        }  # fmt: skip
    return await show(
        request, "contests/show.html", status_code=422 if errors else 200, board=board, contest=contest,
        words=contests.words, gate=commissions.compliance, values=values, errors=errors,
        people={one.promoter: one.name for row in board.rows for one in row.members},
        symbol=CURRENCIES[contest.currency].symbol, **context,
    )  # fmt: skip


async def _lately(board: contest_board.Board) -> int:
    people = [one.promoter for row in board.rows for one in row.members]
    amount: int = await tenants.connection().fetchval(LATELY, people, now() - MONTH)
    return amount


async def _corrections(contest: Contest) -> dict[UUID, list[contests.Correction]]:
    return {
        award.id: await contests.corrections_of(award.id)
        for award in await contests.awards_of(contest.id) if award.corrected_amount
    }  # fmt: skip


HANDLERS = [ContestController]
