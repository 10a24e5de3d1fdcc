"""Questions about whose sale it is: what is open or held back, and the merchant's answer to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import attribution, commissions, orders, risk
from app.attribution import Candidate, Dispute, Move
from app.backoffice import queries_whose_sale as queries
from app.backoffice.frame import AnyRequest, show
from app.flows.merchant_acts import Actor
from app.flows.move_sale import HadItBefore, PaidOutAlready, keep_sale, move_sale, others
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.pages import see_other

NOBODY = "nobody"


class AnswerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["keep", "move"]
    to: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What was asked about one line's sale and what became of it; `others` is to whom it could go.

    `doubt` is the review that its commission waits for.
    """

    disputes: list[Dispute]
    moves: list[Move]
    others: list[Candidate]
    held: bool
    doubt: UUID | None = None

    @property
    def is_open(self) -> bool:
        return self.held or any(one.status == "open" for one in self.disputes)


async def cases_of(order_id: UUID) -> dict[UUID, Case]:
    """By order line, inside the open transaction."""
    kept = await attribution.kept_of(order_id)
    disputes = await attribution.disputes_of([one.decision for one in kept])
    moves = await attribution.moves_of([one.decision for one in kept])
    lines = await commissions.lines_of(order_id)
    held = {line.order_line for line in lines if line.held_because == attribution.HELD}
    doubt = await risk.case_of(order_id)
    doubtful = {line.order_line for line in lines if doubt and line.held_because == doubt.held_because}
    return {
        one.order_line: Case(
            [each for each in disputes if each.decision == one.decision],
            [each for each in moves if each.decision == one.decision],
            others(one), one.order_line in held, doubt.id if doubt and one.order_line in doubtful else None,
        )
        for one in kept
    }  # fmt: skip


@get("/attribution/questions", permission="promoters.read")
async def show_questions(request: AnyRequest) -> Template:
    async with tenants.transaction():
        rows = await queries.questions()
    return await show(request, "attribution/questions.html", rows=rows)


@post("/attribution/lines/{line_id:uuid}", permission="promoters.write")
async def answer(request: AnyRequest, line_id: FromPath[UUID]) -> Redirect:
    """Keep it, or give it to somebody else of the receipt; both with a reason. Raises NotFound."""
    form, viewer = await read_form(request, AnswerForm), viewer_of(request)
    async with tenants.transaction():
        kept = await attribution.kept_line(line_id)
        number = (await orders.find(kept.order_id)).number
    actor, back = Actor(viewer.id, viewer.name), f"/orders/{number}#receipt"
    try:
        if form.act == "keep":
            await keep_sale(line_id, reason=form.reason, actor=actor)
        else:
            await move_sale(line_id, _to(form.to), reason=form.reason, actor=actor)
    except (InvalidInput, PaidOutAlready, HadItBefore) as refusal:
        said: dict[str, Any] = translate_errors(refusal, "to")
        return see_other(back, flash=("bad", " ".join(said.values())))
    return see_other(back, flash=("ok", _("It stays as it was") if form.act == "keep" else _("The sale was moved")))


def _to(text: str) -> UUID | None:
    """Raises InvalidInput."""
    if text == NOBODY:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput({"to": "Choose somebody whom the receipt names."}) from error


HANDLERS = [show_questions, answer]
