"""Papers as PDF: A4 or A5, one after the other, with the glyphs they use embedded so that their text can be copied."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from fpdf import FPDF

from app.kernel.print_fonts import font_file, writable
from app.orders.papers import Paper, Row, Size

MARGIN, NARROW_MARGIN = 16, 10
REGULAR, BOLD = 400, 700
INK, QUIET, LINE = (27, 25, 22), (107, 100, 91), (214, 207, 196)
QUANTITY_WIDTH = 16
SIZES: dict[Size, tuple[float, float]] = {"A4": (210, 297), "A5": (148, 210)}  # millimeters
BOTTOM = 24


def draw(papers: Sequence[Paper], size: Size = "A4") -> bytes:
    """One file of all papers, each on a page of its own. Slow work: call it in a thread."""
    if not papers:
        raise ValueError("nothing to print")
    locale = papers[0].locale
    pdf = _Sheet(locale, size)
    letters = writable("".join(paper.letters() for paper in papers), locale)
    with tempfile.TemporaryDirectory(prefix="papers-") as folder:
        for style, weight in (("", REGULAR), ("B", BOLD)):
            path = Path(folder) / f"font{weight}.ttf"
            path.write_bytes(font_file(letters, weight=weight, locale=locale))
            pdf.add_font("cjk", style, path)
        for paper in papers:
            _draw(pdf, paper)
        return bytes(pdf.output())


class _Sheet(FPDF):
    """A sheet with our margins; knows which paper it draws, for the foot of the page."""

    def __init__(self, locale: str, size: Size) -> None:
        super().__init__(format=SIZES[size])
        self.locale = locale
        self.paper: Paper | None = None
        self.edge = MARGIN if size == "A4" else NARROW_MARGIN
        self.wide = self.w - 2 * self.edge
        self.set_margins(self.edge, self.edge)
        self.set_auto_page_break(auto=True, margin=BOTTOM)

    def say(self, text: str, size: float = 9, style: str = "", color: tuple[int, int, int] = INK) -> str:
        """Choose the pen and answer with what can be written."""
        self.set_font("cjk", style, size)
        self.set_text_color(*color)
        return writable(text, self.locale)

    def footer(self) -> None:
        if self.paper is None:
            return
        self.set_y(-14)
        self.cell(self.wide / 2, 5, self.say(self.paper.footer, 7.5, color=QUIET))
        self.cell(self.wide / 2, 5, self.say(self.paper.number, 7.5, color=QUIET), align="R")


def _draw(pdf: _Sheet, paper: Paper) -> None:
    pdf.add_page()  # ends the page before, whose foot still names its own paper
    pdf.paper = paper
    pdf.set_title(paper.number)
    pdf.cell(pdf.wide, 11, pdf.say(paper.title, 20, "B"), new_x="LMARGIN", new_y="NEXT")
    for label, value in paper.facts:
        pdf.cell(38, 5.5, pdf.say(label, color=QUIET))
        pdf.cell(pdf.wide - 38, 5.5, pdf.say(value), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    _parties(pdf, paper)
    widths = _widths(pdf, paper)
    _heading(pdf, paper, widths)
    for row in paper.rows:
        _row(pdf, paper, row, widths)
    pdf.ln(2)
    _sums(pdf, paper)
    for remark in paper.remarks:
        pdf.ln(2)
        pdf.multi_cell(pdf.wide, 5, pdf.say(remark), new_x="LMARGIN", new_y="NEXT")


def _parties(pdf: _Sheet, paper: Paper) -> None:
    """Blocks side by side."""
    top, lowest = pdf.get_y(), pdf.get_y()
    width = pdf.wide / max(len(paper.parties), 1)
    for place, (heading, lines) in enumerate(paper.parties):
        pdf.set_xy(pdf.edge + place * width, top)
        pdf.multi_cell(width - 4, 5, pdf.say(heading, 8, color=QUIET), new_x="LEFT", new_y="NEXT")
        for number, line in enumerate(lines):
            style = "B" if number == 0 else ""
            pdf.multi_cell(width - 4, 5, pdf.say(line, 9.5 if number == 0 else 9, style), new_x="LEFT", new_y="NEXT")
        lowest = max(lowest, pdf.get_y())
    pdf.set_xy(pdf.edge, lowest + 5)


def _widths(pdf: _Sheet, paper: Paper) -> tuple[float, float]:
    """The item's column and each column of amounts."""
    amounts = 24.0 if len(paper.columns) <= 4 else 20.0
    return pdf.wide - QUANTITY_WIDTH - amounts * len(paper.columns), amounts


def _heading(pdf: _Sheet, paper: Paper, widths: tuple[float, float]) -> None:
    item, amount = widths
    pdf.set_draw_color(*LINE)
    pdf.cell(item, 7, pdf.say(paper.item_label, 8, color=QUIET), border="B")
    pdf.cell(QUANTITY_WIDTH, 7, pdf.say(paper.quantity_label, 8, color=QUIET), border="B", align="R")
    for column in paper.columns:
        pdf.cell(amount, 7, pdf.say(column, 8, color=QUIET), border="B", align="R")
    pdf.ln(8)


def _row(pdf: _Sheet, paper: Paper, row: Row, widths: tuple[float, float]) -> None:
    """A row never breaks over two pages; the heading is repeated on a new one."""
    item, amount = widths
    words = [(row.title, 9.5, "B", INK), (row.detail, 8, "", QUIET), (row.note, 8, "", INK)]
    if pdf.will_page_break(6 + 5 * sum(1 for text, *_pen in words if text)):
        pdf.add_page()
        _heading(pdf, paper, widths)
    top = pdf.get_y()
    for text, size, style, color in words:
        if text:
            pdf.multi_cell(item - 2, 5, pdf.say(text, size, style, color), new_x="LEFT", new_y="NEXT")
    bottom = pdf.get_y()
    pdf.set_xy(pdf.edge + item, top)
    pdf.cell(QUANTITY_WIDTH, 5, pdf.say(str(row.quantity), 9.5, "B" if not paper.columns else ""), align="R")
    for text in row.amounts:
        pdf.cell(amount, 5, pdf.say(text), align="R")
    pdf.set_draw_color(*LINE)
    pdf.line(pdf.edge, bottom + 1.5, pdf.edge + pdf.wide, bottom + 1.5)
    pdf.set_xy(pdf.edge, bottom + 3)


def _sums(pdf: _Sheet, paper: Paper) -> None:
    for place, (label, value) in enumerate(paper.sums, 1):
        last = place == len(paper.sums)
        size, style = (12, "B") if last else (9, "")
        pdf.set_x(pdf.edge + pdf.wide / 2)
        pdf.cell(pdf.wide / 4, 7 if last else 5.5, pdf.say(label, 9, style, INK if last else QUIET), align="R")
        pdf.cell(
            pdf.wide / 4, 7 if last else 5.5, pdf.say(value, size, style), align="R", new_x="LMARGIN", new_y="NEXT"
        )
