"""One builder per provider: from an account's row and its opened secrets to the adapter that keeps the port's promises.

Adapters are imported when they are first needed: vendors' own libraries are large, and most processes never pay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.credentials import Row
from infra.http import Outside
from infra.payment.payouts_port import Payouts
from infra.payment.port import PaymentAccount, PaymentProvider
from infra.payment.references import References

if TYPE_CHECKING:
    from infra.payment.alipay_account import AlipayAccount
    from infra.payment.wechat_account import WeChatAccount


MARK = 10  # characters: WeChat takes 32 for a number, and ours have up to 16


@dataclass(frozen=True, slots=True, repr=False)
class Connection:
    """Everything an adapter may need; never printed, because it holds secrets."""

    account: Row
    secrets: Mapping[str, str]
    currency: str
    outside: Outside
    references: References
    notify_url: str = ""

    @property
    def mark(self) -> str:
        """What tells our numbers from those of another store at the same merchant's account; it never changes."""
        return str(self.account["id"].hex[-MARK:])


def _sandbox(to: Connection) -> PaymentProvider:
    from infra.payment.sandbox import SandboxPayments

    account = PaymentAccount(to.account["merchant_id"], to.secrets["secret"], to.account["base_url"], to.currency)
    return SandboxPayments(account, to.outside)


def _stripe(to: Connection) -> PaymentProvider:
    from infra.payment.stripe import StripePayments
    from infra.payment.stripe_account import StripeAccount

    account = StripeAccount(
        to.secrets["secret_key"], to.secrets["webhook_secret"], to.account["id"].hex, to.account["base_url"]
    )
    return StripePayments(account, to.outside, to.references)


def _manual(to: Connection) -> PaymentProvider:
    from infra.payment.manual import ManualPayments

    return ManualPayments(to.currency)


def _wechat(to: Connection) -> PaymentProvider:
    from infra.payment.wechat import WeChatPay

    account = _wechat_account(to.secrets, to.account["base_url"])
    return WeChatPay(account, to.outside, notify_url=to.notify_url, mark=to.mark)


def _wechat_account(values: Mapping[str, str], base_url: str = "") -> WeChatAccount:
    from infra.payment.wechat_account import WECHAT_ADDRESS, WeChatAccount

    names = (
        "mchid", "appid", "serial_no", "private_key", "apiv3_key", "platform_certificates", "public_key_id",
        "public_key", "app_secret", "mini_appid", "mini_secret",
    )  # fmt: skip
    return WeChatAccount(**{name: values.get(name, "") for name in names}, base_url=base_url or WECHAT_ADDRESS)


def wechat_app_address(base_url: str) -> str:
    """Where apps ask, for an account that is reached at this address."""
    return _wechat_account({}, base_url).app_url


def _alipay(to: Connection) -> PaymentProvider:
    from infra.payment.alipay import Alipay

    account = _alipay_account(to.secrets, to.account["base_url"])
    return Alipay(account, to.outside, notify_url=to.notify_url, mark=to.mark)


def _alipay_account(values: Mapping[str, str], base_url: str = "") -> AlipayAccount:
    from infra.payment.alipay_account import ALIPAY_ADDRESS, AlipayAccount

    names = ("app_id", "seller_id", "private_key", "alipay_public_key", "app_certificate", "root_certificate")
    return AlipayAccount(**{name: values.get(name, "") for name in names}, base_url=base_url or ALIPAY_ADDRESS)


def _sandbox_transfers(to: Connection) -> Payouts:
    from infra.payment.sandbox_transfers import SandboxTransfers

    account = PaymentAccount(to.account["merchant_id"], to.secrets["secret"], to.account["base_url"], to.currency)
    return SandboxTransfers(account, to.outside, notify_url=to.notify_url)


def _wechat_transfers(to: Connection) -> Payouts:
    from infra.payment.wechat_transfers import WeChatTransfers

    account = _wechat_account(to.secrets, to.account["base_url"])
    return WeChatTransfers(account, to.outside, notify_url=to.notify_url, mark=to.mark)


def _alipay_transfers(to: Connection) -> Payouts:
    from infra.payment.alipay_transfers import AlipayTransfers

    return AlipayTransfers(_alipay_account(to.secrets, to.account["base_url"]), to.outside, mark=to.mark)


# Providers that also send money to people.
PAYOUTS: Mapping[str, Callable[[Connection], Payouts]] = {
    "sandbox": _sandbox_transfers, "wechat": _wechat_transfers, "alipay": _alipay_transfers,
}  # fmt: skip


def pays_people(provider: str, secrets: Mapping[str, str]) -> bool:
    """Whether this account may send money to people: Alipay allows it to apps in certificate mode only."""
    if provider == "alipay":
        return bool(secrets.get("app_certificate") and secrets.get("root_certificate"))
    return provider in PAYOUTS


ADAPTERS: Mapping[str, Callable[[Connection], PaymentProvider]] = {
    "sandbox": _sandbox, "stripe": _stripe, "wechat": _wechat, "alipay": _alipay,
    "bank_transfer": _manual, "cash_on_delivery": _manual,
}  # fmt: skip


def _stripe_faults(values: Mapping[str, str]) -> Mapping[str, str]:
    from infra.payment.stripe_account import StripeAccount

    return StripeAccount(values.get("secret_key", ""), values.get("webhook_secret", ""), "").faults()


def _wechat_faults(values: Mapping[str, str]) -> Mapping[str, str]:
    return _found(_wechat_account(values).require_valid)


def _alipay_faults(values: Mapping[str, str]) -> Mapping[str, str]:
    return _found(_alipay_account(values).require_valid)


def _found(require_valid: Callable[[], None]) -> Mapping[str, str]:
    from infra.payment.credentials import InvalidCredentials

    try:
        require_valid()
    except InvalidCredentials as error:
        return error.fields
    return {}


# What cannot be right in credentials somebody typed: codes by field.
FAULTS: Mapping[str, Callable[[Mapping[str, str]], Mapping[str, str]]] = {
    "stripe": _stripe_faults, "wechat": _wechat_faults, "alipay": _alipay_faults,
}  # fmt: skip


def is_trial(provider: str, values: Mapping[str, str]) -> bool:
    """No real money moves through this account."""
    return provider == "sandbox" or "_test_" in values.get("secret_key", "")[:8] or values.get("trial") == "yes"
