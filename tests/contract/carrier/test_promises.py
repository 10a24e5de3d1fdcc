"""Every tracking service keeps the port's promises, over a real socket and with its real signatures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from infra.carrier import codes, kdniao, kuaidi100
from infra.carrier.adapters import SERVICES
from infra.carrier.port import (
    BadSignature,
    CarrierRejected,
    CarrierTracking,
    CarrierUnavailable,
    StaleNotice,
    TrackedParcel,
)
from infra.carrier.simulator.bureau import API_KEY, BUSINESS, CUSTOMER, KEY, SECRET, Bureau, Fault
from infra.carrier.simulator.ways import GENERIC, KDNIAO, KUAIDI100, Way
from infra.http import Outside
from tests.contract.conftest import Listener
from tests.contract.payment.serving import serving

SAID: Mapping[str, Mapping[str, str]] = {
    "kuaidi100": {"customer": CUSTOMER, "key": KEY, "salt": "salt"},
    "kdniao": {"business_id": BUSINESS, "api_key": API_KEY},
    "generic": {"secret": SECRET},
}
TOLD: Mapping[str, Collection[str]] = {"kuaidi100": KUAIDI100, "kdniao": KDNIAO, "generic": GENERIC}
MEANT = {
    "picked_up": "in_transit", "in_transit": "in_transit", "forwarded": "in_transit", "customs": "in_transit",
    "cleared": "in_transit", "out_for_delivery": "out_for_delivery", "delivered": "delivered", "exception": "exception",
    "held": "exception", "refused": "exception", "returning": "exception", "returned": "returned",
}  # fmt: skip
PARCEL = TrackedParcel("shunfeng", "SF1000000000001", "T1-1", "0000")


@pytest.fixture
async def bureau() -> AsyncIterator[Bureau]:
    made = Bureau()
    async with serving(made):
        yield made


@pytest.fixture(params=list(SERVICES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def service(name: str, bureau: Bureau, outside: Outside) -> CarrierTracking:
    return SERVICES[name].build(SAID[name], bureau.url, outside)


def on_its_way(bureau: Bureau, *steps: str) -> Way:
    way = Way(PARCEL.tracking_number)
    for step in steps:
        way.go(step)
    bureau.ways[way.number] = way
    return way


async def test_a_followed_parcel_is_told_of_as_it_moves(
    service: CarrierTracking, bureau: Bureau, listener: Listener
) -> None:
    bureau.console_url = listener.url
    on_its_way(bureau, "picked_up", "in_transit")
    await service.follow(PARCEL, listener.url)

    assert await bureau.tell(PARCEL.tracking_number) == [200]

    (heard,) = listener.received
    (notice,) = service.parse_push(heard.body, heard.headers, datetime.now(UTC))
    assert (notice.tracking_number, notice.carrier_code, notice.status) == ("SF1000000000001", "shunfeng", "in_transit")
    assert [point.happened_at.hour for point in sorted(notice.checkpoints, key=lambda each: each.happened_at)]


async def test_the_same_parcel_twice_is_one_subscription(service: CarrierTracking, bureau: Bureau) -> None:
    for _ in range(2):
        await service.follow(PARCEL, "https://shop.example/webhooks/carrier/x")

    (subscription,) = bureau.subscriptions.values()
    assert subscription.times == 2


STATES = [(name, kind) for name in SERVICES for kind in MEANT if kind in TOLD[name]]


@pytest.mark.parametrize(("name", "kind"), STATES, indirect=["name"])
async def test_every_state_has_one_of_our_words(service: CarrierTracking, bureau: Bureau, kind: str) -> None:
    on_its_way(bureau, kind)

    notice = await service.query(PARCEL)

    assert notice is not None
    assert (notice.status, notice.checkpoints[-1].status) == (MEANT[kind], MEANT[kind])


async def test_a_question_and_a_push_are_the_same_news(service: CarrierTracking, name: str, bureau: Bureau) -> None:
    way = on_its_way(bureau, "in_transit", "out_for_delivery", "delivered")
    way.expected_on = "2026-11-22"
    await service.follow(PARCEL, bureau.url)
    headers, body = bureau.push(name, way.number)

    (pushed,) = service.parse_push(body, headers, datetime.now(UTC))
    asked = await service.query(PARCEL)

    assert asked == pushed
    assert (pushed.status, pushed.happened_at) == ("delivered", way.steps[-1][0])
    assert (pushed.proof.signed_by, pushed.expected_on) == ("门卫", date(2026, 11, 22))


async def test_a_picture_of_the_delivery_comes_along(bureau: Bureau, outside: Outside) -> None:
    way = on_its_way(bureau, "delivered")
    way.picture_url = "https://pictures.example/1.jpg"

    notice = await SERVICES["generic"].build(SAID["generic"], bureau.url, outside).query(PARCEL)

    assert notice is not None
    assert notice.proof.picture_url == "https://pictures.example/1.jpg"


async def test_a_parcel_nobody_saw_yet_is_no_news(service: CarrierTracking) -> None:
    assert await service.query(PARCEL) is None


@pytest.mark.parametrize("fault", ["busy", "error", "truncated"])
async def test_an_unclear_answer_is_worth_another_try(service: CarrierTracking, bureau: Bureau, fault: Fault) -> None:
    on_its_way(bureau, "in_transit")
    bureau.faults.extend([fault, fault])

    with pytest.raises(CarrierUnavailable):
        await service.query(PARCEL)
    with pytest.raises(CarrierUnavailable):
        await service.follow(PARCEL, "https://shop.example/webhooks/carrier/x")
    assert await service.query(PARCEL)


async def test_wrong_credentials_are_refused_for_good(name: str, bureau: Bureau, outside: Outside) -> None:
    wrong = {field: value if field in ("customer", "business_id") else "wrong" for field, value in SAID[name].items()}
    stranger = SERVICES[name].build(wrong, bureau.url, outside)

    with pytest.raises(CarrierRejected):
        await stranger.query(PARCEL)
    with pytest.raises(CarrierRejected):
        await stranger.follow(PARCEL, "https://shop.example/webhooks/carrier/x")


async def test_a_push_changed_on_its_way_is_not_believed(service: CarrierTracking, name: str, bureau: Bureau) -> None:
    on_its_way(bureau, "in_transit")
    await service.follow(PARCEL, bureau.url)
    headers, body = bureau.push(name, PARCEL.tracking_number)

    for spoiled in (body.replace(b"SF1000000000001", b"SF1000000000002"), body[:-3], b"", b"\xff"):
        with pytest.raises(BadSignature):
            service.parse_push(spoiled, headers, datetime.now(UTC))


async def test_a_push_of_another_store_is_not_believed(
    service: CarrierTracking, name: str, bureau: Bureau, outside: Outside
) -> None:
    on_its_way(bureau, "in_transit")
    await service.follow(PARCEL, bureau.url)
    headers, body = bureau.push(name, PARCEL.tracking_number)
    other = SERVICES[name].build({field: f"{value}-2" for field, value in SAID[name].items()}, bureau.url, outside)

    with pytest.raises(BadSignature):
        other.parse_push(body, headers, datetime.now(UTC))


async def test_a_recording_is_told_by_its_name_or_its_age(service: CarrierTracking, name: str, bureau: Bureau) -> None:
    """Who sends no time of his own sends the same news twice, which is recorded once."""
    on_its_way(bureau, "in_transit")
    await service.follow(PARCEL, bureau.url)
    headers, body = bureau.push(name, PARCEL.tracking_number)
    later = datetime.now(UTC) + timedelta(minutes=11)

    if name == "generic":
        with pytest.raises(StaleNotice):
            service.parse_push(body, headers, later)
    else:
        (first,) = service.parse_push(body, headers, datetime.now(UTC))
        (again,) = service.parse_push(body, headers, later)
        assert first.notice_id == again.notice_id


async def test_a_carrier_we_do_not_know_is_found_by_its_number(name: str, bureau: Bureau, outside: Outside) -> None:
    service = SERVICES[name].build(SAID[name], bureau.url, outside)

    await service.follow(TrackedParcel("", "998877665544"), "https://shop.example/webhooks/carrier/x")

    assert ("998877665544" in {number for _, number in bureau.subscriptions}) is True


def test_kuaidi100_signs_as_its_own_demo_does() -> None:
    assert kuaidi100.query_signature('{"com":"yunda"}', "key", "customer") == "9503241F2A6A916F694ACD356D96DDF9"


def test_kdniao_signs_the_digest_in_letters() -> None:
    assert kdniao.signature('{"OrderCode":""}', "key") == "ZGZhNGEyMzQ5ZWVkYmM5ZDMyNGJmMGRmNmI1M2JhYzc="


@pytest.mark.parametrize(
    ("written", "code"), [("SF", "shunfeng"), ("顺丰", "shunfeng"), ("yto", "yuantong"), ("x", "x")]
)
def test_a_carrier_has_many_names(written: str, code: str) -> None:
    assert codes.ours(written) == code
