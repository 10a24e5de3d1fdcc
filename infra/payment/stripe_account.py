"""A merchant's account at Stripe, as it is kept sealed in the store's row."""

from __future__ import annotations

import re

import msgspec

STRIPE_ADDRESS = "https://api.stripe.com"
SECRET_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9]{8,250}")
WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,250}")


class StripeAccount(msgspec.Struct, frozen=True, omit_defaults=True):
    """`marker` names this store's row in what we write into Stripe, because several shops may share one account."""

    secret_key: str
    webhook_secret: str
    marker: str
    base_url: str = STRIPE_ADDRESS

    def __repr__(self) -> str:
        return f"StripeAccount({self.marker!r}, {'live' if self.live else 'test'})"

    @property
    def live(self) -> bool:
        """Real money moves; Stripe says the same in every notice."""
        return "_live_" in self.secret_key[:8]

    def faults(self) -> dict[str, str]:
        """What cannot be right, by field, as a code."""
        wrong = {
            "secret_key": "" if SECRET_KEY.fullmatch(self.secret_key) else "bad_secret_key",
            "webhook_secret": "" if WEBHOOK_SECRET.fullmatch(self.webhook_secret) else "bad_webhook_secret",
        }
        return {name: code for name, code in wrong.items() if code}
