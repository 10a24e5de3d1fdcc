"""How each dialect that calls back writes down one piece of news. A dialect not named here is asked for its news."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from infra.warehouse.simulator.records import Account, Body

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Call(Struct, frozen=True):
    """One signed request, ready to be sent."""

    url: str
    content: bytes
    headers: Mapping[str, str]


Voice = Callable[[Account, Body, datetime], Call]
VOICES: dict[str, Voice] = {}
"""Filled by the dialects when they are imported, all of them in `dialects`."""
