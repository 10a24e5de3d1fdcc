"""What identifies a person is written one way, however it was typed."""

from __future__ import annotations

import pytest

from app.risk import prints


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("13800138000", "CN"), ("13800138000", ""), ("+86 138 0013 8000", "CN"), ("+86-138-0013-8000", ""),
        ("0086 13800138000", "CN"), ("86 13800138000", "CN"), ("\uff11\uff13\uff18 0013 8000", "CN"),
    ],
)  # fmt: skip
def test_a_phone_is_one_number_however_its_prefix_is_typed(typed: str, country: str) -> None:
    assert prints.phone(typed, country) == "13800138000"


@pytest.mark.parametrize(("typed", "country"), [("0912-345-678", "TW"), ("+886 912 345 678", ""), ("0912345678", "")])
def test_a_leading_zero_is_no_part_of_a_phone(typed: str, country: str) -> None:
    assert prints.phone(typed, country) == "912345678"


def test_an_american_phone_is_known_with_and_without_its_prefix() -> None:
    assert prints.phone("+1 (212) 555-0123", "US") == prints.phone("(212) 555-0123", "US") == "2125550123"


@pytest.mark.parametrize("typed", ["", "123", "none", "+86"])
def test_what_is_too_short_is_nobodys_phone(typed: str) -> None:
    assert prints.phone(typed, "CN") == ""


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ("Ya@Host.test", "ya@host.test"), ("ya+tea@host.test", "ya@host.test"),
        ("y.a+2@gmail.com", "ya@gmail.com"), ("ya@googlemail.com", "ya@gmail.com"), ("y.a@host.test", "y.a@host.test"),
        ("nobody", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_tag_leads_to_the_same_mailbox(typed: str, box: str) -> None:
    assert prints.mailbox(typed) == box


def _place(street: str, **more: str) -> dict[str, str]:
    return {"country": "CN", "city": "无锡市", "street": street, **more}


@pytest.mark.parametrize(
    "street", ["建国路 88 号 1202 室", "建国路88号1202室", "建国路\uff18\uff18号,\uff11\uff12\uff10\uff12室"]
)  # fmt: skip
def test_an_address_is_one_place_however_it_is_spaced(street: str) -> None:
    assert prints.address(_place(street)) == prints.address(_place("建国路88号1202室", recipient="x", district="y"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("建国路88号1202室", "建国路88号301"), ("建国路88号3单元1202", "建国路88号2单元301室"),
        ("中山路100號3樓之2", "中山路100號5樓"), ("12 Main St, Apt 4B", "12 Main St. #9"),
        ("12 Main St 3rd Floor", "12 Main St Unit 7"), ("幸福里5栋1202", "幸福里5栋303室"),
        ("长江北路 18 号 5 栋 1202 室", "长江北路18号5栋301"),
    ],
)  # fmt: skip
def test_two_flats_of_a_house_are_one_house_and_two_addresses(one: str, other: str) -> None:
    assert prints.building(_place(one)) == prints.building(_place(other)) != ""
    assert prints.address(_place(one)) != prints.address(_place(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("建国路88号1202室", "建国路89号1202室"), ("幸福里5栋1202", "幸福里6栋1202"), ("1 Main St", "2 Main St")],
)
def test_two_houses_of_a_street_are_two(one: str, other: str) -> None:
    assert prints.building(_place(one)) != prints.building(_place(other))


def test_a_street_without_a_number_is_nobodys_address() -> None:
    assert prints.address(_place("建国路")) == prints.building(_place("建国路")) == ""


def test_the_same_street_of_another_town_is_another_place() -> None:
    assert prints.address(_place("1 Main St")) != prints.address(_place("1 Main St", city="Suzhou"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lin Yatong", "lin yatong", True), ("Lin Yatong", "Yatong Lin", True), ("Lin Yatong", "Lin Yatongg", True),
        ("林雅彤", "林雅彤", True), ("林雅彤", "林雅", False), ("Lin Yatong", "Zhou Min", False), ("", "", False),
        ("林", "林", False), ("Wang Fang", "Yang Fang", False), ("Zhang Fang", "Zhang Yang", False),
    ],
)  # fmt: skip
def test_names_are_alike_but_for_order_case_and_a_slip(one: str, other: str, same: bool) -> None:
    assert prints.alike(one, other) is same
