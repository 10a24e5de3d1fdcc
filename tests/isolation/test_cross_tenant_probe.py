"""No request in the name of one store reads or changes another: every route with every id, handle, number and code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from litestar import Router, get
from litestar.params import FromPath

import tenants
from tests.architecture.route_table import SAFE, Operation, operations, operations_of
from tests.isolation import candidates, people, probe
from tests.isolation.asking import Question
from tests.isolation.conftest import Both
from tests.isolation.probe import Finding
from tests.isolation.snapshots import writers

FACES = ("storefront", "api", "backoffice", "portal", "supply", "website", "anywhere")
# Meant to reach a store one does not belong to, and why that shows nothing that is not public.
MEANT: dict[str, str] = {
    "portal GET /join/{slug:str}": "an invitation to a store shows its public name to whoever is not a member yet",
    "portal POST /join/{slug:str}": "asking to join writes the one row that says so",
    "portal POST /stores": "the same, with the store's address typed in",
    "anywhere GET /media/{key:path}": "pictures are public by design: the address is the hash of what they show",
}
# GETs that have nothing to answer with in a store that is only full of rows, and why.
UNANSWERED: dict[str, str] = {
    "anywhere GET /@refused/{kind:str}": "the doorman's own address; nobody else can ask for it",
    "anywhere HEAD /@refused/{kind:str}": "the same",
    "anywhere GET /assets/{name:path}": "named by the hash of its content",
    "storefront GET /packing-sheets/{sheet_key:str}": "of a supplier who works with mails; ours is a vendor's",
    "backoffice GET /enter": "needs a fresh code",
    "backoffice GET /warehouses/authorized": "needs a vendor's signed return to a wish of this browser",
    "portal GET /enter": "needs a fresh code",
    "backoffice GET /campaigns/{campaign_id:uuid}/exports/{leader_export_id:uuid}": "of a chain; ours is a team group",
    "portal GET /chains/{campaign_id:uuid}": "of a chain; ours is a team group",
    "portal GET /chains/{campaign_id:uuid}/changes": "of a chain; ours is a team group",
    "portal GET /chains/{campaign_id:uuid}/copy": "of a chain; ours is a team group",
    "portal GET /chains/{campaign_id:uuid}/edit": "of a chain; ours is a team group",
    "portal GET /chains/{campaign_id:uuid}/exports/{leader_export_id:uuid}": "of a chain; ours is a team group",
    "backoffice GET /external-sales/files/{import_run_id:uuid}": "of orders placed elsewhere; ours is a catalog",
    "backoffice GET /external-sales/files/{import_run_id:uuid}/bad-rows.csv": "the same",
}


def of(face: str, *, safe: bool, table: tuple[Operation, ...] = ()) -> list[Operation]:
    return [
        operation
        for operation in table or operations()
        if operation.face == face and (operation.method in SAFE) is safe and operation.name not in MEANT
    ]


def test_every_parameter_says_what_it_names(stores: Both) -> None:
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
    app: Any, stores: Both, face: str, safe: bool
) -> None:
    findings = await probe_operations(app, of(face, safe=safe), stores)

    assert not findings, probe.told(findings)


async def probe_operations(app: Any, operations: list[Operation], stores: Both) -> list[Finding]:
    """With our own cookie and with none: foreign ids are unknown to whoever asks, and nothing of theirs is written."""
    findings: list[Finding] = []

    async def probed(operation: Operation) -> None:
        findings.extend(await _probe(app, operation, stores))

    for who, tables in (await writers(stores[1].tenant, operations, probed)).items():
        findings += [Finding(f"writes {table}", Question((), "", who), 0) for table in tables]
    return findings


async def _probe(app: Any, operation: Operation, stores: Both) -> list[Finding]:
    ours, theirs = stores
    findings: list[Finding] = []
    for known in (True, False):
        for question in probe.questions(operation, at=ours, naming=theirs):
            # A session of its own for each question: the one before may have signed out.
            asked = probe.by(question, await people.signed_in(operation.face, ours)) if known else question
            findings += await _ask_as_stranger(app, operation, asked, probe.everything_of(theirs))
    return findings


async def _ask_as_stranger(app: Any, operation: Operation, question: Question, forbidden: set[str]) -> list[Finding]:
    answer, findings = await probe.look(app, question, forbidden=forbidden)
    if not probe.names_a_row(operation):
        return findings
    if answer.status < 300:
        findings.append(Finding("lets in", question, answer.status))
    elif question.person and answer.status not in (404, 422, 500):
        findings.append(Finding("is not unknown", question, answer.status))
    return findings


@pytest.mark.parametrize("face", FACES)
async def test_the_same_questions_about_ourselves_are_answered(app: Any, stores: Both, face: str) -> None:
    """Control: the probe asks for things that are there, so the silence above means something."""
    unanswered = []
    for operation in of(face, safe=True):
        person = await people.signed_in(operation.face, stores[0])
        asked = probe.questions(operation, at=stores[0], naming=stores[0])
        statuses = [
            (await probe.look(app, probe.by(question, person), forbidden=set()))[0].status for question in asked
        ]
        if not any(status < 400 for status in statuses) and operation.name not in UNANSWERED:
            unanswered.append(f"{operation.name}: {statuses}")

    assert unanswered == []


async def test_looking_at_our_own_store_changes_nothing_in_it(app: Any, stores: Both) -> None:
    """A GET may be repeated, prefetched and crawled."""
    ours = stores[0]
    asked = [one for face in FACES for one in of(face, safe=True) if not one.path.startswith(("/l/", "/o/"))]
    persons = {one.name: await people.signed_in(one.face, ours) for one in asked}

    async def looked_at(operation: Operation) -> None:
        for question in probe.questions(operation, at=ours, naming=ours):
            await probe.look(app, probe.by(question, persons[operation.name]), forbidden=set())

    assert await writers(ours.tenant, asked, looked_at) == {}


async def test_a_planted_leak_is_found(stores: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: a route that trusts the id it is given, and one that writes where it should not."""
    theirs = stores[1]

    @get("/leak/{order_id:uuid}", permission="orders.read")
    async def leak(order_id: FromPath[UUID]) -> str:
        with tenants.bind(theirs.tenant):
            async with tenants.transaction():
                sql = "UPDATE orders SET note = note || '!' WHERE id::text = $1 RETURNING note"
                return str(await tenants.connection().fetchval(sql, str(order_id)))

    from app import main

    monkeypatch.setattr(main, "backoffice", Router(path="/@backoffice", route_handlers=[leak]))
    table = operations_of(main.make_litestar())
    planted = next(operation for operation in table if operation.path.startswith("/leak"))
    findings = await probe_operations(main.create_app(), [planted], stores)

    told = {finding.what for finding in findings}
    assert {f"says {theirs.secret_word}", "writes orders", "lets in"} <= told
