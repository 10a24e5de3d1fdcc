"""Who may come in: requests signed by a known caller, in time, and each nonce once."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

from litestar import Request

from infra.signatures import CALLER, NONCE, TOLERANCE_S, BadSignature, lowered, verify_request

AnyRequest = Request[Any, Any, Any]


class Doors:
    """Remembers nonces in memory only: after a restart a request could come again, and repeating one is harmless."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def admit(self, request: AnyRequest, secret: bytes) -> bytes:
        """The body of a rightly signed request; raises UntrustedNotice for any other."""
        body = await request.body()
        headers = lowered(dict(request.headers))
        path = request.scope["raw_path"].decode("ascii")
        now = datetime.now(UTC)
        verify_request(secret, headers=headers, method=request.method, path=path, body=body, now=now)
        self.remember(f"{headers.get(CALLER)}:{headers.get(NONCE)}", now.timestamp())
        return body

    def remember(self, nonce: str, now: float) -> None:
        """Let each nonce in once. Raises BadSignature."""
        while self._seen and next(iter(self._seen.values())) < now - 2 * TOLERANCE_S:
            self._seen.popitem(last=False)
        if nonce in self._seen:
            raise BadSignature("this request was already made")
        self._seen[nonce] = now
