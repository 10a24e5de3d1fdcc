"""QR codes for links: crisp SVG for pages, PNG for downloads, and the bare modules for posters."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import segno

QUIET_ZONE = 4  # Modules of white around the code, as ISO/IEC 18004 asks.


def _code(url: str) -> segno.QRCode:
    """The strongest error correction that fits. An address no code can hold is shortened, in the end to its host."""
    parts = urlsplit(url)
    bare = f"{parts.scheme}://{parts.netloc}"
    for text in (url, f"{bare}{parts.path}", bare):
        for level in ("q", "m", "l"):
            try:
                return segno.make_qr(text, error=level, boost_error=False)
            except segno.DataOverflowError:
                continue
    return segno.make_qr(url[:1_000], error="l", boost_error=False)


def qr_modules(url: str) -> list[list[bool]]:
    """Rows of modules, dark is True, without the quiet zone."""
    return [[bool(module) for module in row] for row in _code(url).matrix]


def qr_svg(url: str, *, title: str = "") -> str:
    """An SVG element to be placed in a page: no size, no style attribute; CSS sets the width."""
    return _code(url).svg_inline(
        border=QUIET_ZONE, omitsize=True, svgclass="qr", lineclass=None, title=title or None, dark="#000", light="#fff"
    )


def qr_png(url: str, *, module: int = 12) -> bytes:
    """A PNG with `module` pixels to a module."""
    out = io.BytesIO()
    _code(url).save(out, kind="png", scale=module, border=QUIET_ZONE)
    return out.getvalue()
