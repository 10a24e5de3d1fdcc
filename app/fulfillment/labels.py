"""Shipping labels, 100 x 150 mm: what is on one, and how it is drawn. One to a page, many in a file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import WrapMode

from app.fulfillment import barcode
from app.kernel.print_fonts import font_file, writable

SIZE = (100.0, 150.0)  # millimeters
MARGIN, WIDTH = 5.0, 90.0
BAR_HEIGHT, QUIET = 18.0, 10  # millimeters; modules left white on both sides, as scanners want
REGULAR, BOLD = 400, 700
LARGEST_FILE = 500


@dataclass(frozen=True, slots=True)
class Label:
    """Everything already in words; `code` is what the bars say. `items` and `remark` may be cut to fit."""

    code: str
    carrier: str
    receiver: str
    receiver_phone: str
    receiver_address: str
    sender: str
    sender_phone: str
    sender_address: str
    order_line: str
    items: str
    remark: str
    to_word: str
    from_word: str
    locale: str

    def letters(self) -> str:
        return "".join(
            (
                self.code, self.carrier, self.receiver, self.receiver_phone, self.receiver_address, self.sender,
                self.sender_phone, self.sender_address, self.order_line, self.items, self.remark, self.to_word,
                self.from_word, "…0123456789*",
            )
        )  # fmt: skip


def draw_labels(labels: Sequence[Label]) -> bytes:
    """Slow work: call it in a thread. Raises ValueError for none, or for more than fit into a file."""
    if not 0 < len(labels) <= LARGEST_FILE:
        raise ValueError("a file has 1 to 500 labels")
    locale = labels[0].locale
    letters = writable("".join(label.letters() for label in labels), locale)
    pdf = FPDF(format=SIZE)
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=False)
    with tempfile.TemporaryDirectory(prefix="labels-") as folder:
        for style, weight in (("", REGULAR), ("B", BOLD)):
            path = Path(folder) / f"font{weight}.ttf"
            path.write_bytes(font_file(letters, weight=weight, locale=locale))
            pdf.add_font("cjk", style, path)
        for label in labels:
            _draw(pdf, label)
        return bytes(pdf.output())


def _draw(pdf: FPDF, label: Label) -> None:
    pdf.add_page()
    _say(pdf, label, label.carrier, 14, "B", height=8, lines=1)
    _bars(pdf, label.code, top=14)
    pdf.set_xy(MARGIN, 14 + BAR_HEIGHT + 1)
    pdf.set_font("cjk", "B", 12)
    pdf.cell(WIDTH, 6, writable(label.code, label.locale), align="C", new_x="LMARGIN", new_y="NEXT")
    _rule(pdf)
    _say(pdf, label, label.to_word, 8, lines=1, height=4)
    _say(pdf, label, f"{label.receiver}  {label.receiver_phone}", 14, "B", height=7, lines=2)
    _say(pdf, label, label.receiver_address, 12, "B", height=6, lines=4)
    _rule(pdf)
    _say(pdf, label, f"{label.from_word}  {label.sender}  {label.sender_phone}", 8.5, height=4.2, lines=1)
    _say(pdf, label, label.sender_address, 8.5, height=4.2, lines=2)
    _rule(pdf)
    _say(pdf, label, label.order_line, 9, "B", height=5, lines=1)
    _say(pdf, label, label.items, 8.5, height=4.2, lines=5)
    _say(pdf, label, label.remark, 8.5, "B", height=4.2, lines=3)


def _say(pdf: FPDF, label: Label, text: str, size: float, style: str = "", *, height: float, lines: int) -> None:
    """So many lines at most; what does not fit ends with dots. Nothing leaves the label."""
    if not text:
        return
    pdf.set_font("cjk", style, size)
    fitting: list[str] = pdf.multi_cell(  # type: ignore[assignment]  # what `output` asks for
        WIDTH, height, writable(text, label.locale), dry_run=True, output="LINES", wrapmode=WrapMode.CHAR
    )
    shown = fitting[:lines]
    if len(fitting) > lines:
        shown[-1] = shown[-1].rstrip()[:-1] + "…"
    for line in shown:
        pdf.cell(WIDTH, height, line, new_x="LMARGIN", new_y="NEXT")


def _rule(pdf: FPDF) -> None:
    y = pdf.get_y() + 1.5
    pdf.set_line_width(0.3)
    pdf.line(MARGIN, y, MARGIN + WIDTH, y)
    pdf.set_xy(MARGIN, y + 1.5)


def _bars(pdf: FPDF, code: str, *, top: float) -> None:
    """As wide as the label allows, but no module wider than scanners like."""
    module = min(WIDTH / (barcode.modules(code) + 2 * QUIET), 0.5)
    left = MARGIN + (WIDTH - module * barcode.modules(code)) / 2
    pdf.set_fill_color(0)
    for at, width in barcode.bars(code):
        pdf.rect(left + at * module, top, width * module, BAR_HEIGHT, style="F")
