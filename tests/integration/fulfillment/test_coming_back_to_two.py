"""Goods of one order that left two warehouses go back to both: each hears of its part, and counts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

import tenants
from app import aftersales, fulfillment
from app.aftersales import Aftersale
from app.flows.aftersale_wish import Wish, WishedLine
from app.flows.announce_return import announce_return
from app.flows.decide_aftersale import approve_aftersale
from app.flows.request_aftersale import request_aftersale
from app.flows.return_goods import inspect_return, send_back
from app.flows.take_notice import take_notice
from app.fulfillment import ComingBack
from app.kernel.errors import InvalidInput, NotFound
from infra.warehouse.port import ReturnedLine, ReturnNotice, WarehouseUnavailable
from tenants import Tenant
from tests import builders_aftersales as build
from tests import builders_selling as selling
from tests import invariants
from tests.builders_selling import Offer
from tests.faults import jobs
from tests.scripted_warehouse import Scripted, played_by

ELSEWHERE = ("payments.", "aftersales.", "messaging.", "fulfillment.register", "fulfillment.plan")


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    warehouse = Scripted()
    with played_by(warehouse):
        yield warehouse


async def _agreed() -> tuple[Aftersale, ComingBack, ComingBack, Offer]:
    """Three of each, of which two teas left the usual warehouse and everything else another one; all may come back.

    Answers the request, the part of the other warehouse, that of the usual one, and the tea.
    """
    tea, cup = await selling.offer(title="Tea", stock=2), await selling.offer(title="Cup", stock=0)
    elsewhere = await selling.warehouse("Elsewhere", app_key="elsewhere")
    await selling.stock_at(tea, elsewhere, 1)
    await selling.stock_at(cup, elsewhere, 3)
    order_id = await build.delivered_order(tea, cup, quantity=3)
    lines = await build.lines_of(order_id)
    wish = Wish("return", "damaged", "", [WishedLine(line.id, line.quantity, None) for line in lines])
    request = await request_aftersale(order_id, wish)
    await approve_aftersale(request, actor="owner", address=build.ADDRESS)
    await jobs.work(*ELSEWHERE)
    async with tenants.transaction():
        main, other = await fulfillment.parts_of(request)
    return await build.case(request), main, other, tea


async def _told(part: ComingBack, *, number: str = "", damaged: int = 0) -> None:
    """The warehouse says that all of its part came back, so many of each line damaged."""
    async with tenants.transaction():
        speaker = await fulfillment.warehouse(part.warehouse)
        sold = {
            row["id"]: row["order_line"]
            for row in await tenants.connection().fetch(
                "SELECT id, order_line FROM aftersale_line WHERE aftersale = $1", part.aftersale
            )
        }
    lines = [ReturnedLine(str(sold[one]), "", line.quantity - damaged, damaged) for one, line in part.lines.items()]
    number = number or f"back {part.reference}"
    await take_notice(ReturnNotice(number, part.reference, tuple(lines), datetime.now(UTC)), "", speaker)


async def _say(notice: ReturnNotice, speaker: fulfillment.WarehouseFacts) -> None:
    with suppress(NotFound):
        await take_notice(notice, "", speaker)


async def _on_shelves(made: Offer) -> dict[str, int]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT place.name, level.on_hand FROM stock_level AS level JOIN warehouse AS place"
            " ON place.id = level.warehouse WHERE level.variant = $1 AND level.on_hand > 0", made.variant
        )  # fmt: skip
    return {"Elsewhere" if row["name"] == "Elsewhere" else "usual": row["on_hand"] for row in rows}


async def test_each_hears_of_its_own_part_and_the_money_waits_for_both(shop: Tenant, scripted: Scripted) -> None:
    case, main, other, tea = await _agreed()

    assert (main.reference, other.reference) == (case.number, f"{case.number}-2")
    announced = [sorted(line.quantity for line in scripted.returns[one.reference].lines) for one in (main, other)]
    assert announced == [[1, 3], [2]]
    assert scripted.returns[other.reference].order_reference != scripted.returns[main.reference].order_reference

    await _told(other)
    await _told(other, number="told anew")
    assert (await build.case(case.id)).status == "received"
    assert await _on_shelves(tea) == {"usual": 2}
    assert (await build.causes(case.id)).count("part_inspected") == 1

    await _told(main, damaged=1)
    done = await build.case(case.id)
    assert (done.status, done.inspected_at is not None) == ("inspecting", True)
    assert await _on_shelves(tea) == {"usual": 2}
    async with tenants.transaction():
        counted = [(line.good_quantity, line.damaged_quantity) for line in await aftersales.lines_of(case.id)]
        assert sorted(counted) == [(2, 1), (2, 1)]
        assert await fulfillment.exceptions_of(case.order_id) == []
    await build.lapse(case.id)
    assert (await build.case(case.id)).refunded_amount == case.wanted_amount
    await invariants.check(shop)


async def test_what_one_has_counted_a_person_counts_no_second_time(shop: Tenant, scripted: Scripted) -> None:
    case, _main, other, tea = await _agreed()
    await _told(other)
    async with tenants.transaction():
        lines = await aftersales.lines_of(case.id)

    with pytest.raises(InvalidInput):
        await inspect_return(case.id, {line.id: (0, 0) for line in lines}, actor="owner")
    await inspect_return(case.id, {line.id: (3, 0) for line in lines}, actor="owner")

    assert await _on_shelves(tea) == {"usual": 2, "Elsewhere": 1}
    assert (await build.case(case.id)).status == "inspecting"
    await invariants.check(shop)


async def test_the_number_entered_later_is_told_to_both_once(shop: Tenant, scripted: Scripted) -> None:
    case, main, other, _tea = await _agreed()
    scripted.told.clear()

    for _press in range(2):
        await send_back(case.id, carrier="SF", tracking_number="sf 777")
        await jobs.work(*ELSEWHERE)
    await announce_return(case.id)

    assert sorted(scripted.told) == [main.reference, other.reference]
    assert {scripted.returns[one.reference].tracking_number for one in (main, other)} == {"SF777"}

    await send_back(case.id, carrier="SF", tracking_number="SF778")
    await jobs.work(*ELSEWHERE)
    assert {scripted.returns[one.reference].tracking_number for one in (main, other)} == {"SF778"}


async def test_one_silent_warehouse_keeps_no_other_from_hearing_of_it(shop: Tenant, scripted: Scripted) -> None:
    case, main, other, _tea = await _agreed()
    await send_back(case.id, carrier="SF", tracking_number="SF777")
    scripted.deaf.add(main.reference)

    with pytest.raises(WarehouseUnavailable):
        await announce_return(case.id)

    assert scripted.returns[other.reference].tracking_number == "SF777"
    scripted.deaf.clear()
    scripted.told.clear()
    await announce_return(case.id)
    assert scripted.told == [main.reference]


async def test_nobody_counts_what_is_not_its_own(shop: Tenant, other_shop: Tenant, scripted: Scripted) -> None:
    case, main, other, tea = await _agreed()
    line = next(iter(other.lines.values()))
    lines = (ReturnedLine(str((await build.lines_of(case.order_id))[0].id), "", line.quantity, 0),)

    async with tenants.transaction():
        another = await fulfillment.warehouse(main.warehouse)
    await _say(ReturnNotice("not mine", other.reference, lines, datetime.now(UTC)), another)
    with tenants.bind(other_shop):
        async with tenants.transaction():
            (theirs,) = await fulfillment.warehouses()
            assert await fulfillment.parts_of(case.id) == []
        await _say(ReturnNotice("not ours", other.reference, lines, datetime.now(UTC)), theirs)

    assert (await build.case(case.id)).status == "awaiting_return"
    assert await _on_shelves(tea) == {}
