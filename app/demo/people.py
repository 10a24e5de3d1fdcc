"""Who can sign in to a demo installation, and with what.

On this machine's own `localhost` the passwords are fixed, so that they can be written down in the README. Under any
other domain they are derived from the installation's secret: nobody who read this file can sign in there.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from infra.settings import settings


@dataclass(frozen=True, slots=True)
class Person:
    """One demo sign-in. `label` is the host it works on."""

    who: str
    label: str
    name: str
    email: str
    fixed: str

    @property
    def password(self) -> str:
        domain = settings().domain
        if domain == "localhost" or domain.endswith(".localhost"):
            return self.fixed
        return hmac.new(settings().secret, f"demo:{self.email}".encode(), hashlib.sha256).hexdigest()[:20]


MERCHANT = Person("merchant", "admin", "苏禾", "merchant@tuanzhou.example", "demo-merchant-2026")
HOST = Person("host", "host", "周小满", "host@tuanzhou.example", "demo-host-2026")
SHARER = Person("sharer", "host", "阿洁", "ajie@tuanzhou.example", "demo-sharer-2026")
SUPPLIER = Person("supplier", "supply", "顾长根", "orchard@tuanzhou.example", "demo-supplier-2026")
STAFF = Person("staff", "staff", "Priya Raman", "staff@tuanzhou.example", "demo-staff-2026")


def sign_ins() -> Sequence[tuple[str, str, str]]:
    """Who, where, with what words; and the two shops, which need no sign-in."""
    from app.demo.stores import STORES

    origin = settings().origin
    people = [(p.who, origin(p.label), f"{p.email}  {p.password}") for p in (MERCHANT, HOST, SUPPLIER, STAFF)]
    return [*((store.name, origin(store.slug), store.tagline) for store in STORES), *people]
