"""The part of WeChat that names people to an app: browsers are sent there and back, codes are good once."""

from __future__ import annotations

import json
import secrets
from urllib.parse import parse_qsl, urlencode

from tests.contract.payment import wechat_notices as wire
from tests.contract.payment.serving import Asked, Said

MINI_PROGRAM = "/sns/jscode2session"
PARAMETERS = ["appid", "redirect_uri", "response_type", "scope", "state"]


class WeChatPeople:
    """`reader` is who holds the phone."""

    def __init__(self) -> None:
        self.reader = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
        self.codes: dict[str, str] = {}
        self.logins: dict[str, str] = {}
        self.busy = False

    def answer(self, asked: Asked) -> Said:
        given = parse_qsl(asked.query)
        if asked.path == "/connect/oauth2/authorize":
            return self._authorize([name for name, _ in given], dict(given))
        said = self._user(dict(given)) if asked.path == MINI_PROGRAM else self._name(dict(given))
        return Said(200, json.dumps(said).encode(), {"content-type": "text/plain"})

    def login(self) -> str:
        """What `wx.login` gives on the reader's phone."""
        code = secrets.token_hex(16)
        self.logins[code] = self.reader
        return code

    def _user(self, given: dict[str, str]) -> dict[str, object]:
        if self.busy:
            return {"errcode": -1, "errmsg": "system error"}
        if (given["appid"], given["secret"]) != (wire.MINI_APPID, wire.MINI_SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if given["grant_type"] != "authorization_code" or given["js_code"] not in self.logins:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"openid": self.logins.pop(given["js_code"]), "session_key": "K", "unionid": "U"}

    def _authorize(self, names: list[str], given: dict[str, str]) -> Said:
        """WeChat compares the address letter by letter, the order of its parameters too."""
        state = given.get("state", "")
        if names != PARAMETERS or given["appid"] != wire.APPID or not (state.isalnum() and len(state) <= 128):
            return Said(400, b"this link cannot be visited")
        code = secrets.token_hex(16)
        self.codes[code] = self.reader
        back = given["redirect_uri"]
        return Said(
            302, headers={"location": f"{back}{'&' if '?' in back else '?'}{urlencode({'code': code, 'state': state})}"}
        )

    def _name(self, given: dict[str, str]) -> dict[str, object]:
        if self.busy:
            return {"errcode": -1, "errmsg": "system error"}
        if (given["appid"], given["secret"]) != (wire.APPID, wire.APP_SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if given["grant_type"] != "authorization_code" or given["code"] not in self.codes:
            return {"errcode": 40163, "errmsg": "code been used"}
        return {
            "access_token": "A",
            "expires_in": 7200,
            "openid": self.codes.pop(given["code"]),
            "scope": "snsapi_base",
        }
