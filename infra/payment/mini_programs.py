"""Who is using a mini-program: what `wx.login` gave is a code, and the code is worth the openid under its app id.

Source: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html (a code is good once,
for five minutes). The answer also has a `session_key`, which decrypts what WeChat tells of a person; we ask for none of
that, so it is not read. Answers are not signed: they are believed because they come over TLS.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

import msgspec

from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.payment.port import PaymentRejected, PaymentUnavailable, ProgramUser

PATH = "/sns/jscode2session"
CODE = re.compile(r"[0-9A-Za-z_-]{1,256}")
OPENID = re.compile(r"[0-9A-Za-z_-]{6,128}")
BUSY = {-1, 45011}  # the system is busy; asked too often


class Told(msgspec.Struct):
    openid: str = ""
    errcode: int = 0


class MiniProgram:
    """One app with its own secret, at WeChat or whoever stands in for it. `base_url` is where apps ask."""

    def __init__(self, app_id: str, secret: str, base_url: str, outside: Outside) -> None:
        self.app_id = app_id
        self._secret = secret
        self._base_url = base_url.rstrip("/")
        self._outside = outside

    async def user(self, code: str) -> ProgramUser:
        """Raises PaymentRejected with WeChat's number for why not, PaymentUnavailable."""
        if not CODE.fullmatch(code):
            raise PaymentRejected("bad_code")
        told = await self._ask(code)
        if told.errcode in BUSY:
            raise PaymentUnavailable(f"answered {told.errcode}")
        if told.errcode:
            raise PaymentRejected(f"code_{told.errcode}")
        if not OPENID.fullmatch(told.openid):
            raise PaymentUnavailable("the answer names nobody")
        return ProgramUser(self.app_id, told.openid)

    async def _ask(self, code: str) -> Told:
        asked = {
            "appid": self.app_id, "secret": self._secret, "js_code": code, "grant_type": "authorization_code"
        }  # fmt: skip
        try:
            answer = await self._outside.request(
                "GET", f"{self._base_url}{PATH}?{urlencode(asked)}", party=f"{self.app_id}@{self._base_url}"
            )
        except AddressRefused as error:
            raise PaymentRejected("address_refused") from error
        except OutsideUnavailable as error:
            raise PaymentUnavailable(type(error).__name__) from error
        if answer.status != 200:
            raise PaymentUnavailable(f"answered {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=Told)
        except msgspec.DecodeError as error:
            raise PaymentUnavailable("the answer makes no sense") from error
