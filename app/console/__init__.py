"""Face: staff.*, where the platform's own people look after the stores."""

from __future__ import annotations

from litestar import Router

from app.console.account import AccountController
from app.console.audit import AuditController
from app.console.colleagues import ColleagueController
from app.console.disputes import DisputeController
from app.console.health import HealthController
from app.console.jobs import JobController
from app.console.sessions import SessionController
from app.console.statuses import StatusController
from app.console.tenants import TenantController

router = Router(
    path="/@console",
    route_handlers=[
        SessionController, TenantController, StatusController, JobController, DisputeController, AuditController,
        HealthController, ColleagueController, AccountController,
    ],
)  # fmt: skip

__all__ = ["router"]
