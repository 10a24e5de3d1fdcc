"""WeChat is told which parcels of a payment left: once, whole or in parts, corrected once, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.tell_wechat import tell_wechat
from app.kernel.ids import new_id
from infra import wiring
from infra.http import trusted_client
from infra.payment import wechat_shipping
from infra.payment.port import PaymentState
from infra.payment.wechat_answers import BUSY, REASONS
from infra.payment.wechat_shipping import WeChatShipping
from tenants import Tenant
from tests.builders_parcels import ship
from tests.builders_selling import offer, paid_order
from tests.contract.carrier.wechat_desk import APP_ID, OPENID, SECRET, WeChatDesk
from tests.contract.payment.serving import serving


@pytest.fixture
async def desk() -> AsyncIterator[WeChatDesk]:
    wechat_shipping._tokens.clear()
    made = WeChatDesk()
    async with serving(made):
        yield made


@pytest.fixture
async def service(shop: Tenant, desk: WeChatDesk) -> AsyncIterator[WeChatShipping]:
    async with trusted_client() as client:
        yield WeChatShipping(APP_ID, SECRET, desk.url, client)


async def asked(number: str) -> PaymentState:
    """What WeChat says of a payment when asked."""
    return PaymentState(number, f"4200{number}", "captured", 1, "CNY", payer_id=OPENID)


async def paid_by_wechat(*, quantity: int = 3) -> tuple[UUID, str]:
    """The order and WeChat's number of its payment."""
    placed = await paid_order(await offer(title="阳山水蜜桃"), quantity=quantity)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        database = tenants.connection()
        number = await database.fetchval(
            "UPDATE payment SET provider = 'wechat' WHERE order_id = $1 RETURNING number", placed.order_id
        )
        if not await database.fetchval("SELECT 1 FROM payment_account WHERE provider = 'wechat'"):
            await _connect()
    return placed.order_id, f"4200{number}"


async def _connect() -> None:
    """A second account beside the sandbox, as far as telling needs it."""
    account = new_id()
    sealed = wiring.OF_PAYMENTS.seal({}, tenant_id=tenants.current().id, row_id=account)
    await tenants.connection().execute(
        "INSERT INTO payment_account (id, provider, merchant_id, base_url, secret_sealed, credentials_sealed,"
        " created_at) SELECT $1, 'wechat', '1900000001', '', '', $2, created_at FROM payment_account LIMIT 1",
        account, sealed,
    )  # fmt: skip


async def queue() -> list[str]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT params->>'reason' AS reason FROM fulfillment_exception WHERE kind = 'platform_not_told'"
        )
    return [row["reason"] for row in rows]


async def pass_time() -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE shipping_upload SET tried_at = tried_at - interval '1 hour'")


async def test_one_parcel_is_told_whole_and_once(service: WeChatShipping, desk: WeChatDesk) -> None:
    order_id, transaction = await paid_by_wechat()
    paid = desk.pay(transaction)
    await ship(order_id)

    told = [await tell_wechat(service, asked) for _ in range(2)]

    (parcel,) = paid.parcels.values()
    assert (told, paid.complete, paid.uploads, desk.tokens) == ([1, 0], True, 1, 1)
    assert (parcel["express_company"], parcel["item_desc"]) == ("SF", "阳山水蜜桃×3")
    assert parcel["contact"] == {"receiver_contact": "138****0000"}


async def test_parcels_are_told_as_they_leave(service: WeChatShipping, desk: WeChatDesk) -> None:
    order_id, transaction = await paid_by_wechat()
    paid = desk.pay(transaction)

    await ship(order_id, "SF1000000000001", quantity=1, complete=False)
    await tell_wechat(service, asked)
    early = paid.complete
    await ship(order_id, "SF1000000000002", quantity=2)
    await tell_wechat(service, asked)

    assert (early, paid.complete, list(paid.parcels)) == (False, True, ["SF1000000000001", "SF1000000000002"])


@pytest.mark.parametrize("fault", ["busy", "error", "lost"])
async def test_without_an_answer_it_is_told_again(service: WeChatShipping, desk: WeChatDesk, fault: str) -> None:
    order_id, transaction = await paid_by_wechat()
    paid = desk.pay(transaction)
    await ship(order_id)
    desk.faults.append(fault)

    first, at_once = await tell_wechat(service, asked), await tell_wechat(service, asked)
    await pass_time()
    later = await tell_wechat(service, asked)

    assert (first, at_once, later) == (0, 0, 1)
    assert (paid.complete, len(paid.parcels), await queue()) == (True, 1, [])


async def test_a_token_that_is_over_is_replaced(service: WeChatShipping, desk: WeChatDesk) -> None:
    order_id, transaction = await paid_by_wechat()
    desk.pay(transaction)
    await ship(order_id)
    desk.faults.append("token")

    assert await tell_wechat(service, asked) == 1
    assert desk.tokens == 2


