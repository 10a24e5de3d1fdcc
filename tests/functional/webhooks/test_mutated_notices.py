"""Some hundreds of changed, old, replayed and misdirected notices knock at the real routes: none of them is acted on.

What is rightly signed but cannot be true leaves a quarantine row and its ticket, and nothing else.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

import tenants
from app import payments
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra import wiring
from infra.payment.sandbox_wire import Webhook
from infra.settings import settings
from infra.signatures import sign_notice
from tenants import Tenant, lifecycle
from tests import invariants
from tests.builders_selling import captured, offer, open_payment, order
from tests.contract.payment.stripe_server import StripeServer
from tests.functional.conftest import Visitor
from tests.functional.webhooks.test_calls_from_outside import opened
from tests.isolation.snapshots import changed, snapshot

Call = tuple[dict[str, str], bytes]
SECRETS = {"secret_key": "sk_test_51abcdefgh", "webhook_secret": "whsec_0123456789abcdef"}
MUTATIONS = 250


def address(shop: Tenant, vendor: str) -> str:
    return f"{settings().origin()}/webhooks/payments/{vendor}/{lifecycle.webhook_secret(shop.id, 'payments')}"


async def connect_stripe() -> str:
    """Returns the marker that the store's payments carry there."""
    account = new_id()
    sealed = wiring.seal_credentials(SECRETS, tenant_id=tenants.current().id, account_id=account)
    async with tenants.transaction():
        await payments.save_account(
            account, "stripe", merchant_id="", credentials_sealed=sealed, base_url="https://api.stripe.com", settings={}
        )
    return account.hex


async def stripe_payment(order_id: Any) -> payments.Payment:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET provider = 'stripe' WHERE order_id = $1", order_id)
        found = await payments.newest_of(order_id)
    assert found is not None
    return found


def session(payment: payments.Payment, marker: str, **facts: Any) -> dict[str, Any]:
    return {
        "id": "cs_test_1", "status": "complete", "payment_status": "paid", "amount_total": payment.amount,
        "currency": payment.currency.lower(),
        "metadata": {"tuanzhou_number": payment.number, "tuanzhou_account": marker},
    } | facts  # fmt: skip


def mutations(headers: dict[str, str], body: bytes, signature: str, luck: random.Random) -> Iterator[Call]:
    """Bytes flipped, cut, doubled and swapped in the body; characters changed in the signature."""
    for _ in range(MUTATIONS):
        at, kind = luck.randrange(len(body)), luck.randrange(5)
        if kind == 0:
            yield headers, body[:at] + bytes([body[at] ^ luck.randrange(1, 256)]) + body[at + 1 :]
        elif kind == 1:
            yield headers, body[:at] + body[at + 1 :]
        elif kind == 2:
            yield headers, body[:at] + body[at : at + 1] + body[at:]
        elif kind == 3:
            yield headers, body + b" " * luck.randrange(1, 9)
        else:
            text = headers[signature]
            place = text.rindex("=") + 1 + luck.randrange(len(text) - text.rindex("=") - 1)
            other = "0" if text[place] != "0" else "1"
            yield headers | {signature: text[:place] + other + text[place + 1 :]}, body


async def test_no_changed_notice_of_the_sandbox_is_acted_on(shop: Tenant, visitor: Visitor) -> None:
    placed = await order()
    state = captured(await open_payment(placed.order_id))
    body = msgspec.json.encode(Webhook("e-1", shop.id.hex, "payment", int(now().timestamp()), payment=state))
    key = await opened("secret_sealed", "payment_account", "payments")
    headers = sign_notice(key, event_id="e-1", body=body, now=now())
    before = await snapshot(shop)

    answers = [
        (await visitor.post(address(shop, "sandbox"), headers=h, content=b)).status_code
        for h, b in mutations(headers, body, "tz-sandbox-signature", random.Random(7))
    ]

    assert set(answers) == {401}
    assert changed(before, await snapshot(shop)) == []


