"""Suspending a store and letting it go on: a reason, a confirmation, a line in the audit log, then the act."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from app.console import audit_log, directory
from app.console.frame import console_page
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, _, translate_fields
from app.kernel.pages import see_other
from tenants import lifecycle

AnyRequest = Request[Any, Any, Any]
SUSPENDABLE = frozenset({"trial", "active", "past_due", "restricted"})


class StatusNotOffered(Refusal):
    """The store is being made, closed or gone: there is nothing to suspend or to resume."""

    code = "console.status_not_offered"
    status = 409
    message = "This store cannot be suspended or resumed in its present state."


class StatusForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`confirmation` is the store's address, typed; `to` is what the page offered when it was opened."""

    to: str
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    confirmation: str


class StatusController(Controller):
    """The state of one store."""

    path = "/tenants/{slug:str}/status"

    @get(permission="tenants.write")
    async def show(self, request: AnyRequest, slug: FromPath[str]) -> Template:
        return await _form(request, await directory.find_store(slug), {}, {})

    @post(permission="tenants.write")
    async def update(self, request: AnyRequest, slug: FromPath[str]) -> Template | Redirect:
        row, viewer = await directory.find_store(slug), viewer_of(request)
        try:
            form = await read_form(request, StatusForm)
            _check(form, row, await _offered(row))
        except InvalidInput as refusal:
            values = {name: str(value) for name, value in (await request.form()).items()}
            return await _form(request, row, values, translate_fields(refusal))
        await lifecycle.change_status(row.id, form.to, reason=form.reason, actor_id=viewer.id, actor_name=viewer.name)
        said = _("The store is suspended.") if form.to == "suspended" else _("The store is open again.")
        return see_other(f"/tenants/{slug}", flash=("ok", said))


def _check(form: StatusForm, row: directory.StoreRow, offered: str) -> None:
    """Raises InvalidInput, and StatusNotOffered when somebody else was quicker."""
    if form.to != offered:
        raise StatusNotOffered
    if form.confirmation.lower() != row.slug:
        raise InvalidInput({"confirmation": N_("Type the store's short name to confirm.")})


async def _offered(row: directory.StoreRow) -> str:
    """The state the store can be put into. Raises StatusNotOffered."""
    if row.status == "suspended":
        return await audit_log.last_status_before_suspension(row.id)
    if row.status in SUSPENDABLE:
        return "suspended"
    raise StatusNotOffered


async def _form(
    request: AnyRequest, row: directory.StoreRow, values: dict[str, str], errors: dict[str, str]
) -> Template:
    return await console_page(
        "console/tenants/status.html",
        viewer_of(request),
        status_code=422 if errors else 200,
        row=row,
        to=await _offered(row),
        values=values,
        errors=errors,
    )
