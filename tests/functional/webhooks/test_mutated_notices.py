"""Changed, old, replayed and misdirected calls knock at every route for outsiders: none of them is acted on.

Some hundreds by default; `make faults` sends ten thousand (MUTATED_NOTICES).

What is rightly signed but cannot be true leaves a quarantine row and its ticket, and nothing else.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from typing import Any

import pytest

import tenants
from app import payments
from app.kernel.ids import new_id
from infra import wiring
from infra.settings import settings
from tenants import Tenant, lifecycle
from tests import invariants
from tests.builders_selling import offer, open_payment, order
from tests.contract.payment.stripe_server import StripeServer
from tests.figures import Figure
from tests.functional.conftest import Visitor
from tests.functional.webhooks import knockers
from tests.functional.webhooks.knockers import Knocker
from tests.isolation.snapshots import changed, snapshot

SECRETS = {"secret_key": "sk_test_51abcdefgh", "webhook_secret": "whsec_0123456789abcdef"}
SIZE = int(os.environ.get("MUTATED_NOTICES", "600"))
FORM = "application/x-www-form-urlencoded"
OTHERS = ("warehouse", "carrier")


def address(shop: Tenant, vendor: str) -> str:
    return f"{settings().origin()}/webhooks/payments/{vendor}/{lifecycle.webhook_secret(shop.id, 'payments')}"


async def connect_stripe() -> str:
    """Returns the marker that the store's payments carry there."""
    account = new_id()
    sealed = wiring.OF_PAYMENTS.seal(SECRETS, tenant_id=tenants.current().id, row_id=account)
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


async def _told(visitor: Visitor, knocker: Knocker, luck: random.Random) -> tuple[str, int]:
    """One spoiled call, and how it was answered: changed, at another caller's address, or under another secret."""
    target, said = knocker.target, luck.choice(knocker.target.genuine)
    kind, where = luck.choice([*target.mutations(), "elsewhere", "another secret"]), luck.choice(knocker.addresses)
    forged = said
    if kind == "elsewhere":
        where = luck.choice([each for each in _addresses() if each not in knocker.addresses])
    elif kind == "another secret":
        where = where[:-6] + f"{luck.getrandbits(24):06x}"
    while where in knocker.addresses and not target.is_forged(said, forged):
        forged = target.mutations()[kind](luck, said)
    answer = await visitor.post(where, headers={"Content-Type": FORM} | forged[0], content=forged[1])
    return kind, answer.status_code


def _addresses() -> list[str]:
    shop = tenants.current()
    return [
        *(address(shop, vendor) for vendor in ("sandbox", "stripe", "wechat", "alipay")),
        *(f"{settings().origin()}/webhooks/{kind}/{lifecycle.webhook_secret(shop.id, kind)}" for kind in OTHERS),
    ]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", knockers.EVERYBODY)
async def test_no_spoiled_call_moves_anything(shop: Tenant, visitor: Visitor, figure: Figure, name: str) -> None:
    knocker, luck = await knockers.EVERYBODY[name](shop), random.Random(20261126)
    size = -(-SIZE // len(knockers.EVERYBODY))
    before, answers = await snapshot(shop), Counter[int]()

    for _call in range(size):
        kind, status = await _told(visitor, knocker, luck)
        answers[status] += 1
        assert 400 <= status < 500, kind

    assert changed(before, await snapshot(shop)) == []
    assert set(answers) <= {400, 401, 404}
    figure(f"spoiled_calls route={name} tried={size} accepted=0 5xx=0 changed=0")


@pytest.mark.parametrize("name", [name for name in knockers.EVERYBODY if name != "carrier"])
async def test_the_same_call_unspoiled_is_heard(shop: Tenant, visitor: Visitor, name: str) -> None:
    """Or the test above would prove nothing. The carrier's needs a parcel first, and has a test of its own."""
    knocker = await knockers.EVERYBODY[name](shop)
    headers, body = knocker.target.genuine[0]
    before = await snapshot(shop)

    answer = await visitor.post(knocker.addresses[0], headers={"Content-Type": FORM} | headers, content=body)

    assert answer.status_code == 200
    assert {"orders", "outbox"} & set(changed(before, await snapshot(shop)))
    await invariants.check(shop)


async def test_what_is_told_at_the_wrong_time_or_place_is_refused(shop: Tenant, visitor: Visitor) -> None:
    theirs, marker = StripeServer(SECRETS["secret_key"], SECRETS["webhook_secret"]), await connect_stripe()
    placed = await order()
    await open_payment(placed.order_id)
    payment = await stripe_payment(placed.order_id)
    body = json.dumps(theirs.event("checkout.session.completed", session(payment, marker))).encode()
    before = await snapshot(shop)

    late = await visitor.post(address(shop, "stripe"), headers=theirs.signed(body, age=301), content=body)
    early = await visitor.post(address(shop, "stripe"), headers=theirs.signed(body, age=-301), content=body)
    misdirected = await visitor.post(address(shop, "sandbox"), headers=theirs.signed(body), content=body)

    assert (late.status_code, early.status_code, misdirected.status_code) == (401, 401, 401)
    assert changed(before, await snapshot(shop)) == []


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
