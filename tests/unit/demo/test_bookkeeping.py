"""The last look at an order: what went anywhere must be what came in."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from app.demo.bookkeeping import require_sums
from app.demo.visitor import NotSeen, Page
from app.demo.world import World

ADDRESS = "http://admin.test/orders/7/money"


def _table(first: str, **rows: str) -> str:
    cells = "".join(f"<tr><td>{label}</td><td>{amount}</td></tr>" for label, amount in rows.items())
    head = f"<tr><th>{first}</th><th>Amount</th></tr>"
    return f"<table>{head}{cells}<tr><td><b>Together</b></td><td>¥9.99</td></tr></table>"


def _books(*, store: str = "¥46.82", promoters: str = "¥6.68", back: str = "¥58.50") -> Page:
    came = _table("Where it came from", **{"Payment provider": "¥112.00"})
    went = _table("Where it went", **{"The store": store, "Promoters": promoters, "Given back": back})
    return Page(httpx.Response(200, html=came + went, request=httpx.Request("GET", ADDRESS)))


def _world() -> World:
    return World(goods="¥112.00", given_back=Decimal("58.50"))


async def test_books_that_agree_with_what_was_seen_are_taken() -> None:
    require_sums(_world(), _books())


@pytest.mark.parametrize(
    "wrong",
    [
        {"store": "¥46.81"},
        {"promoters": "¥6.69", "store": "¥46.81"},
        {"back": "¥58.00", "store": "¥47.32"},
    ],
)
async def test_books_that_lose_a_cent_or_say_something_else_are_not(wrong: dict[str, str]) -> None:
    with pytest.raises(NotSeen, match="money"):
        require_sums(_world(), _books(**wrong))


async def test_a_page_without_books_is_not_taken() -> None:
    page = Page(httpx.Response(200, html="<p>No money has moved yet</p>", request=httpx.Request("GET", ADDRESS)))

    with pytest.raises(NotSeen, match="no table"):
        require_sums(_world(), page)
