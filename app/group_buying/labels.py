"""Labels to stick on bags: A4 sheets of three by eight, the number large enough to be called out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF

from app.kernel.print_fonts import font_file, writable

ACROSS, DOWN = 3, 8
WIDTH, HEIGHT = 210 / ACROSS, 297 / DOWN
PAD = 4


@dataclass(frozen=True, slots=True)
class Label:
    """One bag."""

    number: str
    name: str
    goods: str
    quantity: int
    note: str


def draw_labels(labels: Sequence[Label], locale: str) -> bytes:
    """One file of all labels; an empty list is one empty sheet. Slow work: call it in a thread."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    letters = "".join(f"{each.number}{each.name}{each.goods}{each.quantity}{each.note}" for each in labels) + "×…"
    with tempfile.TemporaryDirectory(prefix="labels-") as folder:
        for style, weight in (("", 400), ("B", 700)):
            path = Path(folder) / f"font{weight}.ttf"
            path.write_bytes(font_file(writable(letters, locale), weight=weight, locale=locale))
            pdf.add_font("cjk", style, path)
        for place, label in enumerate(labels):
            if place % (ACROSS * DOWN) == 0:
                pdf.add_page()
            _draw(pdf, label, place % (ACROSS * DOWN), locale)
        if not labels:
            pdf.add_page()
        return bytes(pdf.output())


def _draw(pdf: FPDF, label: Label, place: int, locale: str) -> None:
    left, top = place % ACROSS * WIDTH + PAD, place // ACROSS * HEIGHT + PAD
    inner = WIDTH - 2 * PAD
    for text, size, style, down in (
        (label.number, 20, "B", 0), (label.name, 9, "", 9), (label.goods, 10, "B", 15), (label.note, 8, "", 24),
    ):  # fmt: skip
        pdf.set_font("cjk", style, size)
        pdf.set_xy(left, top + down)
        pdf.cell(inner, 6, _fitting(pdf, writable(text.replace("\n", " "), locale), inner))
    pdf.set_font("cjk", "B", 16)
    pdf.set_xy(left, top)
    pdf.cell(inner, 8, f"×{label.quantity}", align="R")


def _fitting(pdf: FPDF, text: str, width: float) -> str:
    """As much of the text as the label holds."""
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
