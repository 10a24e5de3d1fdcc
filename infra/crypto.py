"""Secrets at rest and signatures: sealed per tenant, derived from one root secret, never usable for two purposes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import uuid
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.settings import settings

VERSION = "v1"
NONCE_BYTES = 12


class SealBroken(Exception):
    """The text was not sealed here, for this tenant and this purpose, or somebody changed it."""


@lru_cache(maxsize=4096)
def _derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def platform_key(purpose: str) -> bytes:
    """A key of the platform's own for one purpose; the root secret itself never signs or seals anything."""
    return _derive(settings().secret, b"tuanzhou/platform", purpose.encode())


def _tenant_key(tenant_id: uuid.UUID) -> bytes:
    return _derive(settings().secret, b"tuanzhou/tenant", tenant_id.bytes)


def _bound_to(tenant_id: uuid.UUID, purpose: str) -> bytes:
    return VERSION.encode() + tenant_id.bytes + purpose.encode()


def seal(plaintext: bytes, *, tenant_id: uuid.UUID, purpose: str) -> str:
    """Encrypt for one tenant and one purpose; copied to another tenant or column the text no longer opens.

    `purpose` names the place the text is kept ("payment_account.secret", with a row id where rows could be swapped).
    """
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_tenant_key(tenant_id)).encrypt(nonce, plaintext, _bound_to(tenant_id, purpose))
    return f"{VERSION}.{_to_text(nonce + sealed)}"


def open_sealed(sealed: str, *, tenant_id: uuid.UUID, purpose: str) -> bytes:
    """The plaintext again; raises SealBroken for any text that `seal` did not make for exactly this place."""
    version, _, text = sealed.partition(".")
    if version != VERSION:
        raise SealBroken(f"unknown version {version[:8]!r}")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = AESGCM(_tenant_key(tenant_id))
        return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound_to(tenant_id, purpose))
    except (ValueError, InvalidTag) as error:
        raise SealBroken("this text does not open here") from error


def sign(message: str, purpose: str, *, size: int = 32) -> str:
    """A URL-safe signature for cookies and click ids; `size` bytes of it where every character counts (at least 12)."""
    if not 12 <= size <= 32:
        raise ValueError("a signature has 12 to 32 bytes")
    return _to_text(hmac.digest(platform_key(f"sign:{purpose}"), message.encode(), hashlib.sha256)[:size])


def verify(message: str, signature: str, purpose: str, *, size: int = 32) -> bool:
    """Whether `signature` was made by `sign` for the same message, purpose and size, in constant time."""
    return hmac.compare_digest(sign(message, purpose, size=size).encode(), signature.encode("utf-8", "replace"))


def fingerprint(text: str, *, tenant_id: uuid.UUID, purpose: str) -> bytes:
    """A digest that tells only whether two texts of one tenant and one purpose are the same."""
    key = _derive(settings().secret, b"tuanzhou/fingerprint", tenant_id.bytes + purpose.encode())
    return hmac.digest(key, text.encode("utf-8", "replace"), hashlib.sha256)[:16]


def _to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
