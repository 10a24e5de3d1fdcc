"""The link in a mail by which a supplier without an account gives back one packing sheet. Not a journey of its own.

It names the reference and when it ends, and is signed for this store; it opens nothing else.
"""

from __future__ import annotations

import time

import tenants
from app.kernel.errors import NotFound
from infra import crypto
from infra.settings import settings

LASTS_S = 30 * 24 * 3600
SIZE = 18
PURPOSE = "packing-sheet"


def url(reference: str) -> str:
    return f"{settings().origin(tenants.current().slug)}/packing-sheets/{key(reference)}"


def key(reference: str, *, lasts_s: int = LASTS_S) -> str:
    """`<reference>.<end>.<signature>`; a reference never holds a dot."""
    said = f"{reference}.{int(time.time()) + lasts_s}"
    return f"{said}.{_signature(said)}"


def opened(given: str) -> str:
    """The reference. Raises NotFound for anything forged, altered, of another store, or too old."""
    said, _, signature = given.rpartition(".")
    reference, _, end = said.rpartition(".")
    fits = crypto.verify(_message(said), signature, PURPOSE, size=SIZE)
    if not (fits and reference and end.isascii() and end.isdecimal() and int(end) > time.time()):
        raise NotFound
    return reference


def _signature(said: str) -> str:
    return crypto.sign(_message(said), PURPOSE, size=SIZE)


def _message(said: str) -> str:
    return f"{tenants.current().id}:{said}"
