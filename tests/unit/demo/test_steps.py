"""The ticked list: what it says when all goes well, and when something was not seen."""

from __future__ import annotations

import pytest

from app.demo.steps import Step, play_all, until
from app.demo.visitor import NotSeen


async def _fine() -> str:
    return "http://somewhere.test/"


async def _missing() -> str:
    raise NotSeen("'Paid' is not on http://shop.test/orders/7; it says: Waiting for payment")


async def test_every_step_is_ticked_with_its_address() -> None:
    said: list[str] = []

    assert await play_all([Step("A shopper pays", _fine)], said.append)

    assert said[0].startswith("✓")
    assert "A shopper pays" in said[0]
    assert said[0].endswith("http://somewhere.test/")


async def test_the_first_step_not_seen_ends_the_journey_and_says_why() -> None:
    said: list[str] = []

    assert not await play_all([Step("The order is paid", _missing), Step("It ships", _fine)], said.append)

    assert len(said) == 1
    assert said[0].startswith("✗")
    assert "The order is paid" in said[0]
    assert "it says: Waiting for payment" in said[0]


async def test_waiting_ends_with_what_was_seen_last() -> None:
    with pytest.raises(NotSeen, match=r"the parcel did not show within 0 s\. .*Waiting for payment"):
        await until(_missing, seconds=0, what="the parcel")
