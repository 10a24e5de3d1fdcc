"""What Wangdiantong's answers say, in the port's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from infra.warehouse.jushuitan_wire import from_beijing
from infra.warehouse.port import (
    Notice,
    Parcel,
    ParcelLine,
    ProgressNotice,
    ReturnedLine,
    ReturnNotice,
    ShipmentNotice,
    ShortLine,
    ShortNotice,
    StockNotice,
    WarehouseOrderState,
)
from infra.warehouse.wangdiantong_records import Goods, StockChange, Stockin, Stockout, Sync, Trade
from infra.warehouse.wangdiantong_wire import CANCELED, PACKED, PICKED, SHIPPED, carrier, line_id

DAMAGED = 2
DONE = 80


def state(reference: str, trades: list[Trade], stockouts: Iterable[Stockout]) -> WarehouseOrderState:
    """One of our orders may be several of theirs. An order that was merged away is canceled there, and is not gone."""
    parcels = tuple(parcel(one, reference) for one in stockouts if one.logistics_no)
    alive = [trade for trade in trades if trade.trade_status != CANCELED]
    if not alive:
        status = "canceled"
    elif all(trade.trade_status >= SHIPPED for trade in alive):
        status = "shipped"
    else:
        status = "partially_shipped" if parcels else "accepted"
    return WarehouseOrderState(reference, trades[0].trade_no, status, parcels)  # type: ignore[arg-type] # one of four


def parcel(stockout: Stockout, reference: str) -> Parcel:
    """What lies in it of this order; another order's pieces may lie beside them."""
    return Parcel(
        tracking_number=stockout.logistics_no,
        carrier_code=carrier(stockout.logistics_name, str(stockout.logistics_code or "")),
        carrier_name=stockout.logistics_name,
        shipped_at=from_beijing(stockout.consign_time),
        lines=tuple(
            ParcelLine(line_id(detail.src_oid), detail.spec_no, int(detail.goods_count))
            for detail in stockout.details_list
            if detail.src_tid == reference
        ),
    )


def shipment(sync: Sync, stockouts: Iterable[Stockout]) -> ShipmentNotice | None:
    """None while the parcel's content is not there yet: it is not acknowledged then, and comes again."""
    found = next((one for one in stockouts if one.logistics_no == sync.logistics_no), None)
    if found is None:
        return None
    complete = not sync.is_part_sync or bool(sync.is_last)
    return ShipmentNotice(f"{sync.tid}:{sync.logistics_no}", sync.tid, parcel(found, sync.tid), complete)


def tids(trade: Trade) -> list[str]:
    return [tid for tid in trade.src_tids.split(",") if tid]


def progress(trade: Trade) -> list[Notice]:
    """How far an order has come, and what of it will not come: less will be sent than was ordered."""
    found: list[Notice] = []
    at = from_beijing(trade.modified)
    for tid in tids(trade):
        goods = [one for one in trade.goods_list if one.src_tid == tid]
        picked = sum(int(_left(one)) for one in goods)
        if PICKED <= trade.trade_status < SHIPPED:
            packed = trade.trade_status >= PACKED
            notice_id = f"{tid}:{trade.trade_no}:{'packed' if packed else 'picked'}"
            found.append(ProgressNotice(notice_id, tid, picked, packed, at))
        missing = tuple(
            ShortLine(line_id(one.src_oid), one.spec_no, int(one.num - _left(one)))
            for one in goods
            if _left(one) < one.num
        )
        if missing and trade.trade_status != CANCELED:
            found.append(short(tid, missing, at))
    return found


def short(tid: str, missing: tuple[ShortLine, ...], at: datetime) -> ShortNotice:
    said = ",".join(sorted(f"{line.line_id}={line.missing}" for line in missing))
    return ShortNotice(f"{tid}:short:{said}", tid, missing, "", at)


def _left(goods: Goods) -> Decimal:
    return goods.num if goods.actual_num is None else goods.actual_num


def returned(stockin: Stockin) -> ReturnNotice | None:
    """None until it is counted, and for goods nobody announced."""
    if stockin.status != DONE or not stockin.refund_no:
        return None
    counted: dict[tuple[str, str], list[int]] = {}
    for goods in stockin.details_list:
        pair = counted.setdefault((line_id(goods.oid), goods.spec_no), [0, 0])
        pair[goods.stock_type == DAMAGED] += int(goods.right_num)
    lines = tuple(ReturnedLine(line, sku, good, damaged) for (line, sku), (good, damaged) in counted.items())
    notice_id = f"{stockin.refund_no}:{stockin.order_no}"
    return ReturnNotice(notice_id, stockin.refund_no, lines, from_beijing(stockin.stockin_time), stockin.remark)


def stock(change: StockChange, warehouse_no: str, now: datetime) -> StockNotice:
    """The vendor counts changes, not times: what we read now is how it is now."""
    notice_id = f"{change.rec_id}:{change.stock_change_count}"
    return StockNotice(notice_id, change.spec_no, warehouse_no, max(int(change.sync_stock), 0), now)
