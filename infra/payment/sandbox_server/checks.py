"""What the sandbox refuses to write into its books."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from infra.payment.sandbox_server.records import Refused

MAX_AMOUNT = 10**12


def require_sound(amount: int, currency: str, number: str) -> None:
    if not 0 < amount <= MAX_AMOUNT:
        raise Refused(422, "bad_amount")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Refused(422, "bad_currency")
    if not re.fullmatch(r"[\w.:-]{1,64}", number, re.ASCII):
        raise Refused(422, "bad_number")


def require_web_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c in url for c in " ;,\r\n\"'"):
        raise Refused(422, "bad_url", "an http or https address is needed")
