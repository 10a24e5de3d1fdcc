"""Answers nobody can make sense of are no answer, whatever is wrong with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from infra.http import Answer, Outside
from infra.warehouse import qimen_wire
from infra.warehouse.jushuitan import Jushuitan
from infra.warehouse.port import (
    Notice,
    ShipmentNotice,
    UntrustedNotice,
    WarehouseAccount,
    WarehouseGateway,
    WarehouseRejected,
    WarehouseUnavailable,
)
from infra.warehouse.qimen import Qimen, QimenAccount
from infra.warehouse.wangdiantong import Wangdiantong
from infra.warehouse.wangdiantong_calls import WangdiantongAccount

URL = "http://warehouse.invalid"
odd = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just("1e999"), st.just("NaN"))
NAMES = [
    "code", "message", "data", "datas", "orders", "trades", "stockout_list", "stockin_list", "stock_change_list",
    "inventorys", "so_id", "o_id", "status", "shipments", "items", "l_id", "lc_id", "logistics_company", "send_date",
    "sku_id", "qty", "modified", "trade_no", "trade_status", "src_tids", "tid", "goods_list", "src_tid", "src_oid",
    "spec_no", "num", "actual_num", "rec_id", "logistics_no", "logistics_name", "consign_time", "stockin_time",
    "details_list", "goods_count", "sync_stock", "stock_change_count", "right_num", "refund_no", "order_no", "oid",
]  # fmt: skip
answers = st.recursive(
    odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=9),
    max_leaves=30,
)


class Talking(Outside):
    """Whoever is asked says this."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def request(self, method: str, url: str, **_: Any) -> Answer:
        return Answer(200, {}, self.body)


def _jushuitan(outside: Outside) -> WarehouseGateway:
    return Jushuitan(WarehouseAccount("a", "s", "t", URL, 1), outside)


def _wangdiantong(outside: Outside) -> WarehouseGateway:
    return Wangdiantong(WangdiantongAccount("sid", "a", "s", "shop", URL), outside)


def _qimen(outside: Outside) -> WarehouseGateway:
    return Qimen(QimenAccount("a", "s", "c", "o", URL), outside)


QUESTIONS: tuple[Callable[[WarehouseGateway], Awaitable[object]], ...] = (
    lambda gateway: gateway.query_order("S1"),
    lambda gateway: gateway.cancel_order("S1"),
    lambda gateway: gateway.pull_stock(),
    lambda gateway: gateway.pull_shipments(),
)


@pytest.mark.parametrize("build", [_jushuitan, _wangdiantong])
@hypothesis_settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        answers.map(lambda said: msgspec.json.encode({"code": 0, "data": said, "trades": said})),
        answers.map(msgspec.json.encode),
        st.binary(max_size=60),
    )
)
def test_an_answer_that_makes_no_sense_never_crashes(build: Callable[[Outside], WarehouseGateway], body: bytes) -> None:
    gateway = build(Talking(body))

    async def ask() -> None:
        for question in QUESTIONS:
            try:
                await question(gateway)
            except (WarehouseUnavailable, WarehouseRejected):
                continue

    asyncio.run(ask())


TAGS = [
    "response", "flag", "code", "deliveryOrder", "deliveryOrderCode", "orderConfirmTime", "confirmType", "status",
    "packages", "package", "expressCode", "items", "item", "itemCode", "quantity", "orderLines", "orderLine",
    "orderLineNo", "actualQty", "returnOrder", "returnOrderCode", "order", "orderCode", "process", "processStatus",
    "operateTime", "lackQty", "createTime", "lockQuantity",
]  # fmt: skip
words = st.sampled_from(["success", "S1", "0", "1", "-3", "1e9", "2026-11-26 08:00:00", "9999", "PICK", "CANCELED", ""])
trees = st.recursive(
    words,
    lambda inner: st.dictionaries(st.sampled_from(TAGS), st.one_of(inner, st.lists(inner, max_size=3)), max_size=6),
    max_leaves=20,
)


@hypothesis_settings(max_examples=80, deadline=None)
@given(st.one_of(st.dictionaries(st.sampled_from(TAGS), trees, max_size=6), st.binary(max_size=60)))
def test_xml_that_makes_no_sense_never_crashes(said: Any) -> None:
    body = said if isinstance(said, bytes) else qimen_wire.written("response", {"flag": "success", **said})
    gateway = _qimen(Talking(body))

    async def ask() -> None:
        for question in QUESTIONS:
            try:
                await question(gateway)
            except (WarehouseUnavailable, WarehouseRejected):
                continue

    asyncio.run(ask())
    for method in METHODS:
        with suppress(UntrustedNotice):
            believed(gateway, method, body)


METHODS = (
    qimen_wire.CONFIRM, qimen_wire.RETURN_CONFIRM, qimen_wire.PROCESS, qimen_wire.LACK, qimen_wire.STOCK_CHANGE, "more",
)  # fmt: skip


def believed(gateway: WarehouseGateway, method: str, body: bytes) -> list[Notice]:
    """What a rightly signed callback says."""
    now = datetime.now(UTC)
    params = qimen_wire.signed_params("s", {"method": method, "app_key": "a", "customerId": "c"}, body, now)
    return gateway.parse_callback(headers={}, query=urlencode(params), body=body, now=now)


BOMBS = {
    "entities": b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><request><a>&y;</a></request>',
    "a file from elsewhere": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><request><a>&x;</a></request>',
    "a document type alone": b"<!DOCTYPE request><request/>",
    "too long": b"<request>" + b" " * qimen_wire.LONGEST + b"</request>",
    "broken off": b"<request><deliveryOrder>",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_xml_that_wants_more_than_to_be_read_is_refused(bomb: str) -> None:
    gateway = _qimen(Talking(b""))

    with pytest.raises(UntrustedNotice):
        believed(gateway, qimen_wire.CONFIRM, BOMBS[bomb])


def test_one_confirmation_may_hold_several_packages_and_shares_pieces_out_to_lines() -> None:
    """Two lines want the same goods; packages name goods only. The last package of the last confirmation ends it."""
    packages = [
        {"logisticsCode": "SF", "expressCode": "SF1", "items": {"item": [{"itemCode": "TEA", "quantity": 3}]}},
        {"logisticsCode": "ZTO", "expressCode": "ZTO2", "items": {"item": [{"itemCode": "TEA", "quantity": 2}]}},
    ]
    lines = [{"orderLineNo": name, "itemCode": "TEA", "actualQty": many} for name, many in (("l1", 2), ("l2", 2))]
    said = {
        "deliveryOrder": {
            "deliveryOrderCode": "S1", "confirmType": "0", "orderConfirmTime": "2026-11-26 08:00:00",
        },
        "packages": {"package": packages},
        "orderLines": {"orderLine": lines},
    }  # fmt: skip
    body = qimen_wire.written("request", said)

    first, second = believed(_qimen(Talking(b"")), "taobao.qimen.deliveryorder.confirm", body)

    assert isinstance(first, ShipmentNotice)
    assert isinstance(second, ShipmentNotice)
    assert [(one.line_id, one.quantity) for one in first.parcel.lines] == [("l1", 2), ("l2", 1)]
    assert [(one.line_id, one.quantity) for one in second.parcel.lines] == [("l2", 1), ("", 1)]
    assert (first.complete, second.complete) == (False, True)
    assert first.parcel.carrier_code == "shunfeng"
