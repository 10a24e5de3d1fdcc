"""Keys made for this run: one pair for each party that signs, and the platform's certificate."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

PLATFORM_SERIAL = 0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1
FAR_AWAY = datetime(2099, 1, 1, tzinfo=UTC)


@cache
def pair(whose: str) -> rsa.RSAPrivateKey:
    """`merchant`, `platform`, `stranger`, and whoever else signs."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(whose: str) -> str:
    return pair(whose).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(whose: str) -> str:
    return pair(whose).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@cache
def certificate_pem(whose: str, serial: int = PLATFORM_SERIAL, until: datetime = FAR_AWAY) -> str:
    """A certificate of the pair's public key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com sign (test)")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(pair(whose).public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .sign(pair(whose), SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()
