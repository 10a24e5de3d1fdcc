"""Answers nobody can make sense of are no answer, whatever is wrong with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from infra.http import Answer, Outside
from infra.warehouse.jushuitan import Jushuitan
from infra.warehouse.port import WarehouseAccount, WarehouseGateway, WarehouseRejected, WarehouseUnavailable
from infra.warehouse.wangdiantong import Wangdiantong, WangdiantongAccount

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


QUESTIONS: tuple[Callable[[WarehouseGateway], Awaitable[object]], ...] = (
    lambda gateway: gateway.query_order("S1"),
    lambda gateway: gateway.cancel_order("S1"),
    lambda gateway: gateway.pull_stock(),
    lambda gateway: gateway.pull_shipments(),
)


@pytest.mark.parametrize("build", [_jushuitan, _wangdiantong])
@hypothesis_settings(max_examples=150, deadline=None)
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
