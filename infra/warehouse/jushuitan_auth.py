"""How a merchant authorizes us at Jushuitan, and how the authorization is renewed.

Sources: https://openweb.jushuitan.com/doc?docId=25 (authorization of third parties: the page, its parameters, the code
that is good once for fifteen minutes, `accessToken`, `refreshToken`) and docId=70 (the signature, with an example that
the tests repeat). The page sends the browser to the address entered in the vendor's console, with `app_key`, `code`,
`state` and `sign`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from infra import clock
from infra.http import Outside
from infra.signatures import BadSignature
from infra.warehouse.jushuitan_answers import exchange
from infra.warehouse.jushuitan_wire import signature
from infra.warehouse.port import Tokens, WarehouseUnavailable

PAGE, TOKENS, RENEWAL = "/auth", "/openWeb/auth/accessToken", "/openWeb/auth/refreshToken"
PAGE_HOST, API_HOST = "https://openweb.jushuitan.com", "https://openapi.jushuitan.com"


@dataclass(frozen=True, slots=True, repr=False)
class JushuitanVendor:
    """Keeps the promises of `WarehouseVendor`; `page_host` and `api_host` differ for the simulator only."""

    app_key: str
    app_secret: str
    outside: Outside
    page_host: str = PAGE_HOST
    api_host: str = API_HOST

    def page_url(self, state: str, now: datetime) -> str:
        params = {"app_key": self.app_key, "timestamp": _seconds(now), "charset": "utf-8", "state": state}
        return f"{self.page_host}{PAGE}?{urlencode(signed(self.app_secret, params))}"

    def code_of(self, returned: Mapping[str, str]) -> str:
        expected = signed(self.app_secret, returned)["sign"]
        if not hmac.compare_digest(expected.encode(), returned.get("sign", "").encode("utf-8", "replace")):
            raise BadSignature("the signature does not fit")
        if returned.get("app_key") != self.app_key or not returned.get("code"):
            raise BadSignature("this is about another application")
        return returned["code"]

    async def exchange(self, code: str) -> Tokens:
        return await self._ask(TOKENS, {"grant_type": "authorization_code", "code": code})

    async def renew(self, refresh_token: str) -> Tokens:
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": "all"}
        return await self._ask(RENEWAL, asked)

    async def _ask(self, path: str, asked: Mapping[str, str]) -> Tokens:
        params = {"app_key": self.app_key, "timestamp": _seconds(clock.now()), "charset": "utf-8", **asked}
        tokens = await exchange(self.outside, self.api_host, path, signed(self.app_secret, params), Tokens)
        if not tokens.access_token or not tokens.refresh_token:
            raise WarehouseUnavailable("the answer names no tokens")
        return tokens


def signed(secret: str, params: Mapping[str, str]) -> dict[str, str]:
    """With the signature over everything that says something."""
    said = {name: text for name, text in params.items() if text and name != "sign"}
    return {**said, "sign": signature(secret, said)}


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
