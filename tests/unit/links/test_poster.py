"""Share posters: the code leads to the link, and no text leaves its place."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import segno
from PIL import Image

from app.kernel.typeface import figures, words
from app.links.lines import break_lines
from app.links.poster import HEIGHT, WIDTH, Poster, draw_poster
from app.links.poster_parts import CARD
from app.links.qr import qr_modules, qr_png, qr_svg

URL = "https://qinghe.example/l/Ab3dE9xZ"
ART = Path(__file__).resolve().parents[3] / "app" / "flows" / "demo_content" / "qinghe" / "peach.webp"
LONG = "当天凌晨采摘软了再吃皮能撕下来Superlongwordwithoutanyspaces" * 6


def poster(**changed: object) -> Poster:
    given: dict[str, object] = {
        "store_name": "青禾鲜生",
        "product_title": "阳山水蜜桃 8 只装 约 2 kg",
        "price": ("¥", "39", ".9"),
        "url": URL,
        "was_price": "¥56",
        "promoter_name": "林小雅",
        "invitation": "林小雅 邀你一起团",
        "badge": "30 人成团价 · 还差 6 人",
        "deadline": "今晚 22:00 截团",
        "hint": "长按识别二维码参团",
        "stairs": ("56", "49.9", "43.9", "39.9"),
        "stair": 2,
        "picture": ART.read_bytes(),
    }
    return Poster(**(given | changed))  # type: ignore[arg-type]


def drawn(made: Poster) -> Image.Image:
    return Image.open(io.BytesIO(draw_poster(made))).convert("RGB")


@pytest.mark.parametrize("url", [URL, f"{URL}?utm_source={'x' * 120}"])
def test_the_code_on_the_poster_is_the_links_code(url: str) -> None:
    image = drawn(poster(url=url))

    expected = [[bool(module) for module in row] for row in segno.make_qr(url, error="q", boost_error=False).matrix]
    count = len(expected)
    scale = max(3, 312 // count)
    left, top = 970 - scale * count, CARD[3] - 66 - scale * count
    seen = [
        [
            sum(image.getpixel((left + x * scale + scale // 2, top + y * scale + scale // 2))) < 384  # type: ignore[arg-type]
            for x in range(count)
        ]
        for y in range(count)
    ]
    assert seen == expected


def test_a_poster_has_its_size() -> None:
    image = drawn(poster())

    assert image.size == (WIDTH, HEIGHT) == (1080, 1920)


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant", "en"])
def test_long_words_stay_inside_the_card(locale: str) -> None:
    stuffed = poster(
        locale=locale,
        product_title=LONG,
        invitation=LONG,
        tagline=LONG,
        subtitle=LONG,
        badge=LONG,
        deadline=LONG,
        hint=LONG,
        was_price="NT$123,456,789",
        price=("NT$", "9,999,999,999", ".99"),
        stairs=("123,456.78",) * 9,
    )

    image = drawn(stuffed)

    plain = drawn(poster(picture=None, stairs=(), badge="", deadline="", hint="", invitation="", promoter_name=""))
    for x in (CARD[2] - 20, CARD[0] + 20):  # The card's margins carry nothing but its own paper.
        column = {image.getpixel((x, y)) for y in range(1100, CARD[3] - 60)}
        assert column == {plain.getpixel((x, 1500))}
    assert [image.getpixel((WIDTH - 4, y)) for y in range(0, 216, 9)] == [
        plain.getpixel((WIDTH - 4, y)) for y in range(0, 216, 9)
    ]


def test_a_poster_needs_no_picture() -> None:
    assert drawn(poster(picture=None)).size == (WIDTH, HEIGHT)


def test_traditional_readers_get_their_own_glyphs() -> None:
    simplified = words(60, 400, "zh_Hans").getmask("骨直")
    traditional = words(60, 400, "zh_Hant").getmask("骨直")

    assert bytes(simplified) != bytes(traditional)


def test_figures_have_their_own_face() -> None:
    assert "Barlow" in (figures(40).getname()[0] or "")


def test_chinese_breaks_between_characters_and_never_before_a_full_stop() -> None:
    lines = break_lines("软了再吃。皮能撕下来，好。", len, 4, 9)

    assert "".join(lines) == "软了再吃。皮能撕下来，好。"
    assert all(line[0] not in "，。" for line in lines)


def test_western_words_stay_whole_and_the_rest_is_cut_with_an_ellipsis() -> None:
    assert break_lines("hand thrown cup", len, 11, 2) == ["hand thrown", "cup"]
    assert break_lines("hand thrown cup of clay", len, 11, 1) == ["hand throw…"]


@pytest.mark.parametrize("length", [10, 1_500, 2_900, 5_000, 100_000])
def test_no_address_is_too_long_for_a_code(length: int) -> None:
    url = f"https://shop.example/p?{'x' * length}"

    assert qr_modules(url)
    assert qr_png(url).startswith(b"\x89PNG")
    assert qr_svg(url).startswith("<svg")


def test_the_svg_obeys_the_content_policy() -> None:
    svg = qr_svg(URL, title="QR <code>")

    assert "style" not in svg
    assert "<script" not in svg
    assert "<title>QR &lt;code&gt;</title>" in svg
