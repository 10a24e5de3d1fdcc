"""Numbers and times are written as readers of each locale expect."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from app.kernel import formats

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "trim", "text"),
    [
        (123450, "CNY", False, "¥1,234.50"),
        (123400, "CNY", False, "¥1,234.00"),
        (4390, "CNY", True, "¥43.9"),
        (3600, "CNY", True, "¥36"),
        (128000, "TWD", False, "NT$1,280"),
        (128050, "TWD", False, "NT$1,280.50"),
        (1200, "USD", False, "US$12.00"),
        (500, "JPY", False, "JP¥500"),
        (-400, "CNY", False, "-¥4.00"),
    ],
)
def test_money_follows_its_currency(amount: int, currency: str, trim: bool, text: str) -> None:
    assert formats.money(amount, currency, trim=trim) == text


@pytest.mark.parametrize(
    ("value", "locale", "text"),
    [
        (38_420_000, "zh-Hans", "3,842 万"),
        (38_420_000, "zh-Hant", "3,842 萬"),
        (38_420_000, "en", "38.4M"),
        (15_000, "zh-Hans", "1.5 万"),
        (20_000, "zh-Hans", "2 万"),
        (1_284, "zh-Hans", "1,284"),
        (120_000_000, "zh-Hant", "1.2 億"),
    ],
)
def test_large_numbers_are_read_at_a_glance(value: int, locale: str, text: str) -> None:
    assert formats.big(value, locale) == text


@time_machine.travel(NOON)
def test_dates_name_the_year_only_when_it_is_another() -> None:
    assert formats.date(NOON, "zh-Hans", SHANGHAI, weekday=True) == "11 月 21 日 星期六"
    assert formats.date(NOON, "en", SHANGHAI, weekday=True) == "Sat, 21 Nov"
    assert formats.date(NOON.replace(year=2025), "en", SHANGHAI) == "21 Nov 2025"
    assert formats.time(NOON + timedelta(hours=8), SHANGHAI) == "20:00"


def test_days_below_a_chart_are_short() -> None:
    assert formats.short_date(NOON.date(), "zh-Hant") == "11/21"
    assert formats.short_date(NOON.date(), "en") == "21 Nov"


@pytest.mark.parametrize(
    ("away", "locale", "text"),
    [
        (timedelta(minutes=-3), "zh-Hans", "3 分钟前"),
        (timedelta(minutes=-3), "zh-Hant", "3 分鐘前"),
        (timedelta(minutes=-3), "en", "3 min ago"),
        (timedelta(hours=2), "en", "in 2 h"),
        (timedelta(seconds=-1), "en", "just now"),
    ],
)
def test_what_is_near_is_told_relatively(away: timedelta, locale: str, text: str) -> None:
    assert formats.relative(NOON + away, locale, SHANGHAI, NOON) == text


def test_rates_show_only_the_decimals_they_need() -> None:
    assert [formats.rate(bps) for bps in (800, 1760, 25)] == ["8%", "17.6%", "0.25%"]
    assert formats.rate(1600, 1) == "16.0%"
    assert [formats.points(190, locale) for locale in ("zh-Hans", "zh-Hant", "en")] == [
        "1.9 点",
        "1.9 個百分點",
        "1.9 pts",
    ]


def test_spans_name_their_two_largest_units() -> None:
    assert formats.duration(3 * 3600 + 12 * 60, "zh-Hans") == "3 小时 12 分"
    assert formats.duration(80 * 60, "en") == "1 h 20 min"
