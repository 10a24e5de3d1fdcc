"""A tracked link never leaves the store's host."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.links.paths import path_of

CORPUS = [
    "//evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\\evil",
    "a\r\nSet-Cookie: x=1",
    "@evil.example",
    "evil。example",
    "evil．example",
    "%2f%2fevil",
    "%252f%252fevil",
    "..",
    ".",
    "../../",
    "?next=//evil",
    "#//evil",
    "\t//evil",
    " //evil",
    "桃子",
    "\x00",
]


def _stays(handle: str) -> None:
    path = path_of(handle)
    landed = urlsplit(urljoin("https://qinghe.example/l/abc", path))

    assert re.fullmatch(r"/|/products/[A-Za-z0-9._~%-]+", path)
    assert (landed.scheme, landed.netloc) == ("https", "qinghe.example")


@pytest.mark.parametrize("handle", CORPUS)
def test_known_tricks_stay_on_the_host(handle: str) -> None:
    _stays(handle)


@settings(max_examples=5_000)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_handle_stays_on_the_host(handle: str) -> None:
    _stays(handle)


def test_a_plain_handle_reads_well() -> None:
    assert path_of("yangshan-peaches") == "/products/yangshan-peaches"
    assert path_of(None) == "/"
