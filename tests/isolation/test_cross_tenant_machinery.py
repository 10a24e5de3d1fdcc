"""What works without a browser keeps to its store as well: webhooks, jobs, nudges, pictures, memory shared by all."""

from __future__ import annotations

import ast
import asyncio
import inspect
from contextlib import suppress
from typing import Any

import msgspec
import pytest

import tenants
from app.kernel.clock import now
from app.kernel.events import publish
from app.kernel.ids import new_id
from infra import crypto, redis
from infra.carrier.kuaidi100 import push_form
from infra.settings import settings
from infra.signatures import sign_notice
from tests.architecture.sources import modules, place
from tests.builders_running import listened_to
from tests.isolation import candidates, people, probe
from tests.isolation.asking import Answer, Question, ask
from tests.isolation.conftest import Both
from tests.isolation.snapshots import changed, snapshot
from tests.isolation.words import Filled
from workers.context import JobContext
from workers.registry import HANDLERS

# Keys all stores share on purpose; every entry in them names its store.
SHARED_KEYS = {"clicks", "clicks:dead", "outbox:hints", "outbox:memory"}


def _notice(about: Filled, signed_by: Filled, merchant: Filled) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """A believable "paid" for the payment of `about`, signed with the provider secret of `signed_by`."""
    account = merchant.rows["payment_account"]["merchant_id"]
    state = {
        "number": about.rows["payment"]["number"], "provider_ref": "r", "status": "captured", "amount": 1000,
        "currency": "CNY",
    }  # fmt: skip
    event, moment = f"e-{new_id()}", now()
    body = msgspec.json.encode(
        {
            "event_id": event,
            "merchant_id": account,
            "kind": "payment",
            "happened_at": int(moment.timestamp()),
            "payment": state,
        }
    )
    sealed = signed_by.rows["payment_account"]["secret_sealed"]
    secret = crypto.open_sealed(sealed, tenant_id=signed_by.tenant.id, purpose="payments")
    return body, tuple(sign_notice(secret, event_id=event, body=body, now=moment).items())


async def _post(app: Any, kind: str, store: Filled, body: bytes, headers: tuple[tuple[str, str], ...]) -> Answer:
    path = f"/webhooks/{kind}/{candidates.secrets_of(store)[kind]}"
    return await ask(app, Question((settings().authority("admin"),), "POST", path, body=body, headers=headers))


async def test_a_notice_signed_for_one_store_is_not_believed_at_another(app: Any, stores: Both) -> None:
    ours, theirs = stores
    before = await snapshot(theirs.tenant)
    body, headers = _notice(about=theirs, signed_by=ours, merchant=ours)

    answer = await _post(app, "payments", theirs, body, headers)

    assert answer.status == 401
    assert changed(before, await snapshot(theirs.tenant)) == []


async def test_our_provider_cannot_settle_their_payment(app: Any, stores: Both) -> None:
    """Rightly signed and rightly addressed, but the number is of another store: put aside, for our own people."""
    ours, theirs = stores
    theirs_before, ours_before = await snapshot(theirs.tenant), await snapshot(ours.tenant)
    theirs.rows["payment"]["number"], number = f"P-of-theirs-{theirs.tag}", theirs.rows["payment"]["number"]
    body, headers = _notice(about=theirs, signed_by=ours, merchant=ours)
    theirs.rows["payment"]["number"] = number

    answer = await _post(app, "payments", ours, body, headers)

    assert answer.status == 200
    assert changed(theirs_before, await snapshot(theirs.tenant)) == []
    assert changed(ours_before, await snapshot(ours.tenant)) == ["ticket", "webhook_event"]


async def test_our_carrier_cannot_move_their_parcel(app: Any, stores: Both) -> None:
    ours, theirs = stores
    before = await snapshot(theirs.tenant)
    salt = crypto.open_sealed(
        ours.rows["warehouse"]["carrier_salt_sealed"], tenant_id=ours.tenant.id, purpose="carrier"
    )
    number = theirs.rows["fulfillment"]["tracking_number"]
    told = {"status": "shutdown", "lastResult": {"state": "3", "com": "shunfeng", "nu": number, "data": []}}

    for store in (ours, theirs):
        await _post(app, "carrier", store, push_form(msgspec.json.encode(told).decode(), salt.decode()), ())

    assert changed(before, await snapshot(theirs.tenant)) == []


