"""What stands around every page of the console: sidebar, search, and the counts that ask for attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar.response import Template

from app.identity import Viewer, allows
from app.kernel.i18n import _
from app.kernel.pages import page
from tenants import platform
from tenants.middleware import current_arrival

_COUNTS = (
    "SELECT count(*) FILTER (WHERE jobs_dead > 0 OR payment_error <> '' OR warehouse_error <> '') AS troubled,"
    " coalesce(sum(jobs_dead), 0)::bigint AS dead,"
    " (SELECT count(*) FROM dispute WHERE closed_at IS NULL) AS disputes FROM tenant_health"
)


@dataclass(frozen=True, slots=True)
class Attention:
    """Stores that need a look, jobs nobody will try again by themselves, and disputes nobody has decided."""

    troubled: int
    dead: int
    disputes: int


async def console_page(
    template: str, viewer: Viewer, *, status_code: int = 200, headers: dict[str, str] | None = None, **context: Any
) -> Template:
    """A page of the console with everything around it."""
    async with platform.transaction() as database:
        rows = await database.fetch(_COUNTS)
    attention = Attention(rows[0]["troubled"], rows[0]["dead"], rows[0]["disputes"])
    return page(
        template,
        status_code=status_code,
        headers={"Cache-Control": "no-store", **(headers or {})},
        staff=True,
        sidebar=_sidebar(viewer, attention),
        attention=attention,
        search_action="/",
        search_label=_("Find a store"),
        may=lambda permission: allows(viewer.realm, viewer.role, permission),
        **context,
    )


def _sidebar(viewer: Viewer, attention: Attention) -> dict[str, Any]:
    def may(*items: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        return [item for permission, item in items if allows(viewer.realm, viewer.role, permission)]

    stores = may(
        ("tenants.read", {**_item("shop", _("Stores"), "/"), "current": _among_stores()}),
        ("tenants.read", _item("pulse", _("Health"), "/health", attention.troubled)),
    )
    operations = may(
        ("jobs.read", _item("bolt", _("Jobs and queues"), "/jobs", attention.dead)),
        ("disputes.read", _item("flag", _("Disputes"), "/disputes", attention.disputes)),
        ("audit.read", _item("eye", _("Audit log"), "/audit")),
        ("staff.write", _item("users", _("Colleagues"), "/colleagues")),
    )
    return {
        "title": _("Tuanzhou"),
        "detail": _("Staff"),
        "home": "/",
        "groups": [{"label": "", "items": stores}, {"label": _("Operations"), "items": operations}],
        "bottom": [],
    }


def _among_stores() -> bool:
    """A store's own pages belong to the list they were opened from."""
    arrival = current_arrival.get()
    return arrival is not None and (arrival.path == "/" or arrival.path.startswith("/tenants/"))


def _item(icon: str, label: str, href: str, count: int = 0) -> dict[str, Any]:
    return {"icon": icon, "label": label, "href": href, "count": count, "kind": "bad"}
