"""Jushuitan's authorization as the simulator plays it: a page that asks, and tokens for a code or a refresh token."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from infra.signatures import UntrustedNotice
from infra.simulation.doors import AnyRequest
from infra.warehouse import jushuitan_auth
from infra.warehouse.jushuitan_wire import verify_params
from infra.warehouse.simulator import authorizations, pages, records
from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.dialect_jushuitan import envelope
from infra.warehouse.simulator.records import Account


class JushuitanAuthController(Controller):
    @get(jushuitan_auth.PAGE)
    async def ask(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
        """The page a merchant sees at the vendor, without the vendor's sign-in."""
        params = dict(request.query_params)
        account = _believed(desk, params)
        if account is None:
            return pages.show("authorize.html", status=400, params={})
        back = urlsplit(account.names["return_url"])
        return pages.show("authorize.html", form_ends_at=f"'self' {back.scheme}://{back.netloc}", params=params)

    @post(jushuitan_auth.PAGE)
    async def allow(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
        """Yes: back to where the account's browser belongs, with a code."""
        params = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        account = _believed(desk, params)
        if account is None:
            return pages.show("authorize.html", status=400, params={})
        code = authorizations.allow(desk.db, account)
        told = {"app_key": account.app_key, "code": code, "state": params.get("state", "")}
        query = urlencode(jushuitan_auth.signed(account.app_secret, told))
        return Response("", status_code=303, headers={"Location": f"{account.names['return_url']}?{query}"})

    @post(jushuitan_auth.TOKENS, status_code=200)
    async def tokens(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        return await _spend(request, desk, "code")

    @post(jushuitan_auth.RENEWAL, status_code=200)
    async def renewal(self, request: AnyRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
        return await _spend(request, desk, "refresh_token")


async def _spend(request: AnyRequest, desk: Desk, what: str) -> Response[bytes]:
    params = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    account = _signer(desk, params)
    if account is None:
        return envelope(120, "签名错误")
    tokens = authorizations.spend(desk.db, account, what, params.get(what, ""))
    if tokens is None:
        return envelope(100, f"{what} 无效或已使用")
    return envelope(0, "执行成功", tokens)


def _believed(desk: Desk, params: dict[str, str]) -> Account | None:
    account = _signer(desk, params)
    return account if account and account.names.get("return_url") else None


def _signer(desk: Desk, params: dict[str, str]) -> Account | None:
    account = records.find_account(desk.db, params.get("app_key", ""))
    if account is None or account.dialect != "jushuitan":
        return None
    try:
        verify_params(account.app_secret, params, datetime.now(UTC))
    except UntrustedNotice:
        return None
    return account
