"""A merchant's account at Alipay, as it is kept sealed in the store's row."""

from __future__ import annotations

import msgspec

from infra.payment.credentials import address_fault, private_key, public_key, readable, require

ALIPAY_ADDRESS = "https://openapi.alipay.com/gateway.do"


class AlipayAccount(msgspec.Struct, frozen=True, omit_defaults=True):
    """An app in public-key mode. `seller_id` is the merchant's PID, sixteen digits from 2088; `alipay_public_key` is
    Alipay's, not the app's own: people mix them up.
    """

    app_id: str
    seller_id: str
    private_key: str
    alipay_public_key: str
    base_url: str = ALIPAY_ADDRESS

    def __repr__(self) -> str:
        return f"AlipayAccount({self.app_id!r}, {self.seller_id!r})"

    def require_valid(self) -> None:
        """Raise InvalidCredentials naming every field that cannot be right."""
        faults = {
            "app_id": _digits(self.app_id, 16),
            "seller_id": _digits(self.seller_id, 16),
            "private_key": readable(private_key, self.private_key),
            "alipay_public_key": readable(public_key, self.alipay_public_key),
            "base_url": address_fault(self.base_url),
        }
        if not faults["private_key"] and not faults["alipay_public_key"] and self._is_own_key():
            faults["alipay_public_key"] = "own_public_key"
        require(faults)

    def _is_own_key(self) -> bool:
        own = private_key(self.private_key).public_key()
        return own.public_numbers() == public_key(self.alipay_public_key).public_numbers()


def _digits(text: str, length: int) -> str:
    if not text.strip():
        return "missing"
    if not (text.isascii() and text.isdigit()):
        return "not_digits"
    return "" if len(text) == length else "wrong_length"
