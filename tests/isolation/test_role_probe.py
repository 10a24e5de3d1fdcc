"""Every role asks every operation of its face: who is not in the matrix is refused, by the running application."""

from __future__ import annotations

from typing import Any

import pytest

from app.identity.permissions import MERCHANT_ROLES, STAFF_ROLES
from tests.architecture import role_matrix
from tests.architecture.route_table import operations
from tests.isolation import people, probe
from tests.isolation.asking import ask
from tests.isolation.conftest import Both
from tests.isolation.snapshots import changed, snapshot

ROLES = [("backoffice", role) for role in MERCHANT_ROLES] + [("console", role) for role in STAFF_ROLES]


@pytest.mark.parametrize(("face", "role"), ROLES)
async def test_a_role_without_the_permission_is_refused_and_changes_nothing(
    app: Any, stores: Both, face: str, role: str
) -> None:
    ours = stores[0]
    subject = await (people.hire(ours, role) if face == "backoffice" else people.staff_member(role))
    before, wrong = await snapshot(ours.tenant), []
    for operation in operations():
        if operation.face != face or role in role_matrix.let_in(operation):
            continue
        person = await people.signed_in(face, ours, subject)
        answer = await ask(app, probe.by(next(iter(probe.questions(operation, at=ours, naming=ours))), person))
        if answer.status != 403:
            wrong.append(f"{operation.name} -> {answer.status}")

    assert wrong == []
    assert changed(before, await snapshot(ours.tenant)) == []


@pytest.mark.parametrize("face", ["storefront", "api", "backoffice", "portal", "supply", "console"])
async def test_nobody_signed_in_is_asked_to_sign_in(app: Any, stores: Both, face: str) -> None:
    wrong = []
    for operation in operations():
        if operation.face != face or operation.permission == "public":
            continue
        answer = await ask(app, next(iter(probe.questions(operation, at=stores[0], naming=stores[0]))))
        if answer.status not in (303, 401) or ("/sign-in" not in answer.headers and answer.status == 303):
            wrong.append(f"{operation.name} -> {answer.status}")

    assert wrong == []


@pytest.mark.parametrize("face", ["storefront", "backoffice", "portal", "supply", "console"])
async def test_a_form_without_our_token_or_from_elsewhere_is_refused(app: Any, stores: Both, face: str) -> None:
    from dataclasses import replace

    ours, wrong = stores[0], []
    for operation in operations():
        if operation.face != face or operation.csrf == "-":
            continue
        subject = await people.staff_member("admin") if face == "console" else None
        person = await people.signed_in(face, ours, subject)
        question = probe.by(next(iter(probe.questions(operation, at=ours, naming=ours))), person)
        elsewhere = replace(question, headers=(("origin", "https://evil.example"),))
        answers = {"from elsewhere": await ask(app, elsewhere)}
        if operation.csrf == "session" and person:
            person.csrf = "0" * 64
            answers["with another token"] = await ask(app, question)
        wrong += [
            f"{operation.name} {how} -> {answer.status}" for how, answer in answers.items() if answer.status != 403
        ]

    assert wrong == []
