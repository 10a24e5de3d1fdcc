"""Phones that open a merchant's mini-program: a code that is good once, and what it is worth, as WeChat says it.

A phone asks `/phone/login` for what `wx.login` would give it; the shop's server asks `/sns/jscode2session`. The number
and the secret of a merchant are the program's app id and secret.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from infra.payment.mini_programs import PATH
from infra.payment.sandbox_server import records
from infra.payment.sandbox_server.desk import Desk
from infra.payment.sandbox_server.records import Refused

INVALID_CODE, INVALID_SECRET = 40029, 40125


class PhoneController(Controller):
    @get("/phone/login")
    async def login(self, desk: NamedDependency[Desk], appid: FromQuery[str], person: FromQuery[str]) -> dict[str, str]:
        records.find_merchant(desk.db, appid)
        return {"code": desk.phones.code_of(appid, person)}

    @get(PATH)
    async def redeem(
        self,
        desk: NamedDependency[Desk],
        appid: FromQuery[str] = "",
        secret: FromQuery[str] = "",
        js_code: FromQuery[str] = "",
    ) -> Response[dict[str, Any]]:
        """Every answer is a 200, and says in its body when it is none."""
        try:
            known = records.find_merchant(desk.db, appid)
        except Refused:
            return Response({"errcode": INVALID_SECRET, "errmsg": "invalid appid"})
        if not hmac.compare_digest(known.secret, secret.encode()):
            return Response({"errcode": INVALID_SECRET, "errmsg": "invalid appsecret"})
        openid = desk.phones.redeem(appid, js_code)
        if not openid:
            return Response({"errcode": INVALID_CODE, "errmsg": "invalid code"})
        return Response({"openid": openid, "session_key": secrets.token_urlsafe(16)})
