"""Codes of tracked links: ten random letters nobody can guess or count through."""

from __future__ import annotations

import re
import secrets

# Crockford's base 32 in lower case: no i, l, o or u, so a code survives being read aloud.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 10
_CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})


def new_code() -> str:
    """Fifty random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str | None:
    """The code somebody typed, misread letters put right; None when it cannot be one."""
    code = text.lower().translate(_MISREAD)
    return code if _CODE.fullmatch(code) else None
