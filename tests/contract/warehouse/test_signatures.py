"""What warehouses and carriers tell us is believed only with the right signature, in time, and for this account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from infra.carrier.kuaidi100 import Kuaidi100, push_form
from infra.http import Outside
from infra.warehouse import qimen_wire, wangdiantong_wire
from infra.warehouse.jushuitan import Jushuitan
from infra.warehouse.jushuitan_auth import JushuitanVendor, signed
from infra.warehouse.jushuitan_wire import signature, signed_params
from infra.warehouse.port import BadSignature, StaleNotice, UntrustedNotice, WarehouseAccount
from infra.warehouse.qimen import Qimen, QimenAccount

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MINE = WarehouseAccount("app-1", "s3cret", "token", "http://simulator.invalid", 1)
PARCEL = {
    "so_id": "S1",
    "o_id": 7,
    "l_id": "SF001",
    "lc_id": "SF",
    "logistics_company": "顺丰速运",
    "send_date": "2026-11-22 08:00:00",
    "items": [{"sku_id": "TEA-1", "qty": 2, "outer_oi_id": "1"}],
}
PARAMS = signed_params("s3cret", {"app_key": "app-1", "method": "logistics.upload"}, [PARCEL], NOW)
BODY = urlencode(PARAMS).encode()
PUSH = push_form(
    msgspec.json.encode({"status": "polling", "lastResult": {"state": "0", "com": "shunfeng", "nu": "SF001"}}).decode(),
    "salt",
)

OUTSIDE = Outside()  # Parsing never calls anybody.


def parse(body: bytes, *, query: str = "", now: datetime = NOW, of: WarehouseAccount = MINE) -> int:
    return len(Jushuitan(of, OUTSIDE).parse_callback(headers={}, query=query, body=body, now=now))


def test_a_signature_is_the_secret_and_the_sorted_parameters() -> None:
    # md5("secret" + "app_key" + "k" + "biz" + "{}" + "timestamp" + "1"), computed with md5sum.
    assert signature("secret", {"timestamp": "1", "biz": "{}", "app_key": "k", "sign": "x"}) == (
        "2eafe2fde8939f18ca6559300b672de1"
    )


def test_wangdiantongs_own_example_is_signed_as_its_page_says() -> None:
    """https://open.wangdian.cn/qyb/open/guide?path=guide_signsf, with the secret 12345."""
    params = {
        "appkey": "test2-xx", "page_no": "0", "end_time": "2016-08-01 13:00:00", "start_time": "2016-08-01 12:00:00",
        "page_size": "40", "sid": "test2", "timestamp": "1470042310",
    }  # fmt: skip

    assert wangdiantong_wire.signature("12345", params) == "ad4e6fe037ea6e3ba4768317be9d1309"


def test_qimen_signs_secret_parameters_body_and_secret() -> None:
    """The text of the vendor's guide, whose secret is "test" and whose body is "body"; the sum is of `md5sum`."""
    params = {
        "method": "taobao.qimen.itemlack.report", "timestamp": "2015-04-26 00:00:07", "format": "xml", "v": "2.0",
        "app_key": "testerp_appkey", "sign_method": "md5", "customerId": "stub-cust-code", "sign": "x",
    }  # fmt: skip

    assert qimen_wire.signature("test", params, b"body") == "E4E83589F1454C1B677DDF0B59026C6A"


def test_a_line_sent_twice_under_two_references_has_two_numbers_and_is_one_line_of_ours() -> None:
    line = "0d8a4a44-6f60-4a1b-9a3c-111111111111"

    first, second = (wangdiantong_wire.oid(reference, line) for reference in ("A-1", "A-2"))

    assert first != second
    assert len(first) <= 40
    assert {wangdiantong_wire.line_id(oid) for oid in (first, second)} == {line}


def test_a_genuine_callback_is_believed_whether_its_keys_ride_in_the_query_or_the_form() -> None:
    query = urlencode({name: PARAMS[name] for name in ("app_key", "sign", "timestamp")})
    rest = urlencode({name: v for name, v in PARAMS.items() if name not in parse_qs(query)}).encode()

    assert parse(BODY) == parse(rest, query=query) == 1


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_recording_is_refused(minutes: int) -> None:
    with pytest.raises(StaleNotice):
        parse(BODY, now=NOW + timedelta(minutes=minutes))


def test_a_callback_for_another_account_is_refused() -> None:
    with pytest.raises(BadSignature):
        parse(BODY, of=msgspec.structs.replace(MINE, app_key="app-2"))
    with pytest.raises(BadSignature):
        parse(BODY, of=msgspec.structs.replace(MINE, app_secret="other"))


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(BadSignature):
        parse(BODY, query="app_key=app-1")


