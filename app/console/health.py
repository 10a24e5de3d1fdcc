"""Health of the whole: databases, schemas, and accounts of stores that stopped answering."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get
from litestar.response import Template

from app.console import directory, machinery
from app.console.frame import console_page
from app.identity import viewer_of

AnyRequest = Request[Any, Any, Any]


class HealthController(Controller):
    """What an operator looks at first in the morning."""

    path = "/health"

    @get(permission="tenants.read")
    async def index(self, request: AnyRequest) -> Template:
        return await console_page(
            "console/health/index.html",
            viewer_of(request),
            postgresql=await machinery.postgresql(),
            valkey=await machinery.valkey(),
            versions=await directory.schema_versions(),
            prepared=await machinery.prepared_schemas(),
            broken=await machinery.broken_accounts(),
            differing=await machinery.stores_with_tickets(),
        )
