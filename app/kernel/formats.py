"""How numbers, money, dates and rates are written for readers of each locale."""

from __future__ import annotations

import datetime as calendar
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from app.kernel.clock import now
from app.kernel.money import CURRENCIES

WEEKDAYS = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LARGE_UNITS = {"zh-Hans": ((10**8, " 亿"), (10**4, " 万")), "zh-Hant": ((10**8, " 億"), (10**4, " 萬"))}
LARGE_UNITS_EN = ((10**9, "B"), (10**6, "M"), (10**4, "K"))
RELATIVE = {
    "zh-Hans": ("刚刚", "{} 秒前", "{} 分钟前", "{} 小时前", "{} 秒后", "{} 分钟后", "{} 小时后"),
    "zh-Hant": ("剛剛", "{} 秒前", "{} 分鐘前", "{} 小時前", "{} 秒後", "{} 分鐘後", "{} 小時後"),
    "en": ("just now", "{} s ago", "{} min ago", "{} h ago", "in {} s", "in {} min", "in {} h"),
}
SPANS = {
    "zh-Hans": ("{} 秒", "{} 分", "{} 小时", "{} 天"),
    "zh-Hant": ("{} 秒", "{} 分", "{} 小時", "{} 天"),
    "en": ("{} s", "{} min", "{} h", "{} d"),
}
# Set beside the locale when a request finds its store; macros have no other way to know it.
current_zone: ContextVar[str] = ContextVar("current_zone", default="UTC")
POINTS = {"zh-Hans": " 点", "zh-Hant": " 個百分點", "en": " pts"}


@dataclass(frozen=True, slots=True)
class PriceParts:
    """A price in the pieces the page prints at different sizes: `¥`, `43`, `.9`."""

    sign: str
    symbol: str
    whole: str
    fraction: str


def price_parts(amount: int, currency: str, *, trim: bool = True) -> PriceParts:
    """`trim` drops zeros at the end, as shop windows do; settlements never do."""
    known = CURRENCIES[currency]
    whole, part = divmod(abs(amount), 10**known.exponent)
    digits = str(part).rjust(known.exponent, "0") if known.exponent else ""
    if not part and not known.shown:
        digits = ""
    if trim:
        digits = digits.rstrip("0")
    return PriceParts("-" if amount < 0 else "", known.symbol, f"{whole:,}", f".{digits}" if digits else "")


def money(amount: int, currency: str, *, trim: bool = False) -> str:
    """`¥1,234.50`, `NT$1,280`. The symbol follows the currency, never the reader."""
    parts = price_parts(amount, currency, trim=trim)
    return f"{parts.sign}{parts.symbol}{parts.whole}{parts.fraction}"


def number(value: int) -> str:
    return f"{value:,}"


def big(value: float, locale: str) -> str:
    """Large counts to read at a glance: `3,842 万`, `38.4M`. Below ten thousand every digit is shown."""
    for size, unit in LARGE_UNITS.get(locale, LARGE_UNITS_EN):
        if abs(value) >= size:
            scaled = value / size
            digits = 0 if locale.startswith("zh") and abs(scaled) >= 100 else 1
            text = f"{scaled:,.{digits}f}"
            return (text.removesuffix(".0") if digits else text) + unit
    return f"{value:,.0f}"


def big_money(amount: int, currency: str, locale: str) -> str:
    """`¥3,842 万`, `¥38.4M`: for headlines, never for settlements."""
    known = CURRENCIES[currency]
    sign = "-" if amount < 0 else ""
    return f"{sign}{known.symbol}{big(abs(amount) / 10**known.exponent, locale)}"


def date(
    moment: datetime | calendar.date, locale: str, zone: tzinfo, *, weekday: bool = False, year: bool | None = None
) -> str:
    """`11 月 21 日 星期六`, `Sat, 21 Nov`. The year is named when it is not this one."""
    day = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    with_year = day.year != now().astimezone(zone).year
    if locale.startswith("zh"):
        text = f"{day.year} 年 " * with_year + f"{day.month} 月 {day.day} 日"
        return f"{text} {WEEKDAYS['zh'][day.weekday()]}" if weekday else text
    text = f"{day.day} {MONTHS[day.month - 1]}" + f" {day.year}" * with_year
    return f"{WEEKDAYS['en'][day.weekday()]}, {text}" if weekday else text


def short_date(day: calendar.date, locale: str) -> str:
    """Below a chart, where there is little room: `11/21`, `21 Nov`."""
    return f"{day.month}/{day.day}" if locale.startswith("zh") else f"{day.day} {MONTHS[day.month - 1]}"


def time(moment: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    return moment.astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def date_time(moment: datetime, locale: str, zone: tzinfo) -> str:
    return f"{date(moment, locale, zone)} {time(moment, zone)}"


def relative(moment: datetime, locale: str, zone: tzinfo, at: datetime | None = None) -> str:
    """`3 分钟前`, `in 2 h`; a day or more away is a date."""
    away = moment - (at or now())
    seconds = round(abs(away.total_seconds()))
    if seconds >= timedelta(days=1).total_seconds():
        return date_time(moment, locale, zone)
    words = RELATIVE.get(locale, RELATIVE["en"])
    if seconds < 5:
        return words[0]
    size, step = (seconds, 0) if seconds < 60 else (seconds // 60, 1) if seconds < 3600 else (seconds // 3600, 2)
    return words[1 + step + (3 if away > timedelta(0) else 0)].format(size)


def duration(seconds: int, locale: str) -> str:
    """The two largest units of a span: `3 小时 12 分`, `1 h 20 min`."""
    words = SPANS.get(locale, SPANS["en"])
    sizes = (seconds % 60, seconds // 60 % 60, seconds // 3600 % 24, seconds // 86400)
    named = [words[step].format(size) for step, size in reversed(list(enumerate(sizes))) if size]
    return " ".join(named[:2]) or words[0].format(0)


def rate(bps: int, digits: int | None = None) -> str:
    """Basis points as percent. Without `digits` only what is needed: `8%`, `17.6%`, `0.25%`."""
    if digits is not None:
        return f"{bps / 100:.{digits}f}%"
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".") + "%"


def points(bps: int, locale: str) -> str:
    """The distance between two rates: `1.9 点`, `1.9 pts`."""
    return f"{abs(bps) / 100:.1f}{POINTS.get(locale, POINTS['en'])}"


def zone_of(name: str | None) -> ZoneInfo:
    """The named time zone, else the one of the store being looked at."""
    return ZoneInfo(name or current_zone.get())


def mask_name(name: str) -> str:
    """A name as strangers may read it: `周**`."""
    return f"{name.strip()[:1].upper() or '?'}**"
