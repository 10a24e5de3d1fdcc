"""The pickup code 核销码 of an order: eight letters and digits to show or to read out.

It is computed from the order's id and the platform's secret, so the order's page can always show it; the row keeps a
keyed hash, so whoever reads the table can hand out nothing. Should two orders of a store ever come to the same code,
the later one takes the code of its next round.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

import tenants
from infra import crypto

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8


def code_of(order_id: UUID, round_: int) -> str:
    number = int.from_bytes(hashlib.sha256(crypto.sign(f"{order_id}:{round_}", "pickup-code").encode()).digest())
    letters = []
    for _place in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def plain(typed: str) -> str:
    """As it is compared: capitals without gaps; what cannot be a code is nothing."""
    text = "".join(typed.upper().replace("-", " ").split())
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else ""


def hash_of(code: str) -> str:
    """By which a code is found. It says nothing without the platform's secret, and differs from store to store."""
    return crypto.sign(f"{tenants.current().id}:{code}", "pickup-lookup")


def fits(code: str, order_id: UUID, round_: int) -> bool:
    """In constant time."""
    return hmac.compare_digest(code.encode(), code_of(order_id, round_).encode())


def in_groups(code: str) -> str:
    """As people read it out."""
    return f"{code[:4]} {code[4:]}"
