"""One builder per provider: from an account's row and its opened secrets to the adapter that keeps the port's promises.

Adapters are imported when they are first needed: vendors' own libraries are large, and most processes never pay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.credentials import Row
from infra.http import Outside
from infra.payment.port import PaymentAccount, PaymentProvider
from infra.payment.references import References


@dataclass(frozen=True, slots=True, repr=False)
class Connection:
    """Everything an adapter may need; never printed, because it holds secrets."""

    account: Row
    secrets: Mapping[str, str]
    currency: str
    outside: Outside
    references: References
    notify_url: str = ""


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


ADAPTERS: Mapping[str, Callable[[Connection], PaymentProvider]] = {"sandbox": _sandbox, "stripe": _stripe}
