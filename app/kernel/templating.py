"""One place that prepares a Jinja environment, for the application and for the component gallery alike."""

from __future__ import annotations

import datetime as calendar
from datetime import datetime, tzinfo
from typing import Any

import jinja2
from jinja2.runtime import Context

from app.kernel import charts, formats, i18n
from app.kernel.assets import assets
from app.kernel.clock import now


def install(env: jinja2.Environment) -> None:
    """Languages, formats, charts and asset addresses. What belongs to one request is added by whoever renders."""
    env.autoescape = True
    env.trim_blocks = True
    env.lstrip_blocks = True
    i18n.install(env)
    env.globals.update(
        asset=lambda name: assets().url(name),
        charts=charts,
        idempotency_key=str,  # no key; the application gives its forms real ones
        LOCALES=i18n.LOCALES,
        LOCALE_NAMES=i18n.LOCALE_NAMES,
        now=now,
    )
    env.filters.update(
        money=money,
        price_parts=formats.price_parts,
        big_money=big_money,
        big=lambda value: formats.big(value, _locale()),
        number=formats.number,
        date=date,
        time=time,
        datetime=date_time,
        relative=relative,
        duration=lambda seconds: formats.duration(int(seconds), _locale()),
        rate=formats.rate,
        points=lambda bps: formats.points(bps, _locale()),
        epoch=lambda moment: int(moment.timestamp()),
        initial=initial,
        hue=hue,
        mask=mask,
    )


def _locale() -> str:
    return i18n.current_locale.get()


def _zone(context: Context, zone: str | None) -> tzinfo:
    """Times are written in the store's time zone unless the template names another one."""
    store = context.get("store")
    return formats.zone_of(zone or getattr(store, "time_zone", None) or context.get("time_zone"))


def money(amount: int, currency: str, trim: bool = False) -> str:
    return formats.money(amount, currency, trim=trim)


def big_money(amount: int, currency: str) -> str:
    return formats.big_money(amount, currency, _locale())


@jinja2.pass_context
def date(context: Context, moment: datetime | calendar.date, weekday: bool = False, zone: str | None = None) -> str:
    return formats.date(moment, _locale(), _zone(context, zone), weekday=weekday)


@jinja2.pass_context
def time(context: Context, moment: datetime, seconds: bool = False, zone: str | None = None) -> str:
    return formats.time(moment, _zone(context, zone), seconds=seconds)


@jinja2.pass_context
def date_time(context: Context, moment: datetime, zone: str | None = None) -> str:
    return formats.date_time(moment, _locale(), _zone(context, zone))


@jinja2.pass_context
def relative(context: Context, moment: datetime, zone: str | None = None) -> str:
    return formats.relative(moment, _locale(), _zone(context, zone))


def initial(name: str | None) -> str:
    """The letter on an avatar: of a Chinese name its first character, which is the family name on every list here."""
    return (name or "?").strip()[:1].upper() or "?"


def hue(name: str | None) -> int:
    """One of six avatar colours, always the same for the same name."""
    return sum((name or "").encode()) % 6 + 1


def mask(name: Any) -> str:
    """A name in a public feed: `周**`."""
    return formats.mask_name(str(name or ""))
