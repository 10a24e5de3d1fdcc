"""Addresses country by country, and the headline of the shop window."""

from __future__ import annotations

import pytest

from app.flows.postal_address import COUNTRIES, AddressForm, as_ship_to, check_address, in_lines
from app.storefront.home import headline


def _filled(country: str) -> AddressForm:
    return AddressForm(
        recipient="Lin Xiaoya", phone="+86 138 0000 1111", country=country, region="Jiangsu", city="Wuxi",
        district="Binhu", street="1 Peach Road", postal_code="214000",
    )  # fmt: skip


@pytest.mark.parametrize("country", list(COUNTRIES))
def test_a_whole_address_is_taken_everywhere(country: str) -> None:
    assert check_address(_filled(country)) == {}


@pytest.mark.parametrize("country", list(COUNTRIES))
def test_every_missing_part_is_named(country: str) -> None:
    needed = {part.name for part in COUNTRIES[country][1] if part.required}

    assert set(check_address(AddressForm(country=country))) == needed | {"recipient", "phone"}


def test_nothing_is_sent_where_the_store_does_not_deliver() -> None:
    assert "country" in check_address(_filled("XX"))


def test_people_read_their_address_in_their_own_order() -> None:
    assert in_lines(as_ship_to(_filled("CN"))) == "214000 Jiangsu Wuxi Binhu 1 Peach Road"
    assert in_lines(as_ship_to(_filled("US"))).startswith("1 Peach Road, ")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("今晨离枝，后天到家", ["今晨离枝", "后天到家"]),
        ("One\nTwo", ["One", "Two"]),
        ("Fresh, every morning", ["Fresh, every morning"]),
        ("这一句的前一半实在太长了，后面短", ["这一句的前一半实在太长了，后面短"]),
    ],
)
def test_a_headline_of_two_halves_stands_in_two_lines(title: str, lines: list[str]) -> None:
    assert headline(title) == lines
