"""Who pays inside WeChat's own browser: sent to WeChat and back without a question (`snsapi_base`), the shopper has a
code, and the code is worth the openid that a JSAPI payment asks for.

Source: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html (the address is
compared letter by letter, so the order of its parameters is fixed; a state has letters and digits, 128 at most; a code
is good once, for five minutes).
"""

from __future__ import annotations

from urllib.parse import quote

from infra.http import Outside
from infra.payment import wechat_codes
from infra.payment.wechat_account import WeChatAccount


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
        wechat_codes.require_code(code)
        account = self._account
        asked = {"appid": account.appid, "secret": account.app_secret, "code": code, "grant_type": "authorization_code"}
        return await wechat_codes.openid_of(
            self._outside, f"{account.app_url}/sns/oauth2/access_token", asked,
            party=f"{account.appid}@{account.app_url}", why_not="payer",
        )  # fmt: skip
