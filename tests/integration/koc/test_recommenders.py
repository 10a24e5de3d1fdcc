"""Customers who could recommend: scored by the books with their consent, asked once in half a year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import koc
from app.flows.invite_koc import invite_koc
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as build


async def _customer(*, consents: bool = True, email: str = "") -> UUID:
    made = await build.customer(email or f"{new_id().hex}@shopper.test")
    if consents:
        async with tenants.transaction():
            await koc.say_consent(made, True, how="account")
    return made


async def _bought(customer: UUID, *, refunded: int = 0, days_ago: int = 1) -> UUID:
    order = await build.order(customer=customer, goods=(10_000,))
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET paid_amount = 10000, refunded_amount = $2, paid_at = $3 WHERE id = $1",
            order, refunded, now() - timedelta(days=days_ago),
        )  # fmt: skip
    return order


async def _counted(lowest: int = 0) -> list[koc.Candidate]:
    async with tenants.transaction():
        await koc.count_scores()
        return await koc.candidates(lowest)


async def _rows(table: str) -> int:
    async with tenants.transaction():
        found: int = await tenants.connection().fetchval(f"SELECT count(*) FROM {table}")
        return found


async def test_a_score_is_what_one_counts_by_hand(shop: Tenant) -> None:
    loyal, fickle = await _customer(), await _customer()
    for days in (1, 100, 200, 300, 350):
        await _bought(loyal, days_ago=days)
    await _bought(loyal, days_ago=400)
    await _bought(fickle, refunded=5_000, days_ago=100)

    found = {each.id: each for each in await _counted(-100)}

    assert found[loyal].parts == [("repeats", 4, 40), ("lately", 1, 10), ("few_refunds", 1, 10)]
    assert found[loyal].score == 60
    assert (found[fickle].parts, found[fickle].score) == ([("many_refunds", 1, -20)], -20)


async def test_the_points_shown_add_up_to_the_score_of_the_statement(shop: Tenant) -> None:
    people = [await _customer() for _ in range(4)]
    for number, one in enumerate(people):
        for each in range(number * 2 + 1):
            await _bought(one, refunded=300 * number, days_ago=1 + 70 * (each % 2) + number)

    found = await _counted(-100)

    assert len(found) == 4
    assert all(sum(points for _key, _count, points in each.parts) == each.score for each in found)


async def test_without_consent_nobody_is_scored_listed_or_asked(shop: Tenant) -> None:
    silent, withdrew = await _customer(consents=False), await _customer()
    await _bought(silent)
    await _bought(withdrew)
    assert [each.id for each in await _counted()] == [withdrew]
    async with tenants.transaction():
        await koc.say_consent(withdrew, False, how="account")
        assert await koc.candidates() == []

    for one in (silent, withdrew):
        with pytest.raises(koc.NoConsent):
            await invite_koc(one, by="Su He")

    assert await _counted() == []
    assert await _rows("message") == 0
    assert await _rows("koc_invitation") == 0
    assert await _rows("koc_score") == 0


async def test_one_customer_is_asked_once_in_half_a_year(shop: Tenant) -> None:
    import asyncio

    one = await _customer()

    outcomes: list[Any] = await asyncio.gather(*(invite_koc(one, by="Su He") for _ in range(3)), return_exceptions=True)

    assert sorted(type(each).__name__ for each in outcomes) == ["AskedLately", "AskedLately", "UUID"]
    assert await _rows("message") == 1


async def test_answers_end_an_invitation_and_saying_never_takes_the_consent_back(shop: Tenant) -> None:
    one = await _customer()
    await _bought(one)
    asked = await invite_koc(one, by="Su He")
    key = koc.answer_key(asked, shop.id)

    async with tenants.transaction():
        with pytest.raises(NotFound):
            await koc.answer(asked, "none", "accepted")
    async with tenants.transaction():
        await koc.answer(asked, key, "declined")
    async with tenants.transaction():
        with pytest.raises(koc.InvitationOver):
            await koc.answer(asked, key, "accepted")
    async with tenants.transaction():
        await koc.answer(asked, key, "opted_out")

    async with tenants.transaction():
        assert not await koc.agreed(one)
    with pytest.raises(koc.NoConsent):
        await invite_koc(one, by="Su He")


async def test_asking_and_saying_yes_moves_no_money_and_no_points(shop: Tenant) -> None:
    one = await _customer()
    asked = await invite_koc(one, by="Su He")
    async with tenants.transaction():
        await koc.answer(asked, koc.answer_key(asked, shop.id), "accepted")

    assert await _rows("ledger_transfer") == 0
    assert await _rows("commission_line") == 0
    assert await _rows("points_entry") == 0


async def test_who_sells_already_is_no_candidate(shop: Tenant) -> None:
    one = await _customer(email="mei@shopper.test")
    await _bought(one)
    await build.promoter(email="Mei@shopper.test")

    assert await _counted() == []


async def test_another_stores_customers_are_not_there(shop: Tenant, other_shop: Tenant) -> None:
    with tenants.bind(other_shop):
        theirs = await _customer()
        await _bought(theirs)
        asked = await invite_koc(theirs, by="Su He")
        key = koc.answer_key(asked, other_shop.id)

    assert await _counted() == []
    with pytest.raises(NotFound):
        await invite_koc(theirs, by="Su He")
    async with tenants.transaction():
        with pytest.raises(NotFound):
            await koc.answer(asked, key, "accepted")