async def test_what_was_told_whole_is_corrected_once_and_then_a_person_looks(
    service: WeChatShipping, desk: WeChatDesk
) -> None:
    order_id, transaction = await paid_by_wechat()
    paid = desk.pay(transaction)
    await ship(order_id, "SF1000000000001")
    await tell_wechat(service, asked)

    for number in ("SF1000000000002", "SF1000000000003"):
        await ship(order_id, number)
        await tell_wechat(service, asked)

    assert (paid.corrected, list(paid.parcels)) == (True, ["SF1000000000001", "SF1000000000002"])
    assert await queue() == ["corrected_once"]
    assert await tell_wechat(service, asked) == 0


async def test_a_payment_outside_the_mini_program_needs_nothing(service: WeChatShipping, desk: WeChatDesk) -> None:
    order_id, _ = await paid_by_wechat()
    await ship(order_id)

    told = [await tell_wechat(service, asked) for _ in range(2)]

    assert (told, await queue()) == ([0, 0], [])


@pytest.mark.parametrize("number", sorted(BUSY - {-1}))
async def test_a_number_that_means_later_is_told_again(service: WeChatShipping, desk: WeChatDesk, number: int) -> None:
    order_id, transaction = await paid_by_wechat()
    desk.pay(transaction)
    await ship(order_id)
    desk.faults.append(str(number))

    await tell_wechat(service, asked)
    await pass_time()

    assert (await tell_wechat(service, asked), await queue()) == (1, [])


@pytest.mark.parametrize("number", [10060004, 10060014, 10060031, 268485216])
async def test_a_no_is_for_a_person_in_words(service: WeChatShipping, desk: WeChatDesk, number: int) -> None:
    order_id, transaction = await paid_by_wechat()
    desk.pay(transaction)
    await ship(order_id)
    desk.faults.append(str(number))

    await tell_wechat(service, asked)
    await pass_time()

    assert await tell_wechat(service, asked) == 0
    (reason,) = await queue()
    assert reason == f"wechat.{REASONS[number]}: {number} no"


async def test_what_the_merchant_puts_right_at_wechat_is_told_and_closed(
    service: WeChatShipping, desk: WeChatDesk
) -> None:
    order_id, transaction = await paid_by_wechat()
    desk.pay(transaction)
    await ship(order_id)
    desk.faults.append("48001")
    await tell_wechat(service, asked)
    async with tenants.transaction():
        before = await fulfillment.exceptions_of(order_id)
    await pass_time()

    told = await tell_wechat(service, asked)

    async with tenants.transaction():
        after = await fulfillment.exceptions_of(order_id)
    assert [one.params["reason"].partition(":")[0] for one in before] == ["wechat.not_opened"]
    assert (told, after) == (1, [])


async def test_carriers_are_called_what_wechats_list_calls_them(service: WeChatShipping, desk: WeChatDesk) -> None:
    for carrier, name in (("yunda", "韵达快递"), ("annengwuliu", "安能物流")):
        order_id, transaction = await paid_by_wechat()
        desk.pay(transaction)
        await ship(order_id, f"{carrier}-1", carrier=carrier)
        async with tenants.transaction():
            await tenants.connection().execute(
                "UPDATE fulfillment SET carrier_name = $2 WHERE order_id = $1", order_id, name
            )
        await tell_wechat(service, asked)

    codes = [one["express_company"] for paid in desk.paid.values() for one in paid.parcels.values()]
    assert codes == ["YUNDA", "ANE"]
    assert desk.lists == 1


async def test_a_list_of_yesterday_is_asked_for_again_and_an_old_one_better_than_none(
    service: WeChatShipping, desk: WeChatDesk
) -> None:
    for _ in range(3):
        order_id, transaction = await paid_by_wechat()
        desk.pay(transaction)
        await ship(order_id, f"YD{transaction}", carrier="yunda")
        await tell_wechat(service, asked)
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE platform_carriers SET fetched_at = now() - interval '2 days'")
        desk.mute = desk.lists == 2

    assert desk.lists == 3
    assert {one["express_company"] for paid in desk.paid.values() for one in paid.parcels.values()} == {"YUNDA"}


async def test_a_carrier_wechat_does_not_know_is_for_a_person(service: WeChatShipping, desk: WeChatDesk) -> None:
    order_id, transaction = await paid_by_wechat()
    desk.pay(transaction)
    await ship(order_id, "X-1", carrier="my-cousin")
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment SET carrier_name = 'Cousin'")

    await tell_wechat(service, asked)

    assert len(await queue()) == 1


async def test_a_store_without_wechat_tells_nobody(shop: Tenant) -> None:
    assert await tell_wechat() == 0
