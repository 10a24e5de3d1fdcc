"""Papers as PDF: every word can be read back, in three scripts, and long ones go on over pages."""

from __future__ import annotations

import re

import pytest

from app.kernel.print_fonts import font_file, writable
from app.orders import Paper, Row, draw_papers
from tests.pdf_text import text_of


def paper(locale: str = "en", *, title: str = "Invoice", rows: int = 1, item: str = "Peaches") -> Paper:
    return Paper(
        kind="invoice",
        title=title,
        number="INV-000001",
        locale=locale,
        facts=[("Order", "T1000001")],
        parties=[("Seller", ["Qinghe Farm", "1 Peach Road"]), ("Buyer", ["Lin Xiaoya"])],
        item_label="Goods",
        quantity_label="Quantity",
        columns=["Unit price", "Total"],
        rows=[Row(f"{item} {number}", "SKU-1", 2, ("¥43.90", "¥87.80"), "") for number in range(rows)],
        sums=[("Goods", "¥87.80"), ("Total", "¥87.80")],
        footer="Thank you",
    )


@pytest.mark.parametrize(
    ("locale", "title", "item"),
    [
        ("en", "Invoice", "Peaches"),
        ("zh-Hans", "发票", "阳山水蜜桃 礼盒装"),
        ("zh-Hant", "發票", "陽山水蜜桃 禮盒裝 臺灣"),
    ],
)
def test_every_word_can_be_copied_out_again(locale: str, title: str, item: str) -> None:
    said = text_of(draw_papers([paper(locale, title=title, item=item)]))

    for word in (title, f"{item} 0", "INV-000001", "Qinghe Farm", "¥87.80", "Thank you"):
        assert word in said


def test_a_long_order_goes_on_over_pages_with_its_heading() -> None:
    pdf = draw_papers([paper(rows=60)])

    pages = int(re.findall(rb"/Count (\d+)", pdf)[0])
    said = text_of(pdf)
    assert pages >= 3
    assert said.count("Unit price") == pages
    assert all(f"Peaches {number}" in said for number in range(60))


def test_several_papers_are_one_file_a_page_each() -> None:
    pdf = draw_papers([paper(item="Peaches"), paper(item="Tea")])

    assert int(re.findall(rb"/Count (\d+)", pdf)[0]) == 2
    assert "Tea 0" in text_of(pdf)


def test_what_no_glyph_exists_for_is_an_empty_box_and_never_a_crash() -> None:
    assert writable("Peach 🍑\x07!", "en") == "Peach □ !"

    assert "Peach □" in text_of(draw_papers([paper(item="Peach 🍑")]))


def test_only_the_letters_in_use_are_embedded() -> None:
    assert len(draw_papers([paper()])) < 100_000
    assert font_file("骨", weight=400, locale="zh-Hans") != font_file("骨", weight=400, locale="zh-Hant")
