"""Serial numbers of the certificates an Alipay app signs with, where money leaves the merchant's account.

Alipay takes transfers from apps in certificate mode only: each request then names the app's own certificate and those
of the root it trusts (https://docs.open.alipay.com/309/106236/). How a number is made is the SDK's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from alipay import DCAliPay
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates

from infra.payment.credentials import Unreadable, certificates, public_key

FRAME = "-----BEGIN CERTIFICATE-----"


def their_key(text: str) -> RSAPublicKey:
    """Alipay's public key, bare or in its certificate. Raises Unreadable."""
    if FRAME not in text:
        return public_key(text)
    key = certificates(text)[0].public_key()
    if not isinstance(key, RSAPublicKey):
        raise Unreadable("not_a_public_key")
    return key


def root_serial(text: str) -> str:
    """Of those certificates of the root that are made with RSA; the others are for other ciphers. Raises Unreadable."""
    try:
        chain = load_pem_x509_certificates(text.encode())
        # The SDK tells certificates apart by an empty line, which not every file has.
        joined = "\n\n".join(one.public_bytes(Encoding.PEM).decode().strip() for one in chain)
        serial = DCAliPay.get_root_cert_sn(joined)
    except ValueError as error:
        raise Unreadable("not_a_certificate") from error
    if not serial:
        raise Unreadable("not_a_certificate")
    return str(serial)


@lru_cache(maxsize=256)
def serials(app_certificate: str, root_certificate: str) -> Mapping[str, str]:
    """What every request of an app in certificate mode says beside its signature; nothing for another app."""
    if not app_certificate or not root_certificate:
        return {}
    own = DCAliPay.get_cert_sn(certificates(app_certificate)[0].public_bytes(Encoding.PEM).decode())
    return {"app_cert_sn": str(own), "alipay_root_cert_sn": root_serial(root_certificate)}
