"""Which ways to pay there are: what they are called, which currencies they take, what a merchant fills in."""

from __future__ import annotations

from collections.abc import Mapping

from app.kernel.i18n import N_
from app.payments.vendor_form import Field, Vendor

YUAN = frozenset({"CNY"})
VENDORS: Mapping[str, Vendor] = {
    vendor.code: vendor
    for vendor in (
        Vendor(
            code="sandbox",
            name=N_("Sandbox"),
            shown=N_("Pay online"),
            detail=N_("On the payment provider's own page; we never see your card."),
            told=N_("Shoppers pay on the provider's own page; no card number ever comes here."),
        ),
        Vendor(
            code="stripe",
            name="Stripe",
            shown=N_("Card and more"),
            detail=N_("On Stripe's own page; we never see your card."),
            told=N_("Shoppers pay on the provider's own page; no card number ever comes here."),
            base_url="https://api.stripe.com",
            fields=(
                Field("secret_key", N_("Secret key"), "secret", N_("Starts with sk_live_, or sk_test_ for a trial.")),
                Field(
                    "webhook_secret",
                    N_("Signing secret"),
                    "secret",
                    N_("Starts with whsec_. Stripe shows it once you have entered our webhook address there."),
                ),
            ),
        ),
        Vendor(
            code="wechat",
            name=N_("WeChat Pay"),
            shown=N_("WeChat Pay"),
            detail=N_("With the WeChat app; on a computer by scanning a code."),
            currencies=YUAN,
            base_url="https://api.mch.weixin.qq.com",
            merchant_field="mchid",
            method="qr",
            phone_method="h5",
            wallet_agent="MicroMessenger",
            fields=(
                Field("mchid", N_("Merchant number"), hint=N_("Ten digits, from the merchant platform.")),
                Field("appid", N_("App ID"), hint=N_("Starts with wx, and is bound to the merchant number.")),
                Field("serial_no", N_("Number of your certificate"), hint=N_("Forty characters.")),
                Field("private_key", N_("Private key"), "pem", N_("The content of apiclient_key.pem.")),
                Field("apiv3_key", N_("APIv3 key"), "secret", N_("Exactly 32 characters, as you set it there.")),
                Field(
                    "app_secret",
                    N_("App secret"),
                    "secret",
                    N_(
                        "Lets shoppers pay inside WeChat. Enter your store's domain there for web authorization, and"
                        " its address as payment directory."
                    ),
                    required=False,
                ),
                Field(
                    "mini_appid",
                    N_("App ID of your mini-program"),
                    hint=N_(
                        "If you have one, and bound to the merchant number too. Its shoppers sign in and pay there."
                    ),
                    required=False,
                ),
                Field("mini_secret", N_("App secret of your mini-program"), "secret", required=False),
                Field(
                    "public_key_id",
                    N_("ID of WeChat Pay's public key"),
                    required=False,
                    hint=N_("Starts with PUB_KEY_ID_."),
                ),
                Field("public_key", N_("WeChat Pay's public key"), "pem", required=False),
                Field(
                    "platform_certificates",
                    N_("Platform certificates"),
                    "pem",
                    N_("Only if your account still uses them instead of the public key."),
                    required=False,
                ),
            ),
        ),
        Vendor(
            code="alipay",
            name=N_("Alipay"),
            shown=N_("Alipay"),
            detail=N_("With the Alipay app, or on Alipay's own page."),
            currencies=YUAN,
            base_url="https://openapi.alipay.com/gateway.do",
            test_url="https://openapi-sandbox.dl.alipaydev.com/gateway.do",
            merchant_field="seller_id",
            phone_method="wap",
            fields=(
                Field("app_id", N_("App ID"), hint=N_("Sixteen digits.")),
                Field("seller_id", N_("Merchant PID"), hint=N_("Sixteen digits that start with 2088.")),
                Field("private_key", N_("Private key"), "pem", N_("The private key of your app.")),
                Field("alipay_public_key", N_("Alipay's public key"), "pem", N_("Alipay's, not your app's.")),
                Field(
                    "app_certificate",
                    N_("Certificate of your app"),
                    "pem",
                    N_(
                        "Only to pay promoters by Alipay, which wants an app in certificate mode. Then paste Alipay's"
                        " certificate above, instead of its public key."
                    ),
                    required=False,
                ),
                Field("root_certificate", N_("Alipay's root certificate"), "pem", required=False),
                Field("trial", N_("Alipay's sandbox: no real money"), "switch", required=False),
            ),
        ),
        Vendor(
            code="bank_transfer",
            name=N_("Bank transfer"),
            shown=N_("Bank transfer"),
            detail=N_("You transfer the amount; the order is packed once the store has seen it."),
            told=N_("Shoppers transfer to your account. You confirm what arrived, then the order is packed."),
            manual=True,
            fields=(
                Field("account_name", N_("Account holder")),
                Field("bank_name", N_("Bank")),
                Field(
                    "account_number",
                    N_("Account number"),
                    hint=N_("As shoppers shall see it, with the bank code if they need one."),
                ),
                Field("instructions", N_("Anything else they need to know"), "lines", required=False, largest=500),
                Field("days", N_("Days to pay"), "number", N_("So long the goods are held. Between 1 and 14.")),
            ),
        ),
        Vendor(
            code="cash_on_delivery",
            name=N_("Cash on delivery"),
            shown=N_("Cash on delivery"),
            detail=N_("You pay when the parcel arrives."),
            told=N_("The courier takes the money. The order is packed at once; confirm the money when you have it."),
            manual=True,
            fields=(
                Field("instructions", N_("Anything else they need to know"), "lines", required=False, largest=500),
            ),
        ),
    )
}


def vendor_of(code: str) -> Vendor | None:
    return VENDORS.get(code)
