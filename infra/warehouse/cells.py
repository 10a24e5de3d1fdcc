"""Cells of the files we hand out: a text that a spreadsheet would take for a formula gets an apostrophe in front."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]")
_PHONE = re.compile(r"^\+?[\d \-]+$")


def plain(text: str) -> str:
    """A telephone number with its country stays as it is: programs read it, and it computes nothing."""
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.match(text) else text
