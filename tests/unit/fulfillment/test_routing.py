"""The fewest parcels, then the nearest, the cheapest, the first; or what the merchant put first."""

from __future__ import annotations

from uuid import UUID

from msgspec import structs

from app.freight import Destination
from app.fulfillment.routing import route
from app.fulfillment.routing_facts import CRITERIA, ENDLESS, Need, Pin, Place, Preference, Route, Rules
from app.kernel.ids import new_id

PEACH, TEA = new_id(), new_id()
WUXI = Destination.of({"country": "CN", "region": "江苏省", "city": "无锡市"})


def _place(name: str, **facts: object) -> Place:
    return Place(new_id(), name, **facts)  # type: ignore[arg-type]


def _needs(**units: int) -> list[Need]:
    known = {"peach": PEACH, "tea": TEA}
    return [Need(known[name], known[name], known[name], count) for name, count in units.items()]


def _sent(found: Route, *places: Place) -> dict[str, list[int]]:
    names = {place.id: place.name for place in places}
    sent: dict[str, list[int]] = {}
    for share in sorted(found.shares, key=lambda share: share.line):
        sent.setdefault(names[share.warehouse], []).append(share.units)
    return sent


def _codes(found: Route) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_one_parcel_beats_a_nearer_warehouse() -> None:
    near, far = _place("near", country="CN", region="江苏"), _place("far", country="CN", region="广东")
    levels = {(PEACH, near.id): 5, (PEACH, far.id): 5, (TEA, far.id): 5}

    found = route(_needs(peach=1, tea=1), levels, [near, far], WUXI, Rules())

    assert _sent(found, near, far) == {"far": [1, 1]}
    assert _codes(found) == ["one_parcel", "same_country"]


def test_among_equals_the_region_then_the_cost_then_the_position_decides() -> None:
    dear = _place("dear", country="CN", region="江苏省", parcel_amount=900, position=1)
    cheap = _place("cheap", country="CN", region="江苏省", parcel_amount=500, position=2)
    cheapest = _place("cheapest", country="CN", region="广东", parcel_amount=100)
    also = _place("also", country="CN", region="江苏省", parcel_amount=500, position=1)
    places = [dear, cheap, cheapest, also]
    levels = {(PEACH, place.id): 9 for place in places}

    assert _sent(route(_needs(peach=2), levels, places, WUXI, Rules()), *places) == {"also": [2]}
    first = Rules(criteria=("cost", "parcels", "region", "cutoff", "position"))
    assert _sent(route(_needs(peach=2), levels, places, WUXI, first), *places) == {"cheapest": [2]}


def test_a_line_is_split_by_quantity_only_where_nobody_has_it_all() -> None:
    one, two, three = (_place(name, position=at) for at, name in enumerate(("one", "two", "three")))
    levels = {(PEACH, one.id): 2, (PEACH, two.id): 3, (PEACH, three.id): 4}

    found = route(_needs(peach=7), levels, [one, two, three], WUXI, Rules())

    assert _sent(found, one, two, three) == {"two": [3], "three": [4]}
    assert _codes(found) == ["split"]
    assert route(_needs(peach=10), levels, [one, two, three], WUXI, Rules()).reasons[0].code == "as_promised"


def test_more_than_three_parcels_only_if_it_takes_them() -> None:
    places = [_place(f"place {at}") for at in range(5)]
    levels = {(PEACH, place.id): 1 for place in places}
    region_first = Rules(criteria=("region", *(name for name in CRITERIA if name != "region")))

    assert route(_needs(peach=3), levels, places, WUXI, region_first).parcels == 3
    found = route(_needs(peach=4), levels, places, WUXI, region_first)
    assert (found.parcels, _codes(found)[-1]) == (4, "more_than_wanted")