def said(form: bytes) -> list[tuple[str, str]]:
    """The form's meaning; hexadecimal letters of a signature are the same in both cases."""
    pairs = parse_qsl(form.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return sorted((name, value.upper() if name == "sign" else value) for name, value in pairs)


@hypothesis_settings(max_examples=1_000, deadline=None)
@given(st.integers(0, len(BODY) - 1), st.binary(min_size=1, max_size=1))
def test_no_changed_byte_of_a_callback_changes_what_it_says(at: int, byte: bytes) -> None:
    """A byte may change only its spelling (+ for %20, %2a for %2A); then it still says the same."""
    changed = BODY[:at] + byte + BODY[at + 1 :]
    if said(changed) == said(BODY):
        return

    with pytest.raises(UntrustedNotice):
        parse(changed)


@hypothesis_settings(max_examples=1_000, deadline=None)
@given(st.integers(0, len(PUSH) - 1), st.binary(min_size=1, max_size=1))
def test_no_changed_byte_of_a_tracking_push_changes_what_it_says(at: int, byte: bytes) -> None:
    changed = PUSH[:at] + byte + PUSH[at + 1 :]
    if said(changed) == said(PUSH):
        return

    with pytest.raises(UntrustedNotice):
        Kuaidi100("salt").parse_push(changed, {}, NOW)


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_never_crashes(body: bytes) -> None:
    with pytest.raises(UntrustedNotice):
        parse(body)
    with pytest.raises(UntrustedNotice):
        Kuaidi100("salt").parse_push(body, {}, NOW)


CONFIRMED = qimen_wire.written(
    "request",
    {
        "deliveryOrder": {"deliveryOrderCode": "S1", "confirmType": "0", "orderConfirmTime": "2026-11-22 08:00:00"},
        "packages": {"package": {"expressCode": "SF001", "items": {"item": {"itemCode": "TEA-1", "quantity": 2}}}},
        "orderLines": {"orderLine": {"orderLineNo": "1", "itemCode": "TEA-1", "actualQty": 2}},
    },
)
NAMED = {"method": "taobao.qimen.deliveryorder.confirm", "app_key": "app-1", "customerId": "c-1"}
ADDRESS = urlencode(qimen_wire.signed_params("s3cret", NAMED, CONFIRMED, NOW))
QIMEN = Qimen(QimenAccount("app-1", "s3cret", "c-1", "owner-1", "http://simulator.invalid"), OUTSIDE)


def confirmed(query: str, body: bytes) -> int:
    return len(QIMEN.parse_callback(headers={}, query=query, body=body, now=NOW))


@hypothesis_settings(max_examples=500, deadline=None)
@given(st.integers(0, len(CONFIRMED) - 1), st.binary(min_size=1, max_size=1))
def test_no_byte_of_qimens_xml_can_be_changed(at: int, byte: bytes) -> None:
    assert confirmed(ADDRESS, CONFIRMED) == 1
    changed = CONFIRMED[:at] + byte + CONFIRMED[at + 1 :]
    if changed == CONFIRMED:
        return

    with pytest.raises(UntrustedNotice):
        confirmed(ADDRESS, changed)


@hypothesis_settings(max_examples=500, deadline=None)
@given(st.integers(0, len(ADDRESS) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_no_letter_of_qimens_address_changes_what_it_says(at: int, letter: str) -> None:
    changed = ADDRESS[:at] + letter + ADDRESS[at + 1 :]
    if said(changed.encode()) == said(ADDRESS.encode()):
        return

    with pytest.raises(UntrustedNotice):
        confirmed(changed, CONFIRMED)


def test_an_authorization_is_signed_as_the_vendors_page_says() -> None:
    """The example of https://openweb.jushuitan.com/doc?docId=70."""
    params = {
        "app_key": "5b53060f23d84ddf9703056e84fa5a2d", "timestamp": "1639128407", "charset": "utf-8",
        "grant_type": "authorization_code", "code": "123456", "state": "",
    }  # fmt: skip

    assert signed("e9c5ca33fecb404b8e6cdbd0ef4a6d25", params)["sign"] == "05e3a51e19e0883afd1882ccd309e0b9"


def test_the_way_to_the_authorization_page_is_signed() -> None:
    address = urlsplit(JushuitanVendor("app-1", "s3cret", OUTSIDE).page_url("a-state", NOW))
    said = dict(parse_qsl(address.query))

    assert (address.netloc, address.path) == ("openweb.jushuitan.com", "/auth")
    assert said == signed("s3cret", {
        "app_key": "app-1", "timestamp": str(int(NOW.timestamp())), "charset": "utf-8", "state": "a-state",
    })  # fmt: skip
