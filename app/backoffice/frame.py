"""The frame around every backoffice page: sidebar with what waits behind each door, search, the viewer's rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.response import Template

import tenants
from app import store
from app.backoffice import history, labels
from app.identity import allows, viewer_of
from app.kernel.forms import NOT_OURS
from app.kernel.i18n import gettext as _
from app.kernel.pages import page
from tenants.middleware import arrival_of

AnyRequest = Request[Any, Any, Any]

_WAITING = """
SELECT (SELECT count(*) FROM orders WHERE payment_status IN ('paid', 'authorized', 'partially_refunded')
        AND fulfillment_status = 'unfulfilled') AS to_ship,
       (SELECT count(*) FROM fulfillment_exception WHERE status = 'open') AS trouble,
       (SELECT count(*) FROM promoter WHERE status = 'pending') AS applications,
       (SELECT count(*) FROM aftersale WHERE closed_at IS NULL AND waits_for = 'merchant') AS aftersales,
       (SELECT count(*) FROM payout WHERE status = 'requested' OR (status = 'approved' AND way = 'bank_transfer'))
           AS payouts,
       (SELECT count(*) FROM risk_case WHERE status = 'open') AS doubts,
       (SELECT count(*) FROM ticket WHERE status = 'open' AND NOT starts_with(kind, 'goods.')) AS tickets,
       (SELECT count(*) FROM pickup_point WHERE status = 'pending') AS points,
       (SELECT count(*) FROM live_slot AS slot JOIN live_session AS session ON session.id = slot.session
        WHERE slot.price_status = 'asked' AND slot.status = 'planned' AND session.status NOT IN ('ended', 'settled'))
       + (SELECT count(*) FROM live_gift AS gift JOIN live_session AS session ON session.id = gift.session
        WHERE gift.status = 'asked' AND session.status NOT IN ('ended', 'settled')) AS prices,
       (SELECT count(*) FROM external_line WHERE basis IN ('unknown_sharer', 'unknown_good')) AS elsewhere
