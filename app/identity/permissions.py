"""What each role may do. Routes declare a permission; the checked-in role matrix holds the two together."""

from __future__ import annotations

READS = frozenset(
    {"dashboard.read", "products.read", "orders.read", "fulfillment.read", "promoters.read", "promotions.read"}
)

MERCHANT_ROLES: dict[str, frozenset[str]] = {
    "owner": READS
    | {
        "products.write", "imports.write", "orders.write", "refunds.write", "fulfillment.write", "promoters.write",
        "look.write", "settings.write", "users.read", "users.write", "money.read",
        "books.read", "books.write", "payouts.write", "promotions.write", "gift_cards.write",
        "orders.note", "orders.export", "orders.personal",
        "connections.read", "connections.write", "delivery.write", "risk.review",
    },
    "manager": READS
    | {
        "products.write", "imports.write", "orders.write", "refunds.write", "fulfillment.write", "promoters.write",
        "look.write", "users.read", "money.read",
        "books.read", "books.write", "promotions.write", "gift_cards.write",
        "orders.note", "orders.export", "orders.personal",
        "connections.read", "delivery.write", "risk.review",
    },
    "picker": frozenset({"dashboard.read", "products.read", "orders.read", "fulfillment.read", "fulfillment.write"})
    | {"orders.note"},
    "finance": READS
    | {
        "refunds.write", "money.read", "books.read", "books.write", "payouts.write", "gift_cards.write",
        "orders.note", "orders.export",
        "connections.read", "connections.write", "risk.review",
    },
    "read_only": READS,
}  # fmt: skip

STAFF_READS = frozenset({"tenants.read", "jobs.read", "audit.read", "disputes.read"})
STAFF_ROLES: dict[str, frozenset[str]] = {
    "admin": STAFF_READS | {"tenants.write", "jobs.write", "disputes.write", "staff.write"},
    "operator": STAFF_READS | {"tenants.write", "jobs.write", "disputes.write"},
    "viewer": STAFF_READS,
}

# Anyone on the host; anyone signed in to the host's realm.
PUBLIC, SIGNED_IN = "public", "signed_in"


def allows(realm: str, role: str, permission: str) -> bool:
    """Whether a viewer of this realm and role holds the permission. Shoppers and promoters have no roles."""
    if permission == PUBLIC:
        return True
    if permission == SIGNED_IN:
        return True
    roles = {"merchant": MERCHANT_ROLES, "staff": STAFF_ROLES}.get(realm, {})
    return permission in roles.get(role, frozenset())
