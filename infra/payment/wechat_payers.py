"""Who pays inside WeChat's own browser: sent to WeChat and back without a question (`snsapi_base`), the shopper has a
code, and the code is worth the openid that a JSAPI payment asks for.

Source: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html (the address is
compared letter by letter, so the order of its parameters is fixed; a state has letters and digits, 128 at most; a code
is good once, for five minutes). Answers are not signed: they are believed because they come over TLS.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import msgspec

from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.wechat_account import WeChatAccount

CODE = re.compile(r"[0-9A-Za-z_-]{1,256}")
OPENID = re.compile(r"[0-9A-Za-z_-]{6,128}")
BUSY = {-1, 45009, 45011}  # the system is busy; asked too often


class Told(msgspec.Struct):
    openid: str = ""
    errcode: int = 0


class WeChatPayers:
    """Asks with the app's own secret, which is another one than the merchant's keys."""

    def __init__(self, account: WeChatAccount, outside: Outside) -> None:
        self._account = account
        self._outside = outside

    def address(self, return_url: str, state: str) -> str:
        account = self._account
        return (
            f"{account.open_url}/connect/oauth2/authorize?appid={quote(account.appid)}"
            f"&redirect_uri={quote(return_url, safe='')}&response_type=code&scope=snsapi_base&state={state}"
            "#wechat_redirect"
        )

    async def openid(self, code: str) -> str:
        """Raises PaymentRejected with WeChat's number for why not, PaymentUnavailable."""
        if not CODE.fullmatch(code):
            raise PaymentRejected("bad_code")
        told = await self._ask(code)
        if told.errcode in BUSY:
            raise PaymentUnavailable(f"answered {told.errcode}")
        if told.errcode:
            raise PaymentRejected(f"payer_{told.errcode}")
        if not OPENID.fullmatch(told.openid):
            raise PaymentUnavailable("the answer names nobody")
        return told.openid

    async def _ask(self, code: str) -> Told:
        account = self._account
        asked = {"appid": account.appid, "secret": account.app_secret, "code": code, "grant_type": "authorization_code"}
        try:
            answer = await self._outside.request(
                "GET", f"{account.app_url}/sns/oauth2/access_token?{urlencode(asked)}",
                party=f"{account.appid}@{account.app_url}",
            )  # fmt: skip
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
