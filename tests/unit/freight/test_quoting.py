"""What delivery of a whole cart costs, and what falls on each line."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.freight import Destination, Goods, NotDeliveredThere, Region, Tariff, Template, restore
from app.kernel.ids import new_id
from app.kernel.money import CURRENCIES, parse_amount
from app.orders import PriceLine, PriceRules, price

CHILLED, BULKY = new_id(), new_id()
JIANGSU = Destination.of({"country": "CN", "region": "江苏省"})
TIBET = Destination.of({"country": "CN", "region": "西藏自治区"})
TARIFF = Tariff(
    Template(None, "Usual", "flat", (Region(first_amount=600, free_from_amount=4_900),), True),
    {
        CHILLED: Template(
            CHILLED, "Chilled", "weight",
            (
                Region(country="CN", areas=("西藏", "新疆"), delivers=False),
                Region(first_units=1_000, first_amount=800, further_units=500, further_amount=200),
            ),
        ),
        BULKY: Template(BULKY, "Bulky", "piece", (Region(first_amount=1_000, further_amount=700),)),
    },
    "CN",
)  # fmt: skip

Cart = list[tuple[Goods, PriceLine]]


def in_cart(
    title: str, pieces: int, grams: int, unit: int, template: UUID | None = None, *, ships: bool = True
) -> tuple[Goods, PriceLine]:
    """`grams` of one piece."""
    line = PriceLine(new_id(), new_id(), unit, pieces, weight_grams=grams, requires_shipping=ships)
    return Goods(title, template, ships), line


CARTS = st.lists(
    st.builds(
        in_cart, st.just("Peaches"), st.integers(1, 99), st.integers(0, 10**4), st.integers(0, 10**4),
        st.sampled_from([None, CHILLED, BULKY, new_id()]), ships=st.booleans(),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def shares(cart: Cart, to: Destination | None, tariff: Tariff = TARIFF) -> list[int]:
    delivery = tariff.deliver([goods for goods, _ in cart], to)
    return [line.freight_amount for line in price([line for _, line in cart], freight=delivery).lines]


def test_each_parcel_pays_its_own_first_unit_and_lines_share_their_parcel() -> None:
    cart = [
        in_cart("Peaches", 1, 700, 3_000, CHILLED),
        in_cart("Tea", 1, 100, 2_000),
        in_cart("Berries", 2, 400, 500, CHILLED),
        in_cart("Chair", 2, 9_000, 4_500, BULKY),
    ]

    assert shares(cart, JIANGSU) == [750, 600, 250, 1_700]


def test_what_is_not_sent_by_parcel_carries_no_freight() -> None:
    cart = [in_cart("Voucher", 1, 0, 4_000, ships=False), in_cart("Tea", 1, 100, 500)]
    delivery = TARIFF.deliver([goods for goods, _ in cart], None)

    assert shares(cart, None) == [0, 600]
    assert delivery.missing_for_free([line for _, line in cart], [4_000, 500]) == (4_400, 4_900)


def test_goods_that_are_not_sent_there_are_named() -> None:
    cart = [in_cart("Peaches", 1, 700, 3_000, CHILLED), in_cart("Tea", 1, 100, 2_000)]

    delivery = TARIFF.deliver([goods for goods, _ in cart], TIBET)

    assert delivery.refused == ("Peaches",)
    assert shares(cart, TIBET) == [0, 600]
    with pytest.raises(NotDeliveredThere) as refused:
        delivery.require_delivered()
    assert refused.value.details == {"titles": "Peaches"}


def test_before_an_address_is_known_the_usual_price_is_shown_and_called_uncertain() -> None:
    delivery = TARIFF.deliver([Goods("Peaches", CHILLED)], None)

    assert (delivery.refused, delivery.is_certain) == ((), False)
    assert shares([in_cart("Peaches", 1, 700, 3_000, CHILLED)], None) == [800]
    assert TARIFF.deliver([Goods("Tea")], None).is_certain


@given(cart=CARTS, to=st.sampled_from([None, JIANGSU, TIBET]))
def test_shares_are_whole_and_never_negative_and_no_parcel_pays_for_another(cart: Cart, to: Destination | None) -> None:
    found = shares(cart, to)

    assert all(isinstance(share, int) and share >= 0 for share in found)
    assert not any(share for share, (goods, _) in zip(found, cart, strict=True) if not goods.ships)
    parcels = {TARIFF.template_of(goods).id for goods, _ in cart if goods.ships}
    apart = [[each for each in cart if each[0].ships and TARIFF.template_of(each[0]).id == one] for one in parcels]
    assert sum(found) == sum(sum(shares(part, to)) for part in apart)


@given(cart=CARTS, more=st.integers(1, 50))
def test_a_heavier_line_never_makes_the_delivery_cheaper(cart: Cart, more: int) -> None:
    goods, line = cart[0]
    heavier = [(goods, msgspec.structs.replace(line, weight_grams=line.weight_grams + more)), *cart[1:]]

    assert sum(shares(heavier, JIANGSU)) >= sum(shares(cart, JIANGSU))


@given(cart=CARTS, to=st.sampled_from([None, JIANGSU, TIBET]))
def test_what_an_order_keeps_gives_the_same_freight_again(cart: Cart, to: Destination | None) -> None:
    delivery = TARIFF.deliver([goods for goods, _ in cart], to)
    lines = [line for _, line in cart]

    kept = restore(msgspec.json.decode(msgspec.json.encode(delivery.record())))

    assert price(lines, PriceRules(), kept) == price(lines, PriceRules(), delivery)


@pytest.mark.parametrize("currency", ["CNY", "TWD", "JPY"])
def test_amounts_are_minor_units_of_the_stores_currency(currency: str) -> None:
    first, further = parse_amount("800", currency), parse_amount("150", currency)
    tariff = Tariff(Template(None, "", "piece", (Region(first_amount=first, further_amount=further),)), {}, "JP")

    found = shares([in_cart("Cup", 3, 0, 1_000), in_cart("Bowl", 1, 0, 3_000)], None, tariff)

    assert sum(found) == 1_250 * 10 ** CURRENCIES[currency].exponent
