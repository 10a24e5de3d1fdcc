"""What one template charges, region by region."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.freight import CHARGED_BY, Destination, Load, Region, Template, flat_template

REGIONS = st.builds(
    Region,
    first_units=st.integers(1, 5_000), first_amount=st.integers(0, 10**6),
    further_units=st.integers(1, 5_000), further_amount=st.integers(0, 10**6),
    free_from_amount=st.none() | st.integers(1, 10**6), free_from_pieces=st.none() | st.integers(1, 99),
)  # fmt: skip
CHEAP_GOODS = st.builds(Load, pieces=st.integers(1, 99), grams=st.integers(0, 10**6), amount=st.just(0))

BY_WEIGHT = Region(first_units=1_000, first_amount=800, further_units=500, further_amount=200)


@pytest.mark.parametrize(
    ("grams", "amount"), [(0, 800), (1, 800), (1_000, 800), (1_001, 1_000), (1_500, 1_000), (1_501, 1_200)]
)
def test_the_first_kilogram_and_every_half_that_was_begun(grams: int, amount: int) -> None:
    assert BY_WEIGHT.price("weight", Load(1, grams, 100)) == amount


def test_pieces_are_counted_and_a_flat_price_is_one() -> None:
    by_piece = Region(first_units=2, first_amount=500, further_units=3, further_amount=100)

    assert [by_piece.price("piece", Load(pieces, 0, 0)) for pieces in (1, 2, 3, 5, 6)] == [500, 500, 600, 600, 700]
    assert by_piece.price("flat", Load(99, 99_000, 0)) == 500


def test_delivery_is_free_from_an_amount_or_from_so_many_pieces() -> None:
    region = Region(first_amount=800, free_from_amount=9_900, free_from_pieces=3)

    assert region.price("flat", Load(2, 0, 9_899)) == 800
    assert region.price("flat", Load(1, 0, 9_900)) == 0
    assert region.price("flat", Load(3, 0, 100)) == 0
    assert region.missing_for_free(Load(1, 0, 9_000)) == 900
    assert region.missing_for_free(Load(3, 0, 9_000)) == 0


@given(region=REGIONS, load=CHEAP_GOODS, more=st.integers(0, 10**5), charged_by=st.sampled_from(CHARGED_BY))
def test_more_weight_never_costs_less_and_nothing_is_negative(
    region: Region, load: Load, more: int, charged_by: str
) -> None:
    heavier = Load(load.pieces, load.grams + more, load.amount)

    before, after = region.price(charged_by, load), region.price(charged_by, heavier)  # type: ignore[arg-type]

    assert isinstance(after, int)
    assert 0 <= before <= after


@given(region=REGIONS, load=CHEAP_GOODS, more=st.integers(0, 99), charged_by=st.sampled_from(CHARGED_BY))
def test_more_pieces_never_cost_less_until_they_are_free(
    region: Region, load: Load, more: int, charged_by: str
) -> None:
    fuller = Load(load.pieces + more, load.grams, load.amount)

    before, after = region.price(charged_by, load), region.price(charged_by, fuller)  # type: ignore[arg-type]

    assert after >= before or (after == 0 and region.frees(fuller))


@pytest.mark.parametrize("free_from", [None, 0, 4_900])
def test_the_one_price_of_a_store_without_templates(free_from: int | None) -> None:
    template = flat_template(600, free_from)
    region = template.region_for(Destination("TW"))

    assert region is not None
    assert region.price("flat", Load(1, 0, 4_899)) == (0 if free_from == 0 else 600)
    assert region.price("flat", Load(1, 0, 4_900)) == (600 if free_from is None else 0)


def test_named_places_win_over_the_country_and_the_country_over_the_rest() -> None:
    near = Region(country="CN", areas=("江苏", "浙江", "上海"), first_amount=500)
    country = Region(country="CN", first_amount=800)
    rest = Region(first_amount=4_000, delivers=False)
    template = Template(None, "", "flat", (country, near, rest))

    assert template.region_for(Destination.of({"country": "CN", "region": "浙江省"})) is near
    assert template.region_for(Destination.of({"country": "CN", "region": "云南省"})) is country
    assert template.region_for(Destination("TW")) is rest
    assert template.usual_region("CN") is country
    assert template.usual_region("TW") is country
