"""A merchant's account at WeChat Pay, as it is kept sealed in the store's row."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from infra.payment.credentials import address_fault, certificates, private_key, public_key, readable, require

WECHAT_ADDRESS = "https://api.mch.weixin.qq.com"
OPEN_ADDRESS, APP_ADDRESS = "https://open.weixin.qq.com", "https://api.weixin.qq.com"
APP_SECRET = re.compile(r"[0-9A-Za-z]{32}")
KEY_ID_PREFIX = "PUB_KEY_ID_"


class WeChatAccount(msgspec.Struct, frozen=True, omit_defaults=True):
    """Ordinary merchant (直連商戶). WeChat signs with the key of a platform certificate or with a "public key" that has
    an id; merchants who move from the first to the second have both for a while, so both may be given.

    Sources: https://pay.weixin.qq.com/doc/v3/partner/4012925289 (from certificates to the public key: answers go by the
    serial we name, notices use either), docs/merchant/apis/personal-collections/settlement-notice.html (the serials).
    """

    mchid: str
    appid: str
    serial_no: str
    private_key: str
    apiv3_key: str
    platform_certificates: str = ""
    public_key_id: str = ""
    public_key: str = ""
    base_url: str = WECHAT_ADDRESS
    app_secret: str = ""
    mini_appid: str = ""
    mini_secret: str = ""

    def __repr__(self) -> str:
        return f"WeChatAccount({self.mchid!r}, {self.appid!r})"

    def require_valid(self) -> None:
        """Raise InvalidCredentials naming every field that cannot be right."""
        faults = {
            "mchid": _digits(self.mchid),
            "appid": "" if self.appid.strip() else "missing",
            "serial_no": _serial(self.serial_no),
            "private_key": readable(private_key, self.private_key),
            "apiv3_key": "" if len(self.apiv3_key.encode()) == 32 else "wrong_length",
            "base_url": address_fault(self.base_url),
            "app_secret": "" if not self.app_secret or APP_SECRET.fullmatch(self.app_secret) else "bad_app_secret",
        }
        require(faults | self._platform_faults() | self._mini_faults())

    def _mini_faults(self) -> dict[str, str]:
        """The mini-program is an app of its own, with a secret of its own; both or neither."""
        if not self.mini_appid and not self.mini_secret:
            return {}
        fits = APP_SECRET.fullmatch(self.mini_secret)
        return {
            "mini_appid": "" if self.mini_appid.strip() else "missing",
            "mini_secret": "" if fits else "bad_app_secret" if self.mini_secret else "missing",
        }

    def _platform_faults(self) -> dict[str, str]:
        given = self.platform_certificates.strip()
        faults = {"platform_certificates": readable(certificates, given) if given else ""}
        if self.public_key or self.public_key_id or not given:
            faults["public_key"] = readable(public_key, self.public_key)
            faults["public_key_id"] = "" if self.public_key_id.startswith(KEY_ID_PREFIX) else "bad_key_id"
        return faults

    @property
    def open_url(self) -> str:
        """Where browsers are sent to be named. Whoever stands in for WeChat Pay stands in for this as well."""
        return OPEN_ADDRESS if self.base_url == WECHAT_ADDRESS else self.base_url.rstrip("/")

    @property
    def app_url(self) -> str:
        """Where the app asks, as against the merchant."""
        return APP_ADDRESS if self.base_url == WECHAT_ADDRESS else self.base_url.rstrip("/")

    @property
    def app_ids(self) -> frozenset[str]:
        """Every app under which shoppers may pay this merchant."""
        return frozenset(filter(None, (self.appid, self.mini_appid)))

    @property
    def signing_key(self) -> RSAPrivateKey:
        return private_key(self.private_key)

    def platform_key(self, serial: str, at: datetime) -> RSAPublicKey | None:
        """The key WeChat names by `serial`, if we know it and it is valid `at` that time."""
        if serial.startswith(KEY_ID_PREFIX):
            return public_key(self.public_key) if self.public_key and serial == self.public_key_id else None
        for known in certificates(self.platform_certificates) if self.platform_certificates.strip() else ():
            valid = known.not_valid_before_utc <= at <= known.not_valid_after_utc
            if valid and serial in (format(known.serial_number, "X"), format(known.serial_number, "040X")):
                key = known.public_key()
                return key if isinstance(key, RSAPublicKey) else None
        return None

    def encryption_key(self) -> tuple[str, RSAPublicKey]:
        """What to encrypt people's names with, and the name of that key."""
        if self.public_key:
            return self.public_key_id, public_key(self.public_key)
        newest = max(certificates(self.platform_certificates), key=lambda known: known.not_valid_after_utc)
        key = newest.public_key()
        assert isinstance(key, RSAPublicKey)  # noqa: S101 - `certificate` refuses every other kind
        return format(newest.serial_number, "X"), key


def _digits(text: str) -> str:
    if not text.strip():
        return "missing"
    return "" if text.isascii() and text.isdigit() else "not_digits"


def _serial(text: str) -> str:
    """Forty hexadecimal digits, as the certificate shows it; some tools drop leading zeros."""
    plain = text.strip()
    if not plain:
        return "missing"
    try:
        int(plain, 16)
    except ValueError:
        return "wrong_length"
    return "" if 30 <= len(plain) <= 40 else "wrong_length"
