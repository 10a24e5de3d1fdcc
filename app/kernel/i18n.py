"""Languages: which one the reader gets, and every text in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from jinja2 import Environment

from app.kernel.errors import InvalidInput, Refusal

LOCALES = ("zh-Hans", "zh-Hant", "en")
LOCALE_NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
LOCALE_DIRECTORY = Path(__file__).resolve().parent.parent / "locale"
HANT_REGIONS = {"tw", "hk", "mo", "hant"}

current_locale: ContextVar[str] = ContextVar("current_locale", default="zh-Hans")

Texts = Mapping[tuple[str | None, str], str | tuple[str, ...]]


@cache
def texts(locale: str) -> Texts:
    """Every `*.po` file of one locale, merged. English is what the code itself says."""
    found: dict[tuple[str | None, str], str | tuple[str, ...]] = {}
    for path in sorted((LOCALE_DIRECTORY / locale.replace("-", "_")).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                if key and message.string and not message.fuzzy:
                    found[message.context, str(key)] = _form(message.string)
    return found


def _form(string: Any) -> str | tuple[str, ...]:
    return string if isinstance(string, str) else tuple(string)


def _look_up(context: str | None, message: str) -> str | None:
    found = texts(current_locale.get()).get((context, message))
    return found[0] if isinstance(found, tuple) else found


def gettext(message: str, /, **details: Any) -> str:
    """The text in the reader's language. With details its `%(name)s` places are filled; without, it is left alone."""
    text = _look_up(None, message) or message
    return text % details if details else text


def pgettext(context: str, message: str, /, **details: Any) -> str:
    text = _look_up(context, message) or message
    return text % details if details else text


def ngettext(singular: str, plural: str, number: int, /, **details: Any) -> str:
    """Chinese has one form; English chooses between its two."""
    text = _look_up(None, singular) or (singular if number == 1 else plural)
    return text % details if details else text


def npgettext(context: str, singular: str, plural: str, number: int, /, **details: Any) -> str:
    text = _look_up(context, singular) or (singular if number == 1 else plural)
    return text % details if details else text


_ = gettext


def N_(message: str) -> str:  # noqa: N802 - the name every extraction tool knows
    """Marks a text that is translated later, where it is shown: labels of states, kinds, roles."""
    return message


def translate_refusal(refusal: Refusal) -> str:
    """The refusal's sentence for the reader, its details filled in."""
    text = gettext(refusal.message)
    return text % refusal.details if refusal.details and "%(" in text else text.replace("%%", "%")


def translate_fields(refusal: InvalidInput) -> dict[str, str]:
    """Field name to the sentence shown under it."""
    return {name: gettext(message) for name, message in refusal.fields.items()}


def translate_errors(refusal: Refusal, field: str) -> dict[str, str]:
    """Sentences by field of any refusal of a form; one that names no field stands beside `field`."""
    return translate_fields(refusal) if isinstance(refusal, InvalidInput) else {field: translate_refusal(refusal)}


def negotiate(cookie: str | None, accept_language: str | None, default: str) -> str:
    """What the reader chose, else the first language of the browser we speak, else the store's own."""
    if cookie in LOCALES:
        return cookie
    for tag in _by_preference(accept_language or ""):
        if (locale := _closest(tag)) is not None:
            return locale
    return default if default in LOCALES else LOCALES[0]


def _by_preference(header: str) -> Iterable[str]:
    choices: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _sep, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            choices.append((-weight, place, tag.lower()))
    return [tag for _weight, _place, tag in sorted(choices)]


def _closest(tag: str) -> str | None:
    parts = tag.split("-")
    if parts[0] == "zh":
        return "zh-Hant" if HANT_REGIONS.intersection(parts[1:]) and "hans" not in parts else "zh-Hans"
    return "en" if parts[0] == "en" else None


def install(environment: Environment) -> None:
    """Teach a template environment `{% trans %}`, `_()`, `ngettext()`. A percent sign in `_("...")` is written `%%`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined] # the extension adds it to the environment
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