async def test_no_changed_notice_of_stripe_is_acted_on(shop: Tenant, visitor: Visitor) -> None:
    theirs, marker = StripeServer(SECRETS["secret_key"], SECRETS["webhook_secret"]), await connect_stripe()
    placed = await order()
    await open_payment(placed.order_id)
    payment = await stripe_payment(placed.order_id)
    body = json.dumps(theirs.event("checkout.session.completed", session(payment, marker))).encode()
    headers = theirs.signed(body)
    before = await snapshot(shop)

    answers = [
        (await visitor.post(address(shop, "stripe"), headers=h, content=b)).status_code
        for h, b in mutations(headers, body, "stripe-signature", random.Random(7))
    ]
    late = await visitor.post(address(shop, "stripe"), headers=theirs.signed(body, age=301), content=body)
    early = await visitor.post(address(shop, "stripe"), headers=theirs.signed(body, age=-301), content=body)
    misdirected = await visitor.post(address(shop, "sandbox"), headers=headers, content=body)

    assert set(answers) == {401}
    assert (late.status_code, early.status_code, misdirected.status_code) == (401, 401, 401)
    assert changed(before, await snapshot(shop)) == []
    genuine = await visitor.post(address(shop, "stripe"), headers=headers, content=body)
    assert genuine.status_code == 200
    async with tenants.transaction():
        assert (await payments.find(payment.id)).status == "captured"
    await invariants.check(shop)


@pytest.mark.parametrize(
    ("facts", "livemode", "reason"),
    [
        ({"amount_total": 1}, False, "amount"), ({"currency": "usd"}, False, "currency"),
        ({}, True, "other_merchant"), ({"metadata": "another number"}, False, "unknown_number"),
    ],
)  # fmt: skip
async def test_what_is_rightly_signed_but_cannot_be_true_is_put_aside_once(
    shop: Tenant, visitor: Visitor, facts: dict[str, Any], livemode: bool, reason: str
) -> None:
    theirs, marker = StripeServer(SECRETS["secret_key"], SECRETS["webhook_secret"]), await connect_stripe()
    placed = await order(await offer(price=4390))
    await open_payment(placed.order_id)
    payment = await stripe_payment(placed.order_id)
    if "metadata" in facts:
        facts = {"metadata": {"tuanzhou_number": "T999-1", "tuanzhou_account": marker}}
    thing = session(payment, marker, **facts)
    body = json.dumps(theirs.event("checkout.session.completed", thing, livemode=livemode)).encode()
    before = await snapshot(shop)

    for _copy in range(3):
        answer = await visitor.post(address(shop, "stripe"), headers=theirs.signed(body), content=body)
        assert answer.status_code == 200

    assert changed(before, await snapshot(shop)) == ["ticket", "webhook_event"]
    async with tenants.transaction():
        (aside,) = (await payments.notices_aside()).items
    assert (aside.source, aside.outcome, aside.body) == ("stripe", reason, body.decode())


async def test_another_providers_word_about_a_payment_counts_for_nothing(shop: Tenant, visitor: Visitor) -> None:
    """Whoever holds the keys of one account cannot settle what another one was asked for."""
    theirs, marker = StripeServer(SECRETS["secret_key"], SECRETS["webhook_secret"]), await connect_stripe()
    placed = await order()
    payment = await open_payment(placed.order_id)  # at the sandbox
    body = json.dumps(theirs.event("checkout.session.completed", session(payment, marker))).encode()

    await visitor.post(address(shop, "stripe"), headers=theirs.signed(body), content=body)

    async with tenants.transaction():
        assert (await payments.find(payment.id)).status == "pending"
        (aside,) = (await payments.notices_aside()).items
    assert aside.outcome == "other_provider"


async def test_a_replayed_notice_moves_nothing_again(shop: Tenant, visitor: Visitor) -> None:
    theirs, marker = StripeServer(SECRETS["secret_key"], SECRETS["webhook_secret"]), await connect_stripe()
    placed = await order()
    await open_payment(placed.order_id)
    payment = await stripe_payment(placed.order_id)
    body = json.dumps(theirs.event("checkout.session.completed", session(payment, marker))).encode()
    await visitor.post(address(shop, "stripe"), headers=theirs.signed(body), content=body)
    before = await snapshot(shop)

    for _copy in range(20):
        answer = await visitor.post(address(shop, "stripe"), headers=theirs.signed(body), content=body)
        assert answer.status_code == 200

    assert changed(before, await snapshot(shop)) == []
