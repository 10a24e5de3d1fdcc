"""The floor's records as Wangdiantong writes them in answers. Decimals go out as text, as the vendor sends them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from infra.warehouse.jushuitan_wire import beijing
from infra.warehouse.simulator import records
from infra.warehouse.simulator.records import Back, Sent
from infra.warehouse.wangdiantong_news import DAMAGED, DONE
from infra.warehouse.wangdiantong_records import Detail, Goods, ReturnedGoods, Stockin, Stockout, Sync, Trade
from infra.warehouse.wangdiantong_wire import CANCELED, PACKED, PICKED, SHIPPED

CHECKED = 55


def trade(order: sqlite3.Row) -> Trade:
    missing = {one.line_id: one.missing for one in records.missing_of(order)}
    goods = [
        Goods(
            src_tid=order["reference"],
            src_oid=line.line_id,
            spec_no=line.sku,
            num=Decimal(line.quantity),
            actual_num=Decimal(line.quantity - missing.get(line.line_id, 0)),
        )
        for line in records.lines_of(order)
    ]
    return Trade(
        trade_no=f"JY{order['number']:010d}",
        trade_status=_status(order),
        src_tids=order["reference"],
        goods_list=goods,
        modified=_time(order["modified_at"]),
        cancel_reason=order["remark"] or None,
    )


def _status(order: sqlite3.Row) -> int:
    if order["status"] == records.SENT:
        return SHIPPED
    if order["status"] != records.WAITING:
        return CANCELED
    return PACKED if order["packed"] else PICKED if order["picked"] else CHECKED


def stockout(sent: Sent) -> Stockout:
    return Stockout(
        stockout_no=f"CK{sent.number:010d}-{sent.tracking}",
        logistics_no=sent.tracking,
        logistics_name=sent.carrier_name,
        logistics_code=sent.tracking[:3],
        consign_time=_time(sent.at),
        details_list=[Detail(sent.reference, line.line_id, line.sku, Decimal(line.quantity)) for line in sent.lines],
    )


def sync(news: sqlite3.Row) -> Sync:
    sent = msgspec.json.decode(news["body"], type=Sent)
    return Sync(news["id"], sent.reference, sent.tracking, is_part_sync=1, is_last=int(sent.last))


def stockin(back: Back) -> Stockin:
    goods = [ReturnedGoods(one.line_id, one.sku, Decimal(one.good)) for one in back.lines if one.good]
    goods += [
        ReturnedGoods(one.line_id, one.sku, Decimal(one.damaged), stock_type=DAMAGED)
        for one in back.lines
        if one.damaged
    ]
    return Stockin(f"RK{back.number:010d}", back.reference, DONE, _time(back.at), goods, back.remark)


def _time(moment: int) -> str:
    return beijing(datetime.fromtimestamp(moment, UTC))
