"""A merchant's account at Alipay, as it is kept sealed in the store's row."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from infra.payment.alipay_certificates import root_serial, serials, their_key
from infra.payment.credentials import address_fault, certificates, private_key, readable, require

ALIPAY_ADDRESS = "https://openapi.alipay.com/gateway.do"


class AlipayAccount(msgspec.Struct, frozen=True, omit_defaults=True):
    """An app in public-key mode, or in certificate mode where both certificates are given: only such an app may send
    money to people. `seller_id` is the merchant's PID, sixteen digits from 2088; `alipay_public_key` is Alipay's, bare
    or in its certificate, not the app's own: people mix them up.
    """

    app_id: str
    seller_id: str
    private_key: str
    alipay_public_key: str
    base_url: str = ALIPAY_ADDRESS
    app_certificate: str = ""
    root_certificate: str = ""

    def __repr__(self) -> str:
        return f"AlipayAccount({self.app_id!r}, {self.seller_id!r})"

    @property
    def serials(self) -> Mapping[str, str]:
        """What requests say about the certificates; nothing in public-key mode."""
        return serials(self.app_certificate, self.root_certificate)

    def require_valid(self) -> None:
        """Raise InvalidCredentials naming every field that cannot be right."""
        faults = {
            "app_id": _digits(self.app_id, 16),
            "seller_id": _digits(self.seller_id, 16),
            "private_key": readable(private_key, self.private_key),
            "alipay_public_key": readable(their_key, self.alipay_public_key),
            "base_url": address_fault(self.base_url),
        }
        if self.app_certificate or self.root_certificate:
            faults["app_certificate"] = readable(certificates, self.app_certificate)
            faults["root_certificate"] = readable(root_serial, self.root_certificate)
            if not (faults["private_key"] or faults["app_certificate"]) and not self._is_own_certificate():
                faults["app_certificate"] = "other_certificate"
        if not faults["private_key"] and not faults["alipay_public_key"] and self._is_own_key():
            faults["alipay_public_key"] = "own_public_key"
        require(faults)

    def _is_own_key(self) -> bool:
        own = private_key(self.private_key).public_key()
        return own.public_numbers() == their_key(self.alipay_public_key).public_numbers()

    def _is_own_certificate(self) -> bool:
        own, named = private_key(self.private_key).public_key(), certificates(self.app_certificate)[0].public_key()
        return isinstance(named, RSAPublicKey) and own.public_numbers() == named.public_numbers()


def _digits(text: str, length: int) -> str:
    if not text.strip():
        return "missing"
    if not (text.isascii() and text.isdigit()):
        return "not_digits"
    return "" if len(text) == length else "wrong_length"
