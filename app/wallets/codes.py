"""Codes of gift cards: sixteen random letters and digits, written in groups of four, kept only as a digest.

Eighty random bits: nobody guesses one, and a plain digest cannot be tried out either.
"""

from __future__ import annotations

import hashlib
import re
import secrets

# Crockford's base 32: no I, L, O or U, so a code survives being read aloud and typed from paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """As it is printed: `7K2M-9QXA-44TD-0B8F`."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(text[at : at + 4] for at in range(0, LENGTH, 4))


def read_code(typed: str) -> str | None:
    """The code somebody typed, without its hyphens and with misread letters put right; None when it cannot be one."""
    text = re.sub(r"[\s-]", "", typed[:80]).upper().translate(_MISREAD)
    return text if _CODE.fullmatch(text) else None


def digest(code: str) -> bytes:
    """Of a code as `read_code` answers it."""
    return hashlib.sha256(code.encode()).digest()
