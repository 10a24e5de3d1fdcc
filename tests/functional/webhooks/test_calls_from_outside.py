"""A provider, a warehouse or a carrier calls: what is signed and new is acted on once, all else changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

import tenants
from app import fulfillment, orders, payments, tickets
from app.flows.plan_fulfillment import plan_fulfillment
from app.kernel.clock import now
from infra import crypto
from infra.carrier.kuaidi100 import push_form
from infra.payment.port import PaymentState
from infra.payment.sandbox_wire import Webhook
from infra.settings import settings
from infra.signatures import sign_notice
from infra.warehouse.jushuitan_wire import PUSH_SHIPMENT, beijing, signed_params
from tenants import Tenant, lifecycle
from tests import invariants, round_trips
from tests.builders_selling import captured, offer, open_payment, order, paid_order
from tests.functional.conftest import Visitor

CHECKPOINTS = [
    {"context": "已签收", "ftime": "2026-11-22 12:00:00"},
    {"context": "已揽收", "ftime": "2026-11-22 09:00:00"},
]


def address(shop: Tenant, kind: str, vendor: str = "") -> str:
    between = f"{kind}/{vendor}" if vendor else kind
    return f"{settings().origin()}/webhooks/{between}/{lifecycle.webhook_secret(shop.id, kind)}"


async def opened(column: str, table: str, purpose: str) -> bytes:
    async with tenants.transaction():
        sealed = await tenants.connection().fetchval(f"SELECT {column} FROM {table}")
    return crypto.open_sealed(sealed, tenant_id=tenants.current().id, purpose=purpose)


async def payment_notice(
    state: PaymentState, event_id: str, *, secret: bytes = b"", age: int = 0, merchant: str = ""
) -> dict[str, Any]:
    merchant = merchant or tenants.current().id.hex
    body = msgspec.json.encode(Webhook(event_id, merchant, "payment", int(now().timestamp()), payment=state))
    key = secret or await opened("secret_sealed", "payment_account", "payments")
    headers = sign_notice(key, event_id=event_id, body=body, now=now() - timedelta(seconds=age))
    return {"content": body, "headers": headers}


async def parcel_callback(reference: str, line: str, *, quantity: int = 1, number: str = "SF100") -> bytes:
    secret = (await opened("secret_sealed", "warehouse", "warehouse")).decode()
    shipment = {
        "so_id": reference, "o_id": 1, "l_id": number, "lc_id": "SF", "logistics_company": "顺丰速运",
        "send_date": beijing(now()), "is_send_all": True,
        "items": [
            {"sku_id": "S", "shop_sku_id": "S", "outer_oi_id": line, "name": "x", "qty": quantity, "amount": 1,
             "price": 1}
        ],
    }  # fmt: skip
    params = {"app_key": tenants.current().id.hex, "method": PUSH_SHIPMENT}
    return urlencode(signed_params(secret, params, [shipment], now())).encode()


async def inbox() -> list[tuple[str, str]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT source, status FROM webhook_event ORDER BY received_at")
    return [(row["source"], row["status"]) for row in rows]


async def test_a_payment_told_three_times_pays_once(shop: Tenant, visitor: Visitor) -> None:
    placed = await order()
    call = await payment_notice(captured(await open_payment(placed.order_id)), "evt-1")

    answers = [await visitor.post(address(shop, "payments"), **call) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert await inbox() == [("sandbox", "processed")]
    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).payment_status == "paid"
    await invariants.check(shop)


@pytest.mark.parametrize("flaw", [{"secret": b"somebody else's"}, {"age": 900}])
async def test_a_forged_or_old_notice_changes_nothing(shop: Tenant, visitor: Visitor, flaw: dict[str, Any]) -> None:
    placed = await order()
    call = await payment_notice(captured(await open_payment(placed.order_id)), "evt-1", **flaw)

    answer = await visitor.post(address(shop, "payments"), **call)

    assert answer.status_code == 401
    assert await inbox() == []
    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).payment_status == "unpaid"


async def test_a_secret_nobody_has_is_not_found(shop: Tenant, visitor: Visitor) -> None:
    answer = await visitor.post(f"{settings().origin()}/webhooks/payments/{'0' * 40}", content=b"{}")

    assert answer.status_code == 404


async def test_a_stores_address_is_looked_up_once_and_is_no_address_of_another_kind(shop: Tenant) -> None:
    secret = lifecycle.webhook_secret(shop.id, "warehouse")
    assert await lifecycle.find_by_webhook("warehouse", secret) == shop

    with round_trips.counted() as trips:
        again = await lifecycle.find_by_webhook("warehouse", secret)

    assert (again, trips.count) == (shop, 0)
    assert await lifecycle.find_by_webhook("carrier", secret) is None


async def test_one_stores_notice_is_refused_at_anothers_address(
    shop: Tenant, other_shop: Tenant, visitor: Visitor
) -> None:
    placed = await order()
    call = await payment_notice(captured(await open_payment(placed.order_id)), "evt-1")

    answer = await visitor.post(address(other_shop, "payments"), **call)

    assert answer.status_code == 401
    with tenants.bind(other_shop):
        assert await inbox() == []


async def test_another_amount_is_put_aside_for_a_person(shop: Tenant, visitor: Visitor) -> None:
    placed = await order()
    payment = await open_payment(placed.order_id)
    call = await payment_notice(captured(payment, amount=payment.amount - 1), "evt-1")

    answer = await visitor.post(address(shop, "payments"), **call)

    assert answer.status_code == 200
    assert await inbox() == [("sandbox", "quarantined")]


async def test_every_provider_has_an_address_of_its_own(shop: Tenant, visitor: Visitor) -> None:
    placed = await order()
    call = await payment_notice(captured(await open_payment(placed.order_id)), "evt-1")

    elsewhere = await visitor.post(address(shop, "payments", "stripe"), **call)
    old_and_new = [
        await visitor.post(where, **call) for where in (address(shop, "payments", "sandbox"), address(shop, "payments"))
    ]

    assert elsewhere.status_code == 404
    assert [answer.status_code for answer in old_and_new] == [200, 200]
    assert await inbox() == [("sandbox", "processed")]


async def test_another_merchants_money_is_put_aside_and_a_person_is_told(shop: Tenant, visitor: Visitor) -> None:
    placed = await order()
    call = await payment_notice(captured(await open_payment(placed.order_id)), "evt-1", merchant="somebody")

    answers = [await visitor.post(address(shop, "payments", "sandbox"), **call) for _copy in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert await inbox() == [("sandbox", "quarantined")]
    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).payment_status == "unpaid"
        assert await tickets.open_counts() == {"webhook.quarantined": 1}


async def test_too_long_a_notice_is_not_read(shop: Tenant, visitor: Visitor) -> None:
    answer = await visitor.post(address(shop, "payments", "sandbox"), content=b"x" * (256 * 1024 + 1))

    assert answer.status_code == 413
    assert await inbox() == []


async def test_a_parcel_told_twice_is_one_parcel(shop: Tenant, visitor: Visitor) -> None:
    placed = await paid_order(await offer())
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)

    for _ in range(2):
        callback = await parcel_callback(f"{placed.number}-1", str(line.id))
        answer = await visitor.post(address(shop, "warehouse"), content=callback)
        assert answer.json() == {"code": 0, "msg": "ok"}

    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(placed.order_id)
        assert (await orders.find(placed.order_id)).fulfillment_status == "fulfilled"
    assert parcel.carrier == "shunfeng"
    await invariants.check(shop)


async def test_a_parcel_of_an_unknown_order_is_put_aside(shop: Tenant, visitor: Visitor) -> None:
    answer = await visitor.post(address(shop, "warehouse"), content=await parcel_callback("T9-1", "no-line"))

    assert answer.status_code == 200
    assert await inbox() == [("warehouse", "quarantined")]


async def test_a_push_that_was_quicker_than_the_warehouse_is_asked_to_come_again(
    shop: Tenant, visitor: Visitor
) -> None:
    placed = await paid_order(await offer())
    await plan_fulfillment(placed.order_id)
    salt = (await opened("carrier_salt_sealed", "warehouse", "carrier")).decode()
    result = {"state": "3", "com": "shunfeng", "nu": "SF100", "data": CHECKPOINTS, "ischeck": "1"}
    push = push_form(msgspec.json.encode({"lastResult": result}).decode(), salt)

    early = await visitor.post(address(shop, "carrier"), content=push)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    await visitor.post(address(shop, "warehouse"), content=await parcel_callback(f"{placed.number}-1", str(line.id)))
    later = await visitor.post(address(shop, "carrier"), content=push)

    assert early.status_code == 404
    assert later.json()["returnCode"] == "200"
    async with tenants.transaction():
        order_ = await orders.find(placed.order_id)
        (parcel,) = await fulfillment.parcels_of(placed.order_id)
    assert (order_.status, order_.fulfillment_status, parcel.status) == ("completed", "delivered", "delivered")


async def test_no_step_of_a_hurried_parcel_gets_lost(shop: Tenant, visitor: Visitor) -> None:
    """Carriers write whole seconds, and the last push may overtake the ones before it."""
    placed = await paid_order(await offer())
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    await visitor.post(address(shop, "warehouse"), content=await parcel_callback(f"{placed.number}-1", str(line.id)))
    salt = (await opened("carrier_salt_sealed", "warehouse", "carrier")).decode()
    told = [("已签收", "3"), ("派件中", "501"), ("运输中", "0")]
    way = [{"context": text, "ftime": "2026-11-22 12:00:00", "statusCode": code} for text, code in told]

    for legs, state in ((3, "3"), (2, "5"), (1, "0")):
        result = {"state": state, "com": "shunfeng", "nu": "SF100", "data": way[-legs:]}
        push = push_form(msgspec.json.encode({"lastResult": result}).decode(), salt)
        assert (await visitor.post(address(shop, "carrier"), content=push)).status_code == 200

    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(placed.order_id)
    assert parcel.status == "delivered"
    assert [step.status for step in parcel.steps] == ["delivered", "out_for_delivery", "in_transit"]


async def test_a_suspended_store_still_hears_its_provider(shop: Tenant, visitor: Visitor) -> None:
    placed = await order()
    call = await payment_notice(captured(await open_payment(placed.order_id)), "evt-1")
    await lifecycle.change_status(shop.id, "suspended", reason="test", actor_id=shop.id, actor_name="Staff")

    answer = await visitor.post(address(shop, "payments"), **call)

    assert answer.status_code == 200
    async with tenants.transaction():
        paid = await payments.paid_payment_of(placed.order_id)
    assert paid is not None
