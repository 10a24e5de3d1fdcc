"""The text of a PDF as a reader would copy it out: glyphs of the page's streams, named by the fonts' ToUnicode maps."""

from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"<<(?P<head>.*?)>>\s*stream\r?\n(?P<body>.*?)\r?\nendstream", re.DOTALL)
_OBJECT = re.compile(rb"(?P<id>\d+) 0 obj(?P<body>.*?)endobj", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """Every string that is shown, in the order it is drawn, a line each."""
    objects = {int(found["id"]): found["body"] for found in _OBJECT.finditer(pdf)}
    fonts = _fonts(objects)
    shown: list[str] = []
    for body in objects.values():
        content = _stream(body)
        if content is None or b"BT" not in content or b"begincmap" in content:
            continue
        current: dict[int, str] = {}
        for name, literal in re.findall(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL):
            if name:
                current = fonts.get(name.decode(), {})
            else:
                raw = _unescaped(literal)
                codes = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                shown.append("".join(current.get(code, "") for code in codes))
    return "\n".join(shown)


def _fonts(objects: dict[int, bytes]) -> dict[str, dict[int, str]]:
    names = {
        name.decode(): int(number)
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
    }
    found = {}
    for name, number in names.items():
        to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
        assert to_unicode, f"{name} says nothing about its letters"
        found[name] = _map(_stream(objects[int(to_unicode[1])]) or b"")
    return found


def _map(cmap: bytes) -> dict[int, str]:
    """`bfchar` lines and `bfrange` lines of one code."""
    found: dict[int, str] = {}
    for first, last, letters in re.findall(rb"<([0-9A-Fa-f]+)>(?: <([0-9A-Fa-f]+)>)? <([0-9A-Fa-f]+)>", cmap):
        if last and last != first:
            continue
        found[int(first, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be")
    return found


def _stream(body: bytes) -> bytes | None:
    found = _STREAM.search(body)
    if found is None:
        return None
    length = re.search(rb"/Length (\d+)(?! \d+ R)", found["head"])
    start = found.start("body")
    content = body[start : start + int(length[1])] if length else found["body"]  # a stream may end with a line feed
    return zlib.decompress(content) if b"FlateDecode" in found["head"] else content


def _unescaped(literal: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), literal, flags=re.DOTALL)
