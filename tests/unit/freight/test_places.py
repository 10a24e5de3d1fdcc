"""Places are found as people write them."""

from __future__ import annotations

import pytest

from app.freight.places import Destination, plain, same_place


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("江苏", "江苏省"), ("臺北市", "台北市"), ("新疆", "新疆维吾尔自治区"), ("New York", "new york"),
        ("東京都", "東京"), ("広島県", "広島"), ("京都", "京都府"), ("Ｓｅｌａｎｇｏｒ", "Selangor"),
    ],
)  # fmt: skip
def test_a_place_may_be_written_with_or_without_its_kind(one: str, other: str) -> None:
    assert same_place(plain(one), plain(other))
    assert same_place(plain(other), plain(one))


@pytest.mark.parametrize(
    ("one", "other"), [("新竹市", "新竹縣"), ("江苏", "江西"), ("吉林省", "吉林市"), ("York", "New York")]
)
def test_places_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert not same_place(plain(one), plain(other))


def test_an_area_may_be_a_province_a_city_or_a_district() -> None:
    home = Destination.of({"country": "CN", "region": "江苏省", "city": "无锡市", "district": "滨湖区", "street": "1"})

    assert home.lies_in("江苏")
    assert home.lies_in("无锡")
    assert home.lies_in("滨湖区")
    assert not home.lies_in("苏州")
