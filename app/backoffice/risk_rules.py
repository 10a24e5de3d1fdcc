"""The store's rules on own purchases and doubtful sales, and what else is known to be a promoter's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import promoters, risk
from app.backoffice.frame import AnyRequest, form_values, show
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from app.risk import RiskPolicy
from tenants import states

LONGEST_NOTE = 200


class TraitForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    kind: str = ""
    text: str = ""


@get("/risk/policy", permission="promoters.write")
async def edit_rules(request: AnyRequest) -> Template:
    async with tenants.transaction():
        newest = (await risk.risk_policies())[0]
    values = {
        "self_purchase": newest.self_purchase, "hold_from_score": str(newest.hold_from_score),
        "review_days": str(newest.review_days), "seen": str(newest.version),
    }  # fmt: skip
    return await _rules(request, values, {})


@post("/risk/policy", permission="promoters.write")
async def save_rules(request: AnyRequest) -> Template | Redirect:
    """A new version for orders from then on; what was decided stays."""
    values = form_values(await request.form())
    try:
        draft, seen = _policy(values), values.get("seen", "")
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            saved = await risk.save_risk_policy(
                draft, seen=int(seen) if seen.isdecimal() and len(seen) < 6 else -1, by=viewer_of(request).name
            )
    except (InvalidInput, risk.RiskPolicyChanged) as refusal:
        return await _rules(request, values, translate_errors(refusal, "note"))
    return see_other("/risk/policy", flash=("ok", _("Version %(version)s is saved", version=saved.version)))


@get("/risk/promoters/{promoter_id:uuid}", permission="risk.review")
async def show_known(request: AnyRequest, promoter_id: FromPath[UUID]) -> Template:
    return await _known(request, promoter_id, {}, {})


@post("/risk/promoters/{promoter_id:uuid}", permission="risk.review")
async def add_known(request: AnyRequest, promoter_id: FromPath[UUID]) -> Template | Redirect:
    """A second e-mail or phone of theirs. Raises NotFound."""
    form = await read_form(request, TraitForm)
    try:
        async with tenants.transaction():
            await promoters.find(promoter_id)
            await risk.add_trait(promoter_id, form.kind, form.text, by=viewer_of(request).name)
    except InvalidInput as refusal:
        return await _known(request, promoter_id, msgspec.to_builtins(form), translate_errors(refusal, "text"))
    return see_other(f"/risk/promoters/{promoter_id}", flash=("ok", _("Remembered")))


@post("/risk/promoters/{promoter_id:uuid}/traits/{risk_trait_id:uuid}/removal", permission="risk.review")
async def forget_known(request: AnyRequest, promoter_id: FromPath[UUID], risk_trait_id: FromPath[UUID]) -> Redirect:
    async with tenants.transaction():
        await promoters.find(promoter_id)
        await risk.forget_trait(promoter_id, risk_trait_id)
    return see_other(f"/risk/promoters/{promoter_id}", flash=("ok", _("Forgotten")))


def _policy(values: Mapping[str, str]) -> RiskPolicy:
    """Raises InvalidInput."""
    wrong: dict[str, str] = {}
    numbers = {}
    for name in ("hold_from_score", "review_days"):
        text = values.get(name, "").strip()
        if text.isascii() and text.isdecimal() and len(text) < 5:
            numbers[name] = int(text)
        else:
            wrong[name] = N_("Enter a whole number.")
    if wrong:
        raise InvalidInput(wrong)
    note = values.get("note", "").strip()[:LONGEST_NOTE]
    return RiskPolicy(
        self_purchase=values.get("self_purchase", ""), hold_from_score=numbers["hold_from_score"],
        review_days=numbers["review_days"], note=note,
    )  # fmt: skip


async def _rules(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        versions = await risk.risk_policies()
    return await show(
        request, "risk/policy.html", status_code=422 if errors else 200, values=values, errors=errors,
        versions=versions, words=risk.words, weights=risk.WEIGHTS,
    )  # fmt: skip


async def _known(
    request: AnyRequest, promoter_id: UUID, values: dict[str, str], errors: dict[str, str]
) -> Template:  # fmt: skip
    async with tenants.transaction():
        promoter = await promoters.find(promoter_id)
        traits = await risk.traits_of(promoter_id)
    return await show(
        request, "risk/known.html", status_code=422 if errors else 200, promoter=promoter, traits=traits,
        values=values, errors=errors, words=risk.words,
    )  # fmt: skip


HANDLERS = [edit_rules, save_rules, show_known, add_known, forget_known]
