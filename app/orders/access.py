"""The key in the link of an order page, for shoppers who never signed in.

It is computed from the order's id and the platform's secret, so a message sent weeks later can carry the same link;
the row keeps only its hash, so that whoever reads the table cannot open anybody's order.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from infra import crypto

KEY_BYTES = 15


def access_key(order_id: UUID) -> str:
    return crypto.sign(str(order_id), "order-access", size=KEY_BYTES)


def hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def opens(key: str, access_hash: bytes) -> bool:
    """Whether this key belongs to the order with that hash, in constant time."""
    return hmac.compare_digest(hash_key(key), access_hash)
