"""Reading a page as a browser without scripts does: its links, its words, its forms and what they hold already."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

BREAKS = frozenset(
    {"p", "div", "li", "tr", "th", "td", "dt", "dd", "h1", "h2", "h3", "section", "br", "a", "button", "span"}
)


@dataclass(slots=True)
class Form:
    """One form: where it goes, how, and the values it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    id: str = ""


class Markup(HTMLParser):
    """`forms`, `links` (address, words), and `text`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._link: tuple[str, int] | None = None
        self._form: Form | None = None
        self._outside: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self._area = ""
        self._quiet = 0
        self.feed(html)
        self._adopt()

    @property
    def text(self) -> str:
        return re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]+", " ", "".join(self._words))).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "template"):
            self._quiet += 1
        if tag in BREAKS:
            self._words.append("\n")
        if tag == "a" and "href" in found:
            self._link = (found["href"], len(self._words))
        elif tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get").lower(), id=found.get("id", ""))
            self.forms.append(self._form)
        elif tag in ("input", "select", "textarea", "button", "option"):
            self._control(tag, found)

    def _control(self, tag: str, found: dict[str, str]) -> None:
        """A control belongs to the form around it, or to the one it names; those are given back at the end."""
        if tag in ("select", "textarea", "input", "button") and found.get("form"):
            self._outside.append((tag, found))
            return
        if self._form is None:
            return
        name = found.get("name", "")
        if tag == "button" and name:
            self._form.names.add(name)
            self._form.choices.setdefault(name, []).append(found.get("value", ""))
        elif tag == "select":
            self._select = name
            self._form.names.add(name)
        elif tag == "textarea":
            self._area = name
            self._form.names.add(name)
            self._form.fields[name] = ""
        elif tag == "option" and self._select:
            value = found.get("value", "")
            self._form.choices.setdefault(self._select, []).append(value)
            if "selected" in found or self._select not in self._form.fields:
                self._form.fields[self._select] = value
        elif tag == "input" and name:
            _take_input(self._form, name, found)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "template"):
            self._quiet = max(0, self._quiet - 1)
        if tag == "a" and self._link:
            href, start = self._link
            self.links.append((href, " ".join("".join(self._words[start:]).split())))
            self._link = None
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data
        if not self._quiet:
            self._words.append(data)

    def _adopt(self) -> None:
        for tag, found in self._outside:
            for form in self.forms:
                name = found.get("name", "")
                if form.id and form.id == found["form"] and name:
                    if tag == "input":
                        _take_input(form, name, found)
                    else:
                        form.names.add(name)


def _take_input(form: Form, name: str, found: dict[str, str]) -> None:
    kind = found.get("type", "text")
    if kind in ("submit", "button", "image", "reset") or "disabled" in found:
        return
    form.names.add(name)
    if kind == "file":
        form.files.add(name)
    elif kind in ("radio", "checkbox"):
        form.choices.setdefault(name, []).append(found.get("value", "on"))
        if "checked" in found:
            form.fields[name] = found.get("value", "on")
    else:
        form.fields[name] = found.get("value", "")
