"""Five realms, five tables, five cookies; nobody carries one into another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from infra.settings import settings


@dataclass(frozen=True, slots=True)
class Realm:
    """Who signs in where, and for how long. `table`: in the store's schema for shoppers, else the platform's.

    `people` holds those who sign in and their password hashes; the store's own room keeps the shoppers.
    """

    name: str
    table: str
    people: str
    idle: timedelta
    absolute: timedelta
    same_site: str = "Lax"
    strong_passwords: bool = False

    @property
    def cookie(self) -> str:
        """`__Host-` binds the cookie to one host; plain http cannot carry that prefix."""
        return f"__Host-{self.name}" if settings().secure else f"tz_{self.name}"


SHOPPER = Realm("shopper", "shopper_session", "customer", timedelta(days=30), timedelta(days=180))
MERCHANT = Realm(
    "merchant", "merchant_session", "merchant_login", timedelta(hours=12), timedelta(days=7), strong_passwords=True
)
PROMOTER = Realm("promoter", "promoter_session", "promoter_login", timedelta(days=7), timedelta(days=30))
SUPPLIER = Realm("supplier", "supplier_session", "supplier_login", timedelta(days=7), timedelta(days=30))
STAFF = Realm(
    "staff", "staff_session", "staff_user", timedelta(minutes=15), timedelta(hours=8), "Strict", strong_passwords=True
)

# Whose logins and sessions are the platform's; a shopper's are their store's.
OF_PLATFORM = (MERCHANT, PROMOTER, SUPPLIER, STAFF)

# On the API it is the same people, known by another token: see `sessions.token_of`.
BY_FACE = {
    "storefront": SHOPPER, "api": SHOPPER, "backoffice": MERCHANT, "portal": PROMOTER, "supply": SUPPLIER,
    "console": STAFF,
}  # fmt: skip
