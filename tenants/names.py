"""Names of stores: the subdomain people type and the opaque schema nobody sees."""

from __future__ import annotations

import re
import secrets

from tenants.errors import SlugInvalid, SlugRefused

_SLUG = re.compile(r"[a-z](?:[a-z0-9]|-(?!-)){1,38}[a-z0-9]")
_SCHEMA = re.compile(r"t_[0-9a-f]{12}")

# Names of our own hosts, of things people expect at a well-known name, and of mail and certificate plumbing.
RESERVED = frozenset(
    (  # noqa: SIM905 - a list of words reads better as words
        "admin host staff www api app assets static media cdn hooks webhooks pay payment payments sandbox warehouse"
        " status help support docs blog mail smtp imap pop ftp ns1 ns2 mx autoconfig autodiscover localhost platform"
        " tuanzhou account accounts billing login signin sign-in signup sign-up store shop test root security abuse"
        " postmaster supply supplier suppliers"
    ).split()
)


def check_slug(slug: str) -> str:
    """Return the slug when a store may use it. Raises SlugInvalid or SlugRefused."""
    if not _SLUG.fullmatch(slug):
        raise SlugInvalid(slug=slug[:60])
    if slug in RESERVED or slug.startswith("xn-"):
        raise SlugRefused(slug=slug)
    return slug


def new_schema_name() -> str:
    """Opaque, so that a store can be renamed or moved without touching its schema."""
    return f"t_{secrets.token_hex(6)}"


def check_schema_name(name: str) -> str:
    """Schema names are written into SQL text; anything that does not look like one of ours stops here."""
    if not _SCHEMA.fullmatch(name):
        raise ValueError(f"not a store's schema name: {name!r}")
    return name
