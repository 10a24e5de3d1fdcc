"""What WeChat's numbers about shipping information mean for us: ask again, done already, or no, and why.

Source: the table of
https://developers.weixin.qq.com/miniprogram/dev/server/API/order_shipping/api_uploadshippinginfo.html
and of the numbers that any call to WeChat may answer with those about tokens, frequency and rights.
"""

from __future__ import annotations

BUSY = frozenset({-1, 45009, 45011, 10060012, 10060019})
TOKEN_IS_OVER = frozenset({40001, 40014, 42001})
DONE_ALREADY = frozenset({10060002, 10060023})  # sent whole before; nothing new in it
NOT_THERE, CORRECTED_BEFORE = 10060001, 10060003

# A no, by what somebody can do about it; what is not in the table is "refused".
REASONS = {
    10060003: "corrected_once",
    10060004: "not_shippable",
    10060008: "goods",
    10060009: "goods",
    10060020: "goods",
    10060024: "too_many",
    10060025: "carrier",
    268485227: "carrier",
    10060026: "number",
    268485226: "number",
    10060031: "payer",
    40013: "credentials",
    40125: "credentials",
    48001: "not_opened",
    # We said it in a way WeChat does not understand: nobody but us can help.
    10060005: "wrong_request",
    10060006: "wrong_request",
    10060007: "wrong_request",
    10060014: "wrong_request",
    268485194: "wrong_request",
    268485195: "wrong_request",
    268485196: "wrong_request",
    268485197: "wrong_request",
    268485216: "wrong_request",
    268485224: "wrong_request",
    268485228: "wrong_request",
}
# About the mini-program and not about one payment: right again once the merchant has put it right.
OF_THE_APP = frozenset({"credentials", "not_opened"})


def reason_of(code: str) -> str:
    """For the code of a refusal, `wechat_<number>`."""
    number = code.removeprefix("wechat_").lstrip("-")
    return REASONS.get(int(number), "refused") if number.isdecimal() else "refused"
