"""Are warehouses and payment providers answering, and sending again what is stuck."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, payments
from app.backoffice.frame import AnyRequest, show
from app.flows.retry_fulfillment import retry_fulfillment
from app.kernel.errors import Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.kernel.pages import see_other

_ACCOUNTS = """
SELECT provider, merchant_id, base_url, status, last_ok_at, last_error, last_error_at
FROM payment_account WHERE provider <> ALL($1::text[]) ORDER BY position, provider
"""
_JOBS = (
    "SELECT count(*) FILTER (WHERE status = 'dead') AS dead, count(*) FILTER (WHERE status = 'due') AS due FROM outbox"
)

MANUAL = [code for code, vendor in payments.VENDORS.items() if vendor.manual]  # nobody there to answer


class RetryForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    work_order: Annotated[list[UUID], msgspec.Meta(max_length=100)] = []


@post("/fulfillment/retry", permission="fulfillment.write")
async def retry(request: AnyRequest) -> Redirect:
    """Send the chosen ones to their warehouse again. What the warehouse has already is refused, never shipped twice."""
    form = await read_form(request, RetryForm)
    sent = 0
    for work_order in form.work_order:
        try:
            await retry_fulfillment(work_order)
        except Refusal:
            continue
        sent += 1
    words = ngettext("%(num)s order is sent again", "%(num)s orders are sent again", sent, num=sent)
    return see_other("/fulfillment", flash=("ok" if sent else "info", words if sent else _("Nothing to send again")))


@get("/connections", permission="fulfillment.read")
async def show_connections(request: AnyRequest) -> Template:
    """Are the warehouses somebody runs for us and the payment providers answering?"""
    async with tenants.transaction():
        warehouses = [each for each in await fulfillment.warehouses() if each.is_outside]
        accounts = [dict(row) for row in await tenants.connection().fetch(_ACCOUNTS, MANUAL)]
        jobs = await tenants.connection().fetchrow(_JOBS)
    return await show(request, "connections/show.html", warehouses=warehouses, accounts=accounts, jobs=dict(jobs or {}))


HANDLERS = [retry, show_connections]
