"""Jobs and queues: what waits, what died, and another try."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from app.console import audit_log, outboxes, words
from app.console.frame import console_page
from app.identity import viewer_of
from app.kernel.forms import read_form
from app.kernel.i18n import _, ngettext
from app.kernel.pages import see_other
from tenants import directory
from tenants.errors import UnknownStore

AnyRequest = Request[Any, Any, Any]


class RetryForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One job, or without `job_id` every dead one of the store. `back` is the filter the page had."""

    job_id: UUID | None = None
    back: str = ""


class JobController(Controller):
    """Outboxes of many stores on one page."""

    path = "/jobs"

    @get(permission="jobs.read")
    async def index(self, request: AnyRequest, store: FromQuery[str] = "") -> Template:
        found = await outboxes.look(store.strip().lower())
        return await console_page(
            "console/jobs/index.html",
            viewer_of(request),
            found=found,
            store_filter=store.strip().lower(),
            due=sum(depth.due for depth in found.depths),
            later=sum(depth.later for depth in found.depths),
            running=sum(depth.running for depth in found.depths),
            dead=sum(depth.dead for depth in found.depths),
            oldest=min((depth.oldest_due_at for depth in found.depths if depth.oldest_due_at), default=None),
            words=words,
        )

    @post("/{slug:str}/retries", permission="jobs.write")
    async def create(self, request: AnyRequest, slug: FromPath[str]) -> Redirect:
        form = await read_form(request, RetryForm)
        store = await directory.find_by_slug(slug)
        if store is None:
            raise UnknownStore(slug=slug)
        action, subject = ("jobs.retried", str(form.job_id)) if form.job_id else ("jobs.all_retried", "")
        await audit_log.record(viewer_of(request), action, tenant=store.id, subject=subject)
        revived = await outboxes.revive(store, form.job_id)
        said = ngettext("%(num)s job is tried again.", "%(num)s jobs are tried again.", revived, num=revived)
        flash = ("ok", said) if revived else ("warn", _("Nothing to try again: somebody else was quicker."))
        return see_other(f"/jobs?store={store.slug}" if form.back else "/jobs", flash=flash)
