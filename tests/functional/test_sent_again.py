"""A command sent again acts once and is answered again."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

import tenants
from app.kernel import idempotency
from app.kernel.clock import now
from app.storefront import cart as cart_pages
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_buying import ADDRESS

ORIGIN = {"Sec-Fetch-Site": "same-origin"}


async def _with_a_cart(visitor: Visitor, shop: Tenant, offer: selling.Offer) -> None:
    """A browser with a session and one piece in its cart."""
    await visitor.submit(store_address(shop, "/cart/lines"), {"product": offer.handle, "quantity": "1", "then": "stay"})


async def _add_once_more(
    visitor: Visitor, shop: Tenant, offer: selling.Offer, key: str, quantity: str = "1"
) -> httpx.Response:
    form = {"product": offer.handle, "quantity": quantity, "then": "stay"}
    return await visitor.submit(store_address(shop, "/cart/lines"), form, headers={"Idempotency-Key": key})


async def _pieces(visitor: Visitor, shop: Tenant) -> int:
    found: int = (await visitor.get(store_address(shop, "/visit.json"))).json()["cart_count"]
    return found


async def _keys() -> list[str]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT status FROM idempotency_key ORDER BY id")
    return [row["status"] for row in rows]


async def test_a_command_sent_again_acts_once_and_says_the_same(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer()
    await _with_a_cart(visitor, shop, peaches)

    first = await _add_once_more(visitor, shop, peaches, "one")
    again = await _add_once_more(visitor, shop, peaches, "one")

    assert await _pieces(visitor, shop) == 2
    assert (again.status_code, again.headers["location"]) == (first.status_code, first.headers["location"])
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert again.headers.get("set-cookie", "").count("flash=") >= first.headers.get("set-cookie", "").count("flash=")


async def test_three_at_the_same_moment_act_once(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer()
    await _with_a_cart(visitor, shop, peaches)

    answers = await asyncio.gather(*(_add_once_more(visitor, shop, peaches, "one") for _ in range(3)))

    assert await _pieces(visitor, shop) == 2
    assert {answer.status_code for answer in answers} <= {303, 409}
    assert 303 in {answer.status_code for answer in answers}
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 409)


async def test_the_same_key_for_something_else_is_refused(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer()
    await _with_a_cart(visitor, shop, peaches)
    await _add_once_more(visitor, shop, peaches, "one")

    other = await _add_once_more(visitor, shop, peaches, "one", quantity="2")

    assert (other.status_code, other.headers["x-refusal"]) == (422, "idempotency.key_used_otherwise")
    assert await _pieces(visitor, shop) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "\x7f"])
async def test_a_key_that_is_none_is_refused(shop: Tenant, visitor: Visitor, key: str) -> None:
    peaches = await selling.offer()

    answer = await _add_once_more(visitor, shop, peaches, key)

    assert (answer.status_code, answer.headers["x-refusal"]) == (400, "idempotency.key_unreadable")


async def test_a_key_still_in_flight_asks_to_wait(
    shop: Tenant, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaches = await selling.offer()
    await _with_a_cart(visitor, shop, peaches)
    inside, go_on = asyncio.Event(), asyncio.Event()
    add = cart_pages.add_to_cart  # type: ignore[attr-defined] # replaced where the page calls it

    async def slowly(*args: object, **more: object) -> object:
        inside.set()
        await go_on.wait()
        return await add(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(cart_pages, "add_to_cart", slowly)
    first = asyncio.create_task(_add_once_more(visitor, shop, peaches, "one"))
    await inside.wait()

    second = await _add_once_more(visitor, shop, peaches, "one")
    go_on.set()

    assert (second.status_code, second.headers["retry-after"]) == (409, "2")
    assert (await first).status_code == 303
    assert (await _add_once_more(visitor, shop, peaches, "one")).headers["idempotency-replayed"] == "true"
    assert await _pieces(visitor, shop) == 2


async def test_another_visitors_key_is_another_key(shop: Tenant, visitor: Visitor, another_visitor: Visitor) -> None:
    peaches = await selling.offer()
    for somebody in (visitor, another_visitor):
        await _with_a_cart(somebody, shop, peaches)
        await _add_once_more(somebody, shop, peaches, "one")

    assert [await _pieces(somebody, shop) for somebody in (visitor, another_visitor)] == [2, 2]


async def test_another_stores_key_is_another_key(shop: Tenant, other_shop: Tenant, visitor: Visitor) -> None:
    for store in (shop, other_shop):
        with tenants.bind(store):
            peaches = await selling.offer()
        await _with_a_cart(visitor, store, peaches)
        assert (await _add_once_more(visitor, store, peaches, "one")).status_code == 303

    assert [await _pieces(visitor, store) for store in (shop, other_shop)] == [2, 2]


async def test_the_checkout_clicked_twice_is_one_order(shop: Tenant, visitor: Visitor) -> None:
    await _with_a_cart(visitor, shop, await selling.offer())
    address = store_address(shop, "/checkout")
    page = (await visitor.get(address)).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert len(hidden["_idempotency_key"]) >= 20

    answers = await asyncio.gather(*(visitor.submit(address, ADDRESS | hidden) for _ in range(2)))

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {303}
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM orders") == 1


async def test_a_form_to_correct_may_be_sent_again_under_its_key(shop: Tenant, visitor: Visitor) -> None:
    await _with_a_cart(visitor, shop, await selling.offer())
    address = store_address(shop, "/checkout")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', (await visitor.get(address)).text))

    wrong = await visitor.submit(address, ADDRESS | hidden | {"phone": "12"})
    right = await visitor.submit(address, ADDRESS | hidden)

    assert (wrong.status_code, right.status_code) == (422, 303)


async def test_a_defect_leaves_no_answer_behind(
    shop: Tenant, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaches = await selling.offer()
    await _with_a_cart(visitor, shop, peaches)

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    with monkeypatch.context() as broken:
        broken.setattr(cart_pages, "add_to_cart", breaks)
        assert (await _add_once_more(visitor, shop, peaches, "one")).status_code == 500

    assert (await _add_once_more(visitor, shop, peaches, "one")).status_code == 303
    assert await _pieces(visitor, shop) == 2


async def test_an_abandoned_key_may_be_taken_again(shop: Tenant) -> None:
    scope, body = idempotency.digest("scope", b"one"), idempotency.digest("body", b"body")
    died = await idempotency.reserve(shop, scope, body)
    with pytest.raises(idempotency.StillInFlight):
        await idempotency.reserve(shop, scope, body)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE idempotency_key SET taken_at = $1", now() - idempotency.ABANDONED - timedelta(seconds=1)
        )

    taken = await idempotency.reserve(shop, scope, body)

    assert isinstance(died, idempotency.Reservation)
    assert isinstance(taken, idempotency.Reservation)
    await idempotency.keep_answer(died, idempotency.Answer(200, [], b"late"))
    assert await _keys() == ["in_flight"], "who lost the key does not answer it any more"


async def test_keys_are_forgotten_after_a_day(shop: Tenant) -> None:
    for name, age in (("old", timedelta(hours=25)), ("young", timedelta(hours=23))):
        await idempotency.reserve(shop, idempotency.digest("scope", name.encode()), b"body")
        async with tenants.transaction():
            await tenants.connection().execute(
                "UPDATE idempotency_key SET taken_at = $1 WHERE taken_at > $2", now() - age, now() - timedelta(hours=1)
            )

    await idempotency.sweep(shop)

    assert len(await _keys()) == 1


async def test_a_command_without_a_key_asks_nothing_more(
    shop: Tenant, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaches = await selling.offer()
    await _with_a_cart(visitor, shop, peaches)

    async def never(*_: object, **__: object) -> None:
        raise AssertionError("no key, no row")

    monkeypatch.setattr(idempotency, "reserve", never)

    await _with_a_cart(visitor, shop, peaches)

    assert (await _keys(), await _pieces(visitor, shop)) == ([], 2)