@pytest.mark.parametrize("kind", sorted(HANDLERS))
async def test_a_job_of_ours_that_names_what_is_theirs_changes_nothing_there(stores: Both, kind: str) -> None:
    ours, theirs = stores
    known, before = candidates.of_store(theirs), await snapshot(theirs.tenant)
    names = [name for name in inspect.signature(HANDLERS[kind]).parameters if name not in ("context", "ctx")]
    payload: dict[str, Any] = {name: known[name][0] for name in names if name in known}
    payload |= {name: False for name in names if name not in known}

    with tenants.bind(ours.tenant), suppress(Exception):
        await HANDLERS[kind](JobContext(new_id(), kind, 1, 3), **payload)

    assert changed(before, await snapshot(theirs.tenant)) == []


async def test_a_nudge_for_their_board_does_not_reach_ours(app: Any, stores: Both) -> None:
    """The same promoter id in another store's channel is another channel."""
    ours, theirs = stores
    person = await people.signed_in("portal", ours)
    question = Question((settings().authority("host"),), "GET", "/board/stream", person=person)
    promoter = ours.rows["promoter"]["id"]

    watching = asyncio.create_task(ask(app, question))
    await listened_to(f"board:{ours.tenant.id}:{promoter}")
    await publish(f"board:{theirs.tenant.id}:{promoter}", "order")
    quiet = await watching

    assert quiet.status == 200
    assert "changed" not in quiet.body
    watching = asyncio.create_task(ask(app, question))
    await listened_to(f"board:{ours.tenant.id}:{promoter}")
    await publish(f"board:{ours.tenant.id}:{promoter}", "order")
    assert "changed" in (await watching).body


async def test_pictures_are_public_by_an_address_nobody_can_guess(app: Any, stores: Both) -> None:
    """Decided: a picture is named by the hash of its bytes; who has the name may look, on any host."""
    ours, theirs = stores
    host = settings().authority(ours.tenant.slug)

    known = await ask(app, Question((host,), "GET", f"/media/{theirs.picture}"))
    guessed = await ask(
        app, Question((host,), "GET", f"/media/{theirs.picture.replace(theirs.picture[41:105], '0' * 64)}")
    )
    climbing = await ask(app, Question((host,), "GET", f"/media/t/{theirs.tenant.id}/../../secret.key"))
    listed = await ask(app, Question((host,), "GET", f"/media/t/{theirs.tenant.id}/"))

    assert known.status == 200
    assert [guessed.status, climbing.status, listed.status] == [404, 404, 404]
    assert "no-cache" not in known.headers
    assert not any(word in known.text for word in probe.words_of(theirs))


async def test_whatever_the_shared_memory_keeps_names_its_store_and_holds_no_word(
    app: Any, remembered_before: frozenset[str], stores: Both
) -> None:
    """Valkey holds hints and limits; neither a page nor a row of anybody."""
    strange = []
    async for raw in redis.client().scan_iter():
        key = raw.decode()
        if key in remembered_before | SHARED_KEYS or key.startswith(("limit:", "arq:")):
            continue  # arq's own keys: a bell holds the ids of a store and a row, shown by the unit tests of the relay
        if not any(str(store.tenant.id) in key for store in stores):
            strange.append(key)
        assert not any(word in key for store in stores for word in probe.words_of(store))

    assert strange == []


def test_every_channel_is_named_after_its_store() -> None:
    nameless = []
    for path in modules("app", "tenants", "workers"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _called(node) in ("publish", "subscribe") and node.args:
                channel = ast.unparse(node.args[0])
                if not any(word in channel for word in ("tenant", "channel", "CHANNEL")):
                    nameless.append(f"{place(path)}:{node.lineno} {channel}")

    assert nameless == []


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
