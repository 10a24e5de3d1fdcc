"""What a merchant typed or uploaded about an account: read once, refused field by field, never printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import Certificate, load_pem_x509_certificates

Key = TypeVar("Key", RSAPrivateKey, RSAPublicKey)

SMALLEST_KEY_BITS = 2048  # What the vendors give out; anything shorter is not one of theirs.


class InvalidCredentials(ValueError):
    """Fields that cannot be right, each with a stable code.

    `missing`, `not_digits`, `wrong_length`, `not_a_private_key`, `not_a_public_key`, `not_a_certificate`,
    `key_too_short`, `bad_key_id`, `own_public_key` (where the vendor's belongs), `bad_address`, `bad_app_secret`,
    `other_certificate` (not that of the private key).
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in fields.items()))
        self.fields = dict(fields)


class Unreadable(ValueError):
    """Not a key or certificate; the text is the code."""


@lru_cache(maxsize=512)
def private_key(text: str) -> RSAPrivateKey:
    """With its PEM frame, or bare as the vendors' tools hand it out (PKCS#8 or PKCS#1). Raises Unreadable."""
    for frame in _frames(text, "PRIVATE KEY", "RSA PRIVATE KEY"):
        try:
            key = load_pem_private_key(frame, password=None)
        except (ValueError, TypeError):
            continue
        if isinstance(key, RSAPrivateKey):
            return _long_enough(key)
    raise Unreadable("not_a_private_key")


@lru_cache(maxsize=512)
def public_key(text: str) -> RSAPublicKey:
    """A vendor's public key, with its PEM frame or bare. Raises Unreadable."""
    for frame in _frames(text, "PUBLIC KEY"):
        try:
            key = load_pem_public_key(frame)
        except (ValueError, TypeError):
            continue
        if isinstance(key, RSAPublicKey):
            return _long_enough(key)
    raise Unreadable("not_a_public_key")


@lru_cache(maxsize=512)
def certificates(text: str) -> tuple[Certificate, ...]:
    """One or more PEM certificates below each other. Raises Unreadable."""
    try:
        found = load_pem_x509_certificates(text.encode())
    except (ValueError, TypeError) as error:
        raise Unreadable("not_a_certificate") from error
    if not all(isinstance(one.public_key(), RSAPublicKey) for one in found):
        raise Unreadable("not_a_certificate")
    return tuple(found)


def readable(read: Callable[[str], object], text: str) -> str:
    """The code of what is wrong with a key, or nothing."""
    if not text.strip():
        return "missing"
    try:
        read(text)
    except Unreadable as error:
        return str(error)
    return ""


def address_fault(text: str) -> str:
    """The code of what is wrong with a vendor's address, or nothing."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "bad_address"
    plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    return "" if plain else "bad_address"


def require(faults: Mapping[str, str]) -> None:
    """Raise InvalidCredentials with all the fields that have a fault."""
    found = {name: code for name, code in faults.items() if code}
    if found:
        raise InvalidCredentials(found)


def _frames(text: str, *labels: str) -> list[bytes]:
    plain = text.strip()
    if plain.startswith("-----BEGIN"):
        return [plain.encode()]
    return [f"-----BEGIN {label}-----\n{plain}\n-----END {label}-----".encode() for label in labels]


def _long_enough(key: Key) -> Key:
    if key.key_size < SMALLEST_KEY_BITS:
        raise Unreadable("key_too_short")
    return key
