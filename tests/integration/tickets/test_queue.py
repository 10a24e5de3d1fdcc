"""A difference is one ticket, from the first time it is seen until it is gone."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import tickets
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from tenants import Tenant

KIND = "test.difference"


async def _open(subject: str = "T1000001", amount: int = 100) -> None:
    async with tenants.transaction():
        await tickets.open(KIND, subject, currency="CNY", amount=amount, details={"order": subject})


async def _queue(status: str = "open") -> list[tickets.Ticket]:
    async with tenants.transaction():
        return (await tickets.ticket_page(status=status)).items


async def test_the_same_difference_seen_by_many_is_one_ticket(shop: Tenant) -> None:
    await asyncio.gather(*(_open() for _check in range(8)))

    assert [(one.subject, one.amount, one.details) for one in await _queue()] == [
        ("T1000001", 100, {"order": "T1000001"})
    ]


async def test_seen_again_it_keeps_its_age_and_learns_the_new_amount(shop: Tenant) -> None:
    await _open()
    [first] = await _queue()

    await _open(amount=250)

    [again] = await _queue()
    assert (again.id, again.opened_at, again.amount) == (first.id, first.opened_at, 250)
    assert again.seen_at > first.seen_at


async def test_a_person_resolves_it_with_a_note_once(shop: Tenant) -> None:
    await _open()
    [ticket] = await _queue()

    async with tenants.transaction():
        await tickets.resolve(ticket.id, by="Su He", note="The bank corrected it")

    [resolved] = await _queue("resolved")
    assert (resolved.resolved_by, resolved.note) == ("Su He", "The bank corrected it")
    with pytest.raises(tickets.AlreadyResolved):
        async with tenants.transaction():
            await tickets.resolve(ticket.id, by="Ma Li")
    with pytest.raises(NotFound):
        async with tenants.transaction():
            await tickets.resolve(new_id(), by="Ma Li")


async def test_a_resolved_difference_that_is_still_there_comes_back(shop: Tenant) -> None:
    await _open()
    [ticket] = await _queue()
    async with tenants.transaction():
        await tickets.resolve(ticket.id, by="Su He")

    await _open()

    [again] = await _queue()
    assert again.id != ticket.id


async def test_differences_that_are_gone_close_by_themselves(shop: Tenant) -> None:
    for subject in ("T1", "T2", "T3"):
        await _open(subject)

    async with tenants.transaction():
        closed = await tickets.close_missing(KIND, ["T2"])
        assert await tickets.close_missing("another.kind", []) == 0

    assert closed == 2
    assert [one.subject for one in await _queue()] == ["T2"]
    assert {one.resolved_by for one in await _queue("resolved")} == {"system"}


async def test_one_subject_is_closed_alone(shop: Tenant) -> None:
    await _open("T1")
    await _open("T2")

    async with tenants.transaction():
        assert await tickets.close(KIND, "T1")
        assert not await tickets.close(KIND, "T1")

    assert [one.subject for one in await _queue()] == ["T2"]


async def test_the_queue_is_read_page_by_page_and_back(shop: Tenant) -> None:
    for number in range(5):
        await _open(f"T{number}")
    async with tenants.transaction():
        await tickets.open("another.kind", "T9")

    async with tenants.transaction():
        first = await tickets.ticket_page(kind=KIND, limit=2)
        second = await tickets.ticket_page(kind=KIND, limit=2, after=first.next)
        third = await tickets.ticket_page(kind=KIND, limit=2, after=second.next)
        back = await tickets.ticket_page(kind=KIND, limit=2, before=third.previous)
        counts = await tickets.open_counts()

    assert [[one.subject for one in page.items] for page in (first, second, third)] == [
        ["T4", "T3"],
        ["T2", "T1"],
        ["T0"],
    ]
    assert not third.next
    assert back.items == second.items
    assert counts == {"another.kind": 1, KIND: 5}


async def test_another_shop_has_its_own_queue(shop: Tenant, other_shop: Tenant) -> None:
    await _open()

    with tenants.bind(other_shop):
        assert await _queue() == []
