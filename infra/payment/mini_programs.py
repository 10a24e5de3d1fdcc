"""Who is using a mini-program: what `wx.login` gave is a code, and the code is worth the openid under its app id.

Source: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html (a code is good once,
for five minutes). The answer also has a `session_key`, which decrypts what WeChat tells of a person; we ask for none of
that, so it is not read.
"""

from __future__ import annotations

from infra.http import Outside
from infra.payment import wechat_codes
from infra.payment.port import ProgramUser

PATH = "/sns/jscode2session"


class MiniProgram:
    """One app with its own secret, at WeChat or whoever stands in for it. `base_url` is where apps ask."""

    def __init__(self, app_id: str, secret: str, base_url: str, outside: Outside) -> None:
        self.app_id = app_id
        self._secret = secret
        self._base_url = base_url.rstrip("/")
        self._outside = outside

    async def user(self, code: str) -> ProgramUser:
        """Raises PaymentRejected with WeChat's number for why not, PaymentUnavailable."""
        wechat_codes.require_code(code)
        asked = {
            "appid": self.app_id, "secret": self._secret, "js_code": code, "grant_type": "authorization_code"
        }  # fmt: skip
        openid = await wechat_codes.openid_of(
            self._outside, f"{self._base_url}{PATH}", asked, party=f"{self.app_id}@{self._base_url}", why_not="code"
        )
        return ProgramUser(self.app_id, openid)
