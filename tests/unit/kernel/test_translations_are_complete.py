"""Every text has its Chinese, in both scripts, and the same places to fill in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract

from app.kernel.i18n import texts

ROOT = Path(__file__).resolve().parents[3]
PLACE = re.compile(r"%\((\w+)\)[sd]|%%")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
TEMPLATE_OPTIONS = {"newstyle_gettext": "true", "trimmed": "true"}


def _marked(path: Path) -> Iterator[tuple[str | None, str]]:
    """What `_()`, `N_()` and `{% trans %}` mark, with its context."""
    method = "jinja2" if path.suffix == ".html" else "python"
    with path.open("rb") as file:
        for _line, message, _comments, context in extract(method, file, KEYWORDS, options=TEMPLATE_OPTIONS):
            if message:
                yield context, message if isinstance(message, str) else message[0]


def _refused(path: Path) -> Iterator[tuple[str | None, str]]:
    """What refusals say: class attributes named `message`, and the sentences given to `InvalidInput`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
                if isinstance(target, ast.Name) and target.id == "message" and isinstance(line.value, ast.Constant):  # type: ignore[attr-defined] # only assignments have a target
                    yield None, str(line.value.value)  # type: ignore[attr-defined] # the same
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InvalidInput":
            for argument in node.args:
                if isinstance(argument, ast.Dict):
                    for value in argument.values:
                        if isinstance(value, ast.Constant):
                            yield None, str(value.value)


@cache
def messages() -> dict[tuple[str | None, str], str]:
    """Every text of the product and one place where it stands."""
    found: dict[tuple[str | None, str], str] = {}
    for room in ("app", "tenants", "workers"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".html"}:
                texts_here = [*_marked(path), *(_refused(path) if path.suffix == ".py" else ())]
                for key in texts_here:
                    found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def places(text: str) -> set[str]:
    return {match for match in PLACE.findall(text) if match}


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant"])
def test_every_text_is_translated(locale: str) -> None:
    known = texts(locale)

    missing = [
        f"{place}: {message!r}" for (context, message), place in messages().items() if (context, message) not in known
    ]

    assert not missing, f"{len(missing)} texts without {locale}:\n" + "\n".join(sorted(missing))


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant"])
def test_translations_fill_in_the_same_places(locale: str) -> None:
    wrong = []
    for (_context, message), translation in texts(locale).items():
        for form in (translation,) if isinstance(translation, str) else translation:
            # A singular may spell its number out, so the translation may name one place more.
            extra = places(form) - places(message) - {"num", "count", "n"}
            if extra or places(message) - places(form) or ("%%" in message) != ("%%" in form):
                wrong.append(f"{message!r} -> {form!r}")

    assert not wrong, "\n".join(wrong)
