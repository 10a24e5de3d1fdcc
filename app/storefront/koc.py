"""Whether a shopper may be asked to recommend the store, and their answer when they are."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import identity, koc
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.storefront.account import AnyRequest
from infra.settings import settings


class ConsentForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    given: bool = False


class AnswerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    answer: koc.Answer


@get("/account/asking", permission="signed_in")
async def show_consent(request: AnyRequest) -> Template:
    async with tenants.transaction():
        agreed = await koc.agreed(identity.viewer_of(request).id)
    return page("storefront/account/asking.html", headers={"Cache-Control": "no-store"}, agreed=agreed, tab="me")


@post("/account/asking", permission="signed_in")
async def say_consent(request: AnyRequest) -> Redirect:
    """Taking it back is the same form."""
    form = await read_form(request, ConsentForm)
    async with tenants.transaction():
        await koc.say_consent(identity.viewer_of(request).id, form.given, how="account")
    return see_other("/account/asking", flash=("ok", _("Saved")))


@get("/invitations/{koc_invitation_id:uuid}/{answer_key:str}", permission="public")
async def show_invitation(koc_invitation_id: FromPath[UUID], answer_key: FromPath[str]) -> Template:
    """Opened from a mail; only whoever has its key sees it."""
    async with tenants.transaction():
        invitation = await koc.find_by_key(koc_invitation_id, answer_key)
    return page(
        "storefront/account/invitation.html", headers={"Cache-Control": "no-store"}, invitation=invitation,
        key=answer_key, tab="me",
    )  # fmt: skip


@post("/invitations/{koc_invitation_id:uuid}/{answer_key:str}", permission="public", csrf="origin")
async def answer(request: AnyRequest, koc_invitation_id: FromPath[UUID], answer_key: FromPath[str]) -> Redirect:
    """Yes leads to the store's terms for promoters; no and never end here. No account is needed to say no."""
    form = await read_form(request, AnswerForm)
    async with tenants.transaction():
        await koc.answer(koc_invitation_id, answer_key, form.answer)
    if form.answer == "accepted":
        return Redirect(f"{settings().origin('host')}/join/{tenants.current().slug}", status_code=303)
    return see_other(f"/invitations/{koc_invitation_id}/{answer_key}", flash=("ok", _("Thank you for the answer.")))


HANDLERS = [show_consent, say_consent, show_invitation, answer]
