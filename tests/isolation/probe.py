"""Ask everything of one store in the name of the other, and look for words and writes that should not be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import msgspec

from infra.settings import settings
from tests.architecture.route_table import SAFE, Operation
from tests.isolation import candidates
from tests.isolation.asking import Answer, Question, ask
from tests.isolation.people import Person
from tests.isolation.words import Filled

LABELS = {"website": "", "backoffice": "admin", "portal": "host", "supply": "supply", "console": "staff"}


@dataclass(frozen=True)
class Finding:
    """Something of the other store was seen, or an answer was not the one a stranger gets."""

    what: str
    question: Question
    status: int
    where: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.question} -> {self.status} {self.where}"


def host_of(operation: Operation, store: Filled) -> str:
    if operation.face in ("storefront", "api", "anywhere"):
        return settings().authority(store.tenant.slug)
    return settings().authority(LABELS.get(operation.face, "admin"))


def questions(operation: Operation, *, at: Filled, naming: Filled) -> Iterator[Question]:
    """Every way to fill the operation's parameters with what belongs to `naming`."""
    names = [name for name, _ in operation.path_parameters]
    plain = Question((host_of(operation, at),), operation.method, operation.path)
    forms = [candidates.form(struct, naming) for struct in operation.forms]
    for values in _filled(names, naming):
        path = re.sub(r"\{(\w+):\w+\}", lambda match, values=values: values[match[1]].lstrip("/"), operation.path)  # type: ignore[misc]
        for query in _filled(operation.query_parameters, naming):
            asked = replace(plain, path=path, query=tuple(query.items()))
            if operation.method in SAFE or not forms:
                yield asked
            for form, struct in zip(forms, operation.forms, strict=True):
                yield _sent(operation, asked, form, struct, naming)
            if query:
                yield replace(asked, query=())


def _sent(
    operation: Operation, asked: Question, form: dict[str, str], struct: type[msgspec.Struct], naming: Filled
) -> Question:
    """Programs send JSON."""
    if operation.face != "api":
        return replace(asked, form=tuple(form.items()))
    return replace(asked, body=msgspec.json.encode(candidates.body(struct, naming)))


def _filled(names: list[str], store: Filled) -> list[dict[str, str]]:
    """One assignment per candidate: the first values together, the second ones together, and so on."""
    lists = [candidates.values(name, store) for name in names]
    rows = zip_longest(*lists) if lists else [()]
    return [
        {name: value if value is not None else known[0] for name, value, known in zip(names, row, lists, strict=True)}
        for row in rows
    ]


def by(question: Question, person: Person | None) -> Question:
    return replace(question, person=person)


def told(findings: list[Finding]) -> str:
    """The first of them, one per line; the same finding of several questions once."""
    lines = list(dict.fromkeys(str(finding) for finding in findings))
    return "\n".join(lines[:60]) + f"\n{len(lines)} in all"


def everything_of(store: Filled) -> set[str]:
    return words_of(store) | ids_of(store)


def words_of(store: Filled) -> set[str]:
    return {store.open_word, store.secret_word}


def ids_of(store: Filled) -> set[str]:
    """Ids nobody outside may learn."""
    return {str(value) for row in store.rows.values() for value in list(row.values())[:1] if len(str(value)) == 36}


async def look(app: Any, question: Question, *, forbidden: set[str]) -> tuple[Answer, list[Finding]]:
    """Ask, and report every forbidden word the question did not say itself, and every defect."""
    answer = await ask(app, question)
    said, text = str(question), answer.text
    found = [
        Finding(f"says {word}", question, answer.status, _around(word, text))
        for word in sorted(forbidden)
        if word in text and word not in said
    ]
    if (answer.status >= 500 and answer.status != 503) or not answer.status:
        found.append(Finding("fails", question, answer.status, answer.body[:200] if not answer.headers else ""))
    return answer, found


def _around(word: str, text: str) -> str:
    """The place it stands at; the word is followed by the name of its column."""
    at = text.index(word)
    return repr(text[max(0, at - 30) : at + len(word) + 30])


def names_a_row(operation: Operation) -> bool:
    """Whether the path itself names something of a store."""
    return any(name not in candidates.NEUTRAL for name, _ in operation.path_parameters)
