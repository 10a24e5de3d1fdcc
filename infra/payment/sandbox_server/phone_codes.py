"""Codes that phones got and shops have not redeemed yet. Good once; a sandbox that starts anew knows none."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time

GOOD_SECONDS, MOST = 300.0, 10_000


class Phones:
    """Codes that wait to be redeemed: whose, in which program, until when."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, str, float]] = {}

    def code_of(self, app_id: str, person: str) -> str:
        if len(self._codes) >= MOST:
            self._codes.clear()
        code = secrets.token_urlsafe(24)
        self._codes[code] = (app_id, openid_of(app_id, person), time.monotonic() + GOOD_SECONDS)
        return code

    def redeem(self, app_id: str, code: str) -> str:
        """The openid; empty for a code that is none, belongs elsewhere, is too old, or was redeemed before."""
        of, openid, until = self._codes.pop(code, ("", "", 0.0))
        return openid if of == app_id and until > time.monotonic() else ""


def openid_of(app_id: str, person: str) -> str:
    """The same person has another name in every program."""
    digest = hashlib.sha256(f"{app_id}:{person}".encode()).digest()
    return f"o{base64.urlsafe_b64encode(digest).decode()[:27]}"
