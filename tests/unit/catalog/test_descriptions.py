"""Descriptions keep their structure, and nothing that could run or restyle a page."""

from __future__ import annotations

import pytest

from app.catalog.descriptions import plain_text, sanitize


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('<p style="color:red" class="x" onclick="steal()">Fresh</p>', "<p>Fresh</p>"),
        ("<script>alert(1)</script><p>Tea</p>", "<p>Tea</p>"),
        ("<style>p{display:none}</style>Tea<br>leaf", "Tea<br>leaf"),
        ('<img src=x onerror="alert(1)">Cup', "Cup"),
        ('<a href="javascript:alert(1)">Cup</a>', '<a rel="nofollow noopener noreferrer">Cup</a>'),
        (
            '<a href="https://tea.example" target="_blank">Tea</a>',
            '<a href="https://tea.example" rel="nofollow noopener noreferrer">Tea</a>',
        ),
        ("<svg><script>1</script></svg><b>ok</b>", "<b>ok</b>"),
        ("<!-- note --><ul><li>one<li>two</ul>", "<ul><li>one</li><li>two</li></ul>"),
        ("Soft & sweet\nPeel it\n\nFrom Wuxi, 5 < 8", "<p>Soft &amp; sweet<br>Peel it</p><p>From Wuxi, 5 &lt; 8</p>"),
        ("", ""),
    ],
)
def test_only_harmless_markup_survives(given: str, kept: str) -> None:
    assert sanitize(given) == kept


def test_search_text_keeps_words_apart_and_drops_tags() -> None:
    assert plain_text(sanitize("<h2>Peach</h2><ul><li>soft</li><li>sweet &amp; ripe</li></ul>")) == (
        "Peach soft sweet & ripe"
    )
