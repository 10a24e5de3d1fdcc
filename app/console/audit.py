"""The audit log: who did what, to which store, why; and whether the chain is whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Request, get
from litestar.params import FromQuery
from litestar.response import Template

from app.console import audit_log, words
from app.console.frame import console_page
from app.identity import viewer_of

AnyRequest = Request[Any, Any, Any]


class AuditController(Controller):
    """Reading only: nothing in the log can be changed, by anybody."""

    path = "/audit"

    @get(permission="audit.read")
    async def index(
        self,
        request: AnyRequest,
        store: FromQuery[str] = "",
        action: FromQuery[str] = "",
        actor: FromQuery[str] = "",
        after: FromQuery[str] = "",
        before: FromQuery[str] = "",
        check: FromQuery[str] = "",
    ) -> Template:
        filters = audit_log.Filters(store=store.strip().lower(), action=action, actor=actor.strip()[:80])
        found = await audit_log.list_entries(filters, after=after, before=before)
        chosen = {"store": filters.store, "action": action, "actor": filters.actor}
        return await console_page(
            "console/audit/index.html",
            viewer_of(request),
            entries=found.items,
            chain=await audit_log.check_chain(whole=bool(check)),
            actions=await audit_log.actions(),
            chosen=chosen,
            next=_address({**chosen, "after": found.next}) if found.next else "",
            previous=_address({**chosen, "before": found.previous}) if found.previous else "",
            words=words,
        )


def _address(query: dict[str, str]) -> str:
    return f"/audit?{urlencode({name: value for name, value in query.items() if value})}"
