"""No request in the name of one store reads or changes another: every route, every id, every way to name a host."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from app.identity.realms import BY_FACE
from infra import redis
from infra.settings import settings
from tests.architecture.route_table import SAFE, Operation, operations
from tests.builders import open_store
from tests.isolation import candidates, people, probe
from tests.isolation.asking import Question
from tests.isolation.filling import filled
from tests.isolation.probe import Finding
from tests.isolation.snapshots import changed, snapshot
from tests.isolation.words import Filled

FACES = ("storefront", "backoffice", "portal", "console", "website", "anywhere")
# Operations that are meant to reach a store one does not belong to, and what of it they may show.
MEANT: dict[str, str] = {}
# GETs that have nothing to answer with in a store that is only full of rows, and why.
UNANSWERED: dict[str, str] = {
    "anywhere GET /@refused/{kind:str}": "the doorman's own address; nobody else can ask for it",
    "anywhere HEAD /@refused/{kind:str}": "the same",
    "anywhere GET /assets/{name:path}": "named by the hash of its content",
    "backoffice GET /enter": "needs a fresh code",
    "portal GET /enter": "needs a fresh code",
}
# Pictures are public by design: their address is the hash of what they show, and shared links are looked at by anybody.
PUBLIC_BY_KEY = "/media/{key:path}"


@pytest.fixture(scope="module")
async def stores(pools: None) -> AsyncIterator[tuple[Filled, Filled]]:
    """Ours and theirs, both full, both with people."""
    import secrets

    both = []
    for name in ("ours", "theirs"):
        store = await filled(await open_store(f"{name}-{secrets.token_hex(4)}"))
        store.merchant_login = await people.hire(store)
        await people.enlist(store)
        both.append(store)
    yield both[0], both[1]


@pytest.fixture(scope="module")
def app(database_url: str) -> Any:
    from app.main import create_app

    return create_app()


def _of(face: str, *, safe: bool) -> list[Operation]:
    return [
        operation
        for operation in operations()
        if operation.face == face and (operation.method in SAFE) is safe and operation.name not in MEANT
    ]


async def _person(operation: Operation, store: Filled) -> people.Person | None:
    return await people.signed_in(operation.face, store) if operation.face in ("storefront", "backoffice", "portal") else None


def _forbidden(store: Filled) -> set[str]:
    return probe.words_of(store) | probe.ids_of(store)


def _told(findings: list[Finding]) -> str:
    return "\n".join(str(finding) for finding in findings[:60]) + f"\n{len(findings)} in all"


def test_every_parameter_says_what_it_names(stores: tuple[Filled, Filled]) -> None:
    strange = {
        f"{name} of {operation.name}"
        for operation in operations()
        for name in candidates.unknown(
            [*(name for name, _ in operation.path_parameters), *operation.query_parameters], stores[0]
        )
    }

    assert not strange, f"{candidates.ADD_IT_HERE}: {sorted(strange)}"


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("safe", [True, False], ids=["reading", "writing"])
async def test_naming_what_is_theirs_at_our_store_answers_nothing_and_changes_nothing(
    app: Any, stores: tuple[Filled, Filled], face: str, safe: bool
) -> None:
    ours, theirs = stores
    findings: list[Finding] = []
    for operation in _of(face, safe=safe):
        before = await snapshot(theirs.tenant)
        findings += await _ask_as_stranger(app, operation, ours, theirs)
        for table in changed(before, await snapshot(theirs.tenant)):
            findings.append(Finding(f"writes {table}", Question((), operation.method, operation.path), 0))

    assert not findings, _told(findings)


async def _ask_as_stranger(app: Any, operation: Operation, ours: Filled, theirs: Filled) -> list[Finding]:
    """With our own cookie and with none: foreign ids are unknown, to whoever asks."""
    findings: list[Finding] = []
    forbidden = set() if operation.path == PUBLIC_BY_KEY else _forbidden(theirs)
    for known in (True, False):
        person = await _person(operation, ours) if known else None
        for question in probe.questions(operation, at=ours, naming=theirs, person=person):
            answer, found = await probe.look(app, question, forbidden=forbidden)
            findings += found
            if probe.names_a_row(operation) and operation.path != PUBLIC_BY_KEY and answer.status < 300:
                findings.append(Finding("lets in", question, answer.status))
            if known and person and probe.names_a_row(operation) and answer.status not in (404, 422):
                findings.append(Finding("is not unknown", question, answer.status))
    return findings


@pytest.mark.parametrize("face", FACES)
async def test_the_same_questions_about_ourselves_are_answered(
    app: Any, stores: tuple[Filled, Filled], face: str
) -> None:
    """Control: the probe asks for things that are there, so the silence above means something."""
    unanswered = []
    for operation in _of(face, safe=True):
        person = await _person(operation, stores[0])
        statuses = [
            (await probe.look(app, question, forbidden=set()))[0].status
            for question in probe.questions(operation, at=stores[0], naming=stores[0], person=person)
        ]
        if not any(status < 400 for status in statuses) and operation.name not in UNANSWERED:
            unanswered.append(f"{operation.name}: {statuses}")

    assert unanswered == []
