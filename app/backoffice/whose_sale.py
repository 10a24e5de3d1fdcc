"""Whose sale it is: the store's policy in plain words, a new version of it, and every version there was."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template

import tenants
from app import attribution
from app.backoffice import policy_form as form
from app.backoffice import queries_whose_sale as queries
from app.backoffice import whose_sale_words as words
from app.backoffice.frame import AnyRequest, form_values, show
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.pages import see_other
from tenants import states


@get("/attribution", permission="promoters.read")
async def show_policy(request: AnyRequest) -> Template:
    async with tenants.transaction():
        versions = await attribution.policies()
        orders = await queries.decisions_by_version()
        counted = await queries.counts()
    return await show(
        request, "attribution/index.html", versions=versions, current=attribution.policy_of(versions, now()),
        moment=now(), orders=orders, counted=counted, words=words,
    )  # fmt: skip


@get("/attribution/policy", permission="promoters.write")
async def edit_policy(request: AnyRequest) -> Template:
    async with tenants.transaction():
        newest = (await attribution.policies())[0]
    return await policy_page(request, form.values_of(newest), {})


@post("/attribution/policy", permission="promoters.write")
async def save_policy(request: AnyRequest) -> Template | Redirect:
    """A new version for orders and touches from then on; what was decided stays."""
    values, tenant = form_values(await request.form()), tenants.current()
    try:
        draft = form.read_policy(values, tenant.time_zone)
        states.require(tenant, "edit")
        async with tenants.transaction():
            seen = values.get("seen", "")
            saved = await attribution.save_policy(
                draft, seen=int(seen) if seen.isdecimal() else -1, by=viewer_of(request).name
            )
    except (InvalidInput, attribution.PolicyChanged) as refusal:
        return await policy_page(request, values, translate_errors(refusal, "note"))
    return see_other("/attribution", flash=("ok", _("Version %(version)s is saved", version=saved.version)))


async def policy_page(request: AnyRequest, values: dict[str, str], errors: dict[str, str], **more: Any) -> Template:
    rows = form.lock_rows(values)
    async with tenants.transaction():
        products = await queries.products()
    return await show(
        request, "attribution/edit.html", status_code=422 if errors else 200, values=values, errors=errors, words=words,
        rungs=attribution.RUNGS, rows=rows, products=products, **more,
    )  # fmt: skip


HANDLERS = [show_policy, edit_policy, save_policy]