"""


async def show(request: AnyRequest, template: str, *, status_code: int = 200, **context: Any) -> Template:
    """One page inside the console frame; opens a transaction of its own, so call it after yours has ended."""
    async with tenants.transaction():
        waiting = await tenants.connection().fetchrow(_WAITING)
        profile = await store.read_profile()
    viewer = viewer_of(request)

    def may(permission: str) -> bool:
        return allows("merchant", viewer.role, permission)

    return page(
        f"backoffice/{template}",
        status_code=status_code,
        profile=profile,
        tenant=tenants.current(),
        currency=tenants.current().currency,
        may=may,
        label=labels.label,
        kind=labels.kind,
        say=say,
        kinds_text=labels.kinds_text,
        history=history,
        sidebar=_sidebar(profile, dict(waiting or {}), may, viewer.role, arrival_of(request).path),
        search_action="/orders",
        search_label=_("Search orders by number, phone or name"),
        **context,
    )


def _sidebar(profile: store.Profile, waiting: dict[str, int], may: Any, role: str, path: str) -> dict[str, Any]:
    def item(
        icon: str, label: str, href: str, permission: str, count: int = 0, kind: str = ""
    ) -> dict[str, Any] | None:
        entry = {"icon": icon, "label": label, "href": href, "count": count, "kind": kind}
        return entry if may(permission) else None

    groups = [
        ("", [
            item("home", _("Dashboard"), "/", "dashboard.read"),
            item("bag", _("Orders"), "/orders", "orders.read", waiting["to_ship"]),
            item("truck", _("Fulfillment"), "/fulfillment", "fulfillment.read"),
            item("flag", _("Exceptions"), "/fulfillment/exceptions", "fulfillment.read", waiting["trouble"], "bad"),
            item("return", _("Returns and claims"), "/aftersales", "orders.read", waiting["aftersales"], "warn"),
            item("box", _("Products"), "/products", "products.read"),
            item("list", _("Stock"), "/stock", "products.read"),
            item("pin", _("Warehouses"), "/warehouses", "connections.read"),
            item("leaf", _("Suppliers"), "/suppliers", "products.read"),
            item("receipt", _("Purchase orders"), "/purchasing", "fulfillment.read"),
        ]),
        (_("Funds"), [
            item("book", _("Books"), "/books", "books.read"),
            item("coins", _("Payouts"), "/payouts", "books.read", waiting["payouts"], "warn"),
            item("flag", _("Tickets"), "/tickets", "books.read", waiting["tickets"], "bad"),
            item("gift", _("Gift cards"), "/gift-cards", "books.read"),
            item("wallet", _("Store credit"), "/store-credit", "books.read"),
        ]),
        (_("Marketing"), [
            item("users", _("Hosts and promoters"), "/promoters", "promoters.read", waiting["applications"], "warn"),
            item("percent", _("Commission plans"), "/commission-plans", "promoters.read"),
            item("link", _("Tracked links"), "/links", "promoters.read"),
            item("video", _("Live sessions"), "/shows", "promoters.read", waiting["prices"], "warn"),
            item("megaphone", _("Announcements"), "/announcements", "promoters.read"),
            item("globe", _("Sold elsewhere"), "/external-sales", "promoters.read", waiting["elsewhere"], "warn"),
            item("image", _("Material packs"), "/materials", "promoters.read"),
            item("crown", _("Contests"), "/contests", "promoters.read"),
            item("layers", _("Whose sale"), "/attribution", "promoters.read"),
            item("shield", _("Doubtful sales"), "/risk", "risk.review", waiting["doubts"], "warn"),
            item("grid", _("Campaigns"), "/campaigns", "promotions.read"),
            item("pin", _("Pickup points"), "/pickup-points", "promotions.read", waiting["points"], "warn"),
            item("target", _("Selection rounds"), "/selection", "promotions.read"),
            item("ticket", _("Coupons"), "/coupons", "promotions.read"),
            item("crown", _("Members"), "/members", "promotions.read"),
        ]),
    ]  # fmt: skip
    bottom = [
        item("shop", _("Store look"), "/look", "look.write"),
        # The owner finds it among the settings.
        None if may("settings.write") else item("truck", _("Delivery"), "/delivery", "delivery.write"),
        item("plug", _("Connected systems"), "/connections", "fulfillment.read"),
        item("user", _("Staff accounts"), "/users", "users.read"),
        item("gear", _("Settings"), "/settings", "settings.write"),
    ]
    _mark_current([*(entry for _name, items in groups for entry in items), *bottom], path)
    return {
        "title": profile.name,
        "detail": _(labels.ROLES.get(role, role)),
        "logo_url": f"/media/{profile.logo_key}" if profile.logo_key else "",
        "home": "/stores",
        "groups": [
            {"label": name, "items": [entry for entry in items if entry]} for name, items in groups if any(items)
        ],
        "bottom": [entry for entry in bottom if entry],
    }


def _mark_current(entries: list[dict[str, Any] | None], path: str) -> None:
    """One door at the most: the one whose address is most of the page's."""
    known = [entry for entry in entries if entry]
    here = [
        entry["href"] for entry in known if path == entry["href"] or path.startswith(entry["href"].rstrip("/") + "/")
    ]
    best = max((href for href in here if href != "/" or path == "/"), key=len, default=None)
    for entry in known:
        entry["current"] = entry["href"] == best


def say(message: str, details: Mapping[str, Any] | None = None) -> str:
    """A text that came from code or rows, in the reader's language; unlike `_` in templates it minds stray % signs."""
    text = _(message)
    return text % details if details else text


def form_values(submitted: Any) -> dict[str, str]:
    """The texts of a form as they came, to show them again; files are left out."""
    return {name: value for name, value in submitted.multi_items() if isinstance(value, str) and name not in NOT_OURS}
