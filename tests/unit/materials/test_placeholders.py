"""Places in texts: what is checked when a text is saved, and what each promoter reads."""

from __future__ import annotations

import pytest

from app.kernel.errors import InvalidInput
from app.materials import check_words, fill_words


def test_every_place_is_filled_with_what_is_the_promoters_own() -> None:
    facts = {"name": "小雅", "price": "¥39.9", "link": "https://qinghe.example/l/abc"}

    assert fill_words("{name} 推荐，{price}：{link}", facts) == "小雅 推荐，¥39.9：https://qinghe.example/l/abc"


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill_words("{name} {price}", {"name": "{price}", "price": "¥1"}) == "{price} ¥1"


@pytest.mark.parametrize("words", ["Only {price}!", "", "no places", "{link}{code}{name}{product}{was}{store}{ends}"])
def test_known_places_may_be_written(words: str) -> None:
    check_words(words, "words_0")


@pytest.mark.parametrize(
    "words",
    [
        "{prize}",
        "{}",
        "{ price }",
        "{Price}",
        "{price",
        "price}",
        "{{price}}",
        "{name.password_hash}",
        "{0}",
        "{x!r}",
    ],
)
def test_what_could_not_be_filled_is_refused_by_its_field(words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_words(words, "words_3")

    assert list(refused.value.fields) == ["words_3"]
