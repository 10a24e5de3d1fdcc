"""Which encoding a product file is in. Guessing wrong would fill a shop with mojibake, so a guess must be plausible."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from app.catalog.csv_errors import WrongEncoding

CHUNK = 1 << 18
# Lead bytes of the everyday characters and of punctuation. Western text read as Chinese lands outside of them.
_EVERYDAY = {"gb18030": (range(0xA1, 0xA4), range(0xB0, 0xD8)), "big5": (range(0xA1, 0xC7), range(0))}
_STRICT = {"gb18030": "gb2312", "big5": "big5"}
_PLAUSIBLE = 0.85


def detect_encoding(file: BinaryIO) -> str:
    """Name the codec that reads the whole file; raises `WrongEncoding` naming the first row that cannot be read."""
    file.seek(0)
    start = file.read(4)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise WrongEncoding(row=1)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _certain(file, "utf-16")
    if start.startswith(codecs.BOM_UTF8):
        return _certain(file, "utf-8-sig")
    row = first_unreadable_row(file, "utf-8")
    if row is None:
        return "utf-8"
    likely = max(_EVERYDAY, key=lambda name: _plausibility(file, name))
    if _plausibility(file, likely) >= _PLAUSIBLE and first_unreadable_row(file, likely) is None:
        return likely
    raise WrongEncoding(row=row)


def _certain(file: BinaryIO, encoding: str) -> str:
    row = first_unreadable_row(file, encoding)
    if row is not None:
        raise WrongEncoding(row=row)
    return encoding


def first_unreadable_row(file: BinaryIO, encoding: str) -> int | None:
    """The physical line of the first byte this codec cannot read, or None when it reads everything."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    row = 1
    while True:
        chunk = file.read(CHUNK)
        try:
            row += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            return row + error.object[: error.start].count(b"\n")
        if not chunk:
            return None


def _plausibility(file: BinaryIO, encoding: str) -> float:
    """The share of everyday characters among everything that is not ASCII, in the first part of the file."""
    file.seek(0)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(file.read(CHUNK))
    except UnicodeDecodeError:
        return 0.0
    foreign = [character for character in text if character > "\x7f"]
    return sum(_is_everyday(character, encoding) for character in foreign) / len(foreign) if foreign else 0.0


def _is_everyday(character: str, encoding: str) -> bool:
    try:
        lead = character.encode(_STRICT[encoding])[0]
    except UnicodeEncodeError:
        return False
    return any(lead in part for part in _EVERYDAY[encoding])
