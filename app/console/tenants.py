"""The stores: the list, and one store with its pulse and what staff did to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Request, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from app.console import audit_log, directory, words
from app.console.beats import beats
from app.console.frame import console_page
from app.identity import viewer_of
from app.kernel.clock import now

AnyRequest = Request[Any, Any, Any]


class TenantController(Controller):
    """Reading only; a store's state is changed on its own page."""

    path = "/"

    @get("/", permission="tenants.read")
    async def index(
        self,
        request: AnyRequest,
        q: FromQuery[str] = "",
        status: FromQuery[str] = "",
        plan: FromQuery[str] = "",
        health: FromQuery[str] = "",
        schema: FromQuery[str] = "",
        after: FromQuery[str] = "",
        before: FromQuery[str] = "",
    ) -> Template:
        version = int(schema) if schema.isascii() and schema.isdigit() and len(schema) < 6 else 0
        filters = directory.Filters(
            q=q.strip(), status=status, plan=plan, schema=version, troubled=health == "troubled"
        )
        found = await directory.list_stores(filters, after=after, before=before)
        chosen = {"q": filters.q, "status": status, "plan": plan, "health": health, "schema": version or ""}
        return await console_page(
            "console/tenants/index.html",
            viewer_of(request),
            stores=[(row, beats(row, now())) for row in found.items],
            totals=await directory.totals(),
            versions=await directory.schema_versions(),
            chosen=chosen,
            search_query=filters.q,
            address=lambda **changes: _address({**chosen, **changes}),
            next=_address({**chosen, "after": found.next}) if found.next else "",
            previous=_address({**chosen, "before": found.previous}) if found.previous else "",
            words=words,
        )

    @get("/tenants/{slug:str}", permission="tenants.read")
    async def show(self, request: AnyRequest, slug: FromPath[str]) -> Template:
        viewer = viewer_of(request)
        row = await directory.find_store(slug)
        await audit_log.record_opening(viewer, row.id)
        entries = await audit_log.list_entries(audit_log.Filters(store=slug), limit=10)
        return await console_page(
            "console/tenants/show.html",
            viewer,
            row=row,
            beats=beats(row, now()),
            domains=await directory.domains_of(row.id),
            entries=entries.items,
            words=words,
        )


def _address(query: dict[str, Any]) -> str:
    chosen = {name: value for name, value in query.items() if value not in ("", None)}
    return f"/?{urlencode(chosen)}" if chosen else "/"
