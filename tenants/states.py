"""What a store may do in each of its states; used by routes and by workers.

Obligations never stop: a suspended store ships what was paid, refunds, accepts payment webhooks and records clicks.
"""

from __future__ import annotations

from tenants.errors import StoreClosed
from tenants.scope import Tenant

ALWAYS = frozenset({"ship", "refund", "accept_webhook", "record_click", "export", "read_backoffice"})
OPEN = ALWAYS | {"show_storefront", "place_order", "edit", "pay_out", "invite"}

_ALLOWED: dict[str, frozenset[str]] = {
    "provisioning": ALWAYS,
    "trial": OPEN,
    "active": OPEN,
    "past_due": OPEN,
    "restricted": OPEN - {"place_order", "pay_out", "invite"},
    "suspended": ALWAYS,
    "closing": ALWAYS,
    "deleted": frozenset(),
}
ACTS = OPEN
STATES = tuple(_ALLOWED)


def tenant_allows(status: str, act: str) -> bool:
    """Whether a store in this state may do this. Unknown words are a defect, not a no."""
    if act not in ACTS:
        raise ValueError(f"unknown act {act!r}")
    return act in _ALLOWED[status]


def require(tenant: Tenant, act: str) -> None:
    """Raises StoreClosed when the store's state forbids the act."""
    if not tenant_allows(tenant.status, act):
        raise StoreClosed(status=tenant.status)
