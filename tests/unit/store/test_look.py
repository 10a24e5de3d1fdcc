"""Whatever color a merchant picks, the store can be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.colors import contrast, darkened_until, luminance, shade
from app.store.look import PRESETS, READABLE, Look, palette, review, theme_css

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
OVERRIDABLE = {
    "brand", "brand-strong", "brand-soft", "brand-line", "on-brand", "brand-text", "deal", "deal-soft", "paper",
    "sunken", "line", "r-s", "r-m", "r-l", "r-xl", "hero-a", "hero-b", "hero-glow", "hero-ink", "display",
}  # fmt: skip


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert luminance("#ff0000") == pytest.approx(0.2126)


@given(COLORS)
def test_a_color_survives_the_way_through_lightness_and_hue(color: str) -> None:
    back = shade(color).hex()

    assert all(abs(int(color[i : i + 2], 16) - int(back[i : i + 2], 16)) <= 2 for i in (1, 3, 5))


@given(COLORS, COLORS, st.sampled_from(["warm", "fresh", "linen", "plain"]), st.booleans())
def test_every_pair_of_text_and_ground_reaches_the_ratio(brand: str, accent: str, paper: str, pale: bool) -> None:
    keys = palette(Look(brand, accent=accent, paper=paper, pale_hero=pale))  # type: ignore[arg-type] # sampled from the names

    for text, grounds in {
        keys["on-brand"]: ("brand", "brand-strong"),
        keys["brand-text"]: ("paper", "brand-soft", "sunken"),
        keys["deal"]: ("paper", "deal-soft", "sunken"),
        "#ffffff": ("deal",),
        keys["hero-ink"]: ("hero-a", "hero-b"),
        "#6b645b": ("paper", "sunken"),
    }.items():
        for ground in grounds:
            assert contrast(text, keys[ground]) >= READABLE, (text, ground, keys[ground])


@given(COLORS)
def test_the_theme_file_holds_plain_values_of_the_keys_a_store_may_change(brand: str) -> None:
    css = theme_css(Look(brand))

    assert set(re.findall(r"--([a-z-]+):", css)) == OVERRIDABLE
    assert "color-mix" not in css
    assert css.count("{") == css.count("}") == 2


def test_a_readable_brand_color_stays_as_it_is() -> None:
    assert palette(PRESETS["qinghe"])["brand"] == "#14603f"
    assert not review(PRESETS["qinghe"])[0].corrected


def test_a_pale_brand_gets_dark_text_and_a_darker_twin_for_words() -> None:
    keys = palette(Look("#f3c969"))

    assert keys["on-brand"] == "#1b1916"
    assert luminance(keys["brand-text"]) < luminance(keys["brand"])
    assert review(Look("#f3c969"))[1].corrected


@pytest.mark.parametrize("color", ["red", "#12", "#14603f;}", "url(x)", ""])
def test_only_hex_colors_reach_the_style_sheet(color: str) -> None:
    with pytest.raises(ValueError, match="hex"):
        Look(color)


def test_darkening_stops_as_soon_as_it_reads() -> None:
    assert contrast(darkened_until("#ff8800", ("#ffffff",), 4.5), "#ffffff") == pytest.approx(4.5, abs=0.15)