def test_the_merchants_word_on_regions_and_products_counts_as_far_as_there_is_stock() -> None:
    near, far = _place("near", country="CN", region="江苏"), _place("far", country="CN", region="广东")
    levels = {(PEACH, near.id): 5, (PEACH, far.id): 5, (TEA, near.id): 5, (TEA, far.id): 1}
    prefer = Rules(preferences=(Preference("CN", "江苏省", far.id),))
    never = Rules(preferences=(Preference("CN", "", near.id, never=True),))
    pinned = Rules(pins=(Pin(TEA, far.id),))

    assert _sent(route(_needs(peach=1), levels, [near, far], WUXI, prefer), near, far) == {"far": [1]}
    assert _sent(route(_needs(peach=1), levels, [near, far], WUXI, never), near, far) == {"far": [1]}
    assert route(_needs(tea=2), levels, [near, far], WUXI, never).shares == ()
    assert _sent(route(_needs(tea=1), levels, [near, far], WUXI, pinned), near, far) == {"far": [1]}
    assert _sent(route(_needs(tea=2), levels, [near, far], WUXI, pinned), near, far) == {"near": [2]}


def test_who_ships_a_line_itself_ships_it() -> None:
    ours, supplier = _place("ours", country="CN"), _place("supplier")
    levels: dict[tuple[UUID, UUID], int] = {(PEACH, ours.id): 5, (PEACH, supplier.id): ENDLESS, (TEA, ours.id): 5}
    needs = [Need(PEACH, PEACH, PEACH, 2, only=supplier.id), Need(TEA, TEA, TEA, 1)]

    assert _sent(route(needs, levels, [ours, supplier], WUXI, Rules()), ours, supplier).keys() == {"ours", "supplier"}
    assert _sent(route(_needs(peach=2), levels, [ours, supplier], WUXI, Rules()), ours, supplier) == {"ours": [2]}


def test_paused_warehouses_and_those_that_closed_for_today_come_last_or_not_at_all() -> None:
    late, open_ = _place("late", cutoff_minute=600), _place("open", position=1)
    paused = _place("paused", active=False, position=-1)
    places = [late, open_, paused]
    levels = {(PEACH, place.id): 5 for place in places}

    assert _sent(route(_needs(peach=1), levels, places, WUXI, Rules(), minute=540), *places) == {"late": [1]}
    assert _sent(route(_needs(peach=1), levels, places, WUXI, Rules(), minute=600), *places) == {"open": [1]}


def test_the_same_facts_in_another_order_are_the_same_decision() -> None:
    places = [_place("same", country="CN") for _each in range(6)]
    levels = {(PEACH, place.id): 2 for place in places} | {(TEA, place.id): 1 for place in places}
    needs = _needs(peach=3, tea=2)

    assert {route(needs, levels, mixed, WUXI, Rules()).shares for mixed in (places, places[::-1])} == {
        route(needs, levels, sorted(places, key=lambda place: place.id), WUXI, Rules()).shares
    }


def test_a_gift_is_not_worth_a_parcel_of_its_own() -> None:
    near, far = _place("near", country="CN", region="江苏省"), _place("far", country="CN", region="广东")
    third = _place("third", country="CN", region="江苏省")
    places, region_first = [near, far, third], Rules(criteria=("region", "parcels", "cost", "cutoff", "position"))
    levels = {(PEACH, near.id): 5, (PEACH, far.id): 5, (TEA, far.id): 5, (TEA, third.id): 5}
    goods, gift = Need(PEACH, PEACH, PEACH, 1), Need(TEA, TEA, TEA, 1, gift=True)

    bought = route([goods, structs.replace(gift, gift=False)], levels, places, WUXI, region_first)
    given = route([goods, gift], levels, places, WUXI, region_first)
    nowhere_else = route([goods, gift], {(PEACH, near.id): 5, (TEA, third.id): 5}, places, WUXI, region_first)

    assert (bought.parcels, given.parcels, nowhere_else.parcels) == (2, 1, 2)
    assert given.places == (far.id,)
