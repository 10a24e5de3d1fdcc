"""Where providers' own pay pages are: the only foreign places a form of ours may lead to."""

from __future__ import annotations

from infra.settings import settings

HOSTED = (
    "https://checkout.stripe.com", "https://*.alipay.com", "https://*.alipaydev.com", "https://wx.tenpay.com",
    "https://open.weixin.qq.com",
)  # fmt: skip


def pay_pages() -> tuple[str, ...]:
    """Sources for the `form-action` of the content security policy; a browser holds every redirect against them."""
    return (f"http://127.0.0.1:{settings().sandbox_port}", *HOSTED)
