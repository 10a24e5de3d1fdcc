"""Signed requests and notices between us and our own servers: HMAC-SHA256 over time, nonce and the raw bytes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

TOLERANCE_S = 300

CALLER = "tz-sandbox-caller"
TIMESTAMP = "tz-sandbox-timestamp"
NONCE = "tz-sandbox-nonce"
EVENT = "tz-sandbox-event"
SIGNATURE = "tz-sandbox-signature"


class UntrustedNotice(Exception):
    """What arrived cannot be believed. Nothing may be changed because of it."""


class BadSignature(UntrustedNotice):
    """Not signed by the party it claims to come from, or changed on the way."""


class StaleNotice(UntrustedNotice):
    """Rightly signed, but too long ago (or in the future): perhaps a recording."""


def _signature(secret: bytes, *parts: bytes) -> str:
    return "v1=" + hmac.new(secret, b".".join(parts), hashlib.sha256).hexdigest()


def _verify(headers: Mapping[str, str], now: datetime, secret: bytes, *parts: bytes) -> None:
    """Judge the signature before the time, so that an outsider learns nothing from the difference."""
    timestamp = headers.get(TIMESTAMP, "")
    expected = _signature(secret, timestamp.encode("utf-8", "replace"), *parts)
    if not hmac.compare_digest(expected.encode(), headers.get(SIGNATURE, "").encode("utf-8", "replace")):
        raise BadSignature("the signature does not fit")
    require_fresh(timestamp, now, TOLERANCE_S)


def require_fresh(timestamp: str, now: datetime, tolerance_s: int) -> None:
    """Refuse anything not said within `tolerance_s` of now; `timestamp` is in whole seconds."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadSignature("the time is not a number")
    if abs(now.timestamp() - int(timestamp)) > tolerance_s:
        raise StaleNotice(f"said at {timestamp}, read at {int(now.timestamp())}")


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Header names in lower case, for headers that come from anywhere."""
    return {name.lower(): value for name, value in headers.items()}


def sign_request(secret: bytes, *, caller: str, method: str, path: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers that let the server know who asks for exactly this."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    parts = (timestamp, nonce, caller, method, path)
    signature = _signature(secret, *(part.encode() for part in parts), body)
    return {CALLER: caller, TIMESTAMP: timestamp, NONCE: nonce, SIGNATURE: signature}


def verify_request(
    secret: bytes, *, headers: Mapping[str, str], method: str, path: str, body: bytes, now: datetime
) -> None:
    parts = (headers.get(NONCE, ""), headers.get(CALLER, ""), method, path)
    _verify(headers, now, secret, *(part.encode("utf-8", "replace") for part in parts), body)


def sign_notice(secret: bytes, *, event_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers of a webhook; made anew at each attempt so that a late retry is still fresh."""
    timestamp = str(int(now.timestamp()))
    signature = _signature(secret, timestamp.encode(), event_id.encode(), body)
    return {EVENT: event_id, TIMESTAMP: timestamp, SIGNATURE: signature}


def verify_notice(secret: bytes, *, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    _verify(headers, now, secret, headers.get(EVENT, "").encode("utf-8", "replace"), body)
