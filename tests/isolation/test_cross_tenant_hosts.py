"""The host name alone says which store is asked, however it is written; a cookie opens its own host only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from infra.settings import settings
from tests.architecture.route_table import Operation
from tests.isolation import people, probe
from tests.isolation.asking import Question, ask
from tests.isolation.conftest import Both
from tests.isolation.probe import Finding
from tests.isolation.snapshots import changed, snapshot
from tests.isolation.test_cross_tenant_probe import of

FORWARDED = ("x-forwarded-host", "x-host", "x-original-host", "x-forwarded-server", "forwarded", "x-http-host-override")


def _ways_to_be_confused(question: Question, theirs: str) -> list[Question]:
    """The same question, saying beside our host that theirs is meant."""
    ours = question.hosts[0]
    told = tuple((name, f"host={theirs}" if name == "forwarded" else theirs) for name in FORWARDED)
    return [
        replace(question, headers=told),
        replace(question, headers=(("x-original-url", f"http://{theirs}/"), ("x-rewrite-url", f"http://{theirs}/"))),
        replace(question, hosts=(ours.upper(),)),
        replace(question, hosts=(ours.replace(":", ".:"),)),
        replace(question, hosts=(ours.partition(":")[0],)),
        replace(question, hosts=(f"{ours.partition(':')[0]}:1",)),
        replace(question, hosts=(ours, theirs)),
        replace(question, hosts=(theirs, ours)),
        replace(question, hosts=(f"{ours},{theirs}",)),
        replace(question, hosts=("127.0.0.1",)),
        replace(question, hosts=("[::1]",)),
        replace(question, hosts=("xn--fiq228c.localhost",)),
    ]


@pytest.mark.parametrize("face", ["storefront", "backoffice", "portal", "supply"])
async def test_no_spelling_of_our_host_leads_to_their_store(app: Any, stores: Both, face: str) -> None:
    ours, theirs = stores
    there, findings = settings().authority(theirs.tenant.slug), []
    before = await snapshot(theirs.tenant)
    for operation in of(face, safe=True):
        person = await people.signed_in(face, ours)
        question = next(iter(probe.questions(operation, at=ours, naming=theirs)))
        for asked in _ways_to_be_confused(probe.by(question, person), there):
            findings += (await probe.look(app, asked, forbidden=probe.everything_of(theirs)))[1]

    assert not findings, probe.told(findings)
    assert changed(before, await snapshot(theirs.tenant)) == []


async def test_our_shoppers_cookie_opens_nothing_on_their_host(app: Any, stores: Both) -> None:
    """There we see what everybody sees: nothing hidden of theirs, and nothing at all of ours."""
    ours, theirs = stores
    forbidden = {theirs.secret_word} | probe.words_of(ours) | probe.ids_of(ours)

    assert not (findings := await _carry(app, stores, at_theirs=True, forbidden=forbidden)), probe.told(findings)


async def test_their_shoppers_cookie_opens_nothing_on_our_host(app: Any, stores: Both) -> None:
    ours, theirs = stores
    forbidden = {ours.secret_word} | probe.everything_of(theirs)

    assert not (findings := await _carry(app, stores, at_theirs=False, forbidden=forbidden)), probe.told(findings)


async def _carry(app: Any, stores: Both, *, at_theirs: bool, forbidden: set[str]) -> list[Finding]:
    """One store's shopper cookie on the other store's host, asking for what that store has."""
    owner, host = stores if at_theirs else stores[::-1]
    findings: list[Finding] = []
    for operation in (*of("storefront", safe=True), *of("storefront", safe=False)):
        for question in probe.questions(operation, at=host, naming=host):
            person = await people.signed_in("storefront", owner)
            seen = forbidden - _opened_by_key(operation, host)
            findings += (await probe.look(app, probe.by(question, person), forbidden=seen))[1]
    return findings


def _opened_by_key(operation: Operation, host: Any) -> set[str]:
    """An order's link carries its own key, made to be opened in any browser."""
    return {host.secret_word} if operation.path.startswith("/orders/{number") else set()


@pytest.mark.parametrize("face", ["backoffice", "portal", "supply", "console"])
async def test_a_cookie_of_another_realm_signs_nobody_in(app: Any, stores: Both, face: str) -> None:
    """Every realm's token, under every realm's cookie name."""
    from app.identity.realms import BY_FACE

    ours = stores[0]
    others = [other for other in BY_FACE if other != face and other != "console"]
    let_in = []
    for operation in of(face, safe=True):
        if operation.permission == "public":
            continue
        question = next(iter(probe.questions(operation, at=ours, naming=ours)))
        for other in others:
            person = await people.signed_in(other, ours)
            assert person is not None
            person.cookie = f"{BY_FACE[face].cookie}={person.token}; {person.cookie}"
            answer = await ask(app, probe.by(question, person))
            if answer.status not in (303, 401, 404):
                let_in.append(str(Finding(f"lets in a session of {other}", question, answer.status)))

    assert let_in == []


@pytest.mark.parametrize(
    "host", ["", "nobody.localhost", "localhost.evil.example", "a.b.localhost", "admin.localhost.", "@"]
)
@pytest.mark.parametrize("path", ["/", "/@storefront/", "/@backoffice/", "/@refused/closed", "//", "/%2e%2e/"])
async def test_a_face_is_never_entered_by_its_inner_address(app: Any, stores: Both, host: str, path: str) -> None:
    answer = await ask(app, Question((host,), "GET", path))

    assert answer.status in (200, 303, 400, 404)
    assert not any(word in answer.text for store in stores for word in probe.words_of(store))
    if path.startswith("/@"):
        assert answer.status == 404


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "TRACE", "PUT", "PATCH", "DELETE", "BREW"])
async def test_an_unusual_method_is_refused_plainly(app: Any, stores: Both, method: str) -> None:
    for label in ("", "admin", "host", "staff", stores[0].tenant.slug):
        answer = await ask(app, Question((settings().authority(label),), method, "/"))

        assert answer.status in (200, 204, 400, 401, 403, 404, 405), (label, method)
