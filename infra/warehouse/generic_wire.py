"""How our own warehouse protocol signs: HMAC-SHA256 over time, nonce, key, method, path and the raw body.

The protocol is ours and is described in docs/integrations/warehouse-protocol.md. Both directions sign alike: our calls
to the merchant's system, and its callbacks to us, where the path is not signed because a proxy may change it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

from infra.signatures import BadSignature, lowered, require_fresh

TOLERANCE_S = 600
KEY, TIMESTAMP, NONCE, SIGNATURE = "tz-key", "tz-timestamp", "tz-nonce", "tz-signature"
ACKNOWLEDGED = b'{"status":"ok"}'
LONGEST_NONCE = 64


def signed(secret: str, key: str, *, method: str, path: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers of a call of ours; `path` is as it stands in the request line, with its query."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    return {
        KEY: key,
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: _signature(secret, timestamp, nonce, key, method, path, body=body),
        "content-type": "application/json; charset=utf-8",
    }


def signed_callback(secret: str, key: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers of a callback, which is signed as a POST to nowhere in particular."""
    return signed(secret, key, method="POST", path="", body=body, now=now)


def verify(
    secret: str, key: str, headers: Mapping[str, str], *, method: str, path: str, body: bytes, now: datetime
) -> str:
    """Answers the nonce; whoever acts on a call more than once remembers those. Raises BadSignature, StaleNotice."""
    said = lowered(headers)
    timestamp, nonce = said.get(TIMESTAMP, ""), said.get(NONCE, "")
    expected = _signature(secret, timestamp, nonce, said.get(KEY, ""), method, path, body=body)
    if not hmac.compare_digest(expected.encode(), said.get(SIGNATURE, "").encode("utf-8", "replace")):
        raise BadSignature("the signature does not fit")
    if said.get(KEY) != key:
        raise BadSignature("signed for another account")
    if not 0 < len(nonce) <= LONGEST_NONCE:
        raise BadSignature("there is no nonce")
    require_fresh(timestamp, now, TOLERANCE_S)
    return nonce


def _signature(secret: str, *parts: str, body: bytes) -> str:
    said = b"\n".join([*(part.encode("utf-8", "replace") for part in parts), body])
    return "v1=" + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
