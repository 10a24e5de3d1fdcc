"""What Jushuitan tells us unasked: parcels that left or came back, stock that changed, orders it cannot ship."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

import msgspec

from infra.signatures import BadSignature
from infra.warehouse import jushuitan_wire
from infra.warehouse.jushuitan_records import Canceled, Lack, Progress, Received, Shipment, Stock
from infra.warehouse.jushuitan_wire import from_beijing
from infra.warehouse.port import (
    CancelNotice,
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
    WarehouseAccount,
)


def parse(account: WarehouseAccount, query: str, body: bytes, now: datetime) -> list[Notice]:
    """Check the signature over query and form together, then the account, then read the notices."""
    params = _params(query, body)
    jushuitan_wire.verify_params(account.app_secret, params, now)
    if params.get("app_key") != account.app_key:
        raise BadSignature("signed for another account")
    try:
        return _notices(params.get("method", ""), params.get("biz", ""))
    except (msgspec.DecodeError, ValueError) as error:
        raise BadSignature("signed, but not what the method says") from error


def _notices(method: str, biz: str) -> list[Notice]:
    match method:
        case jushuitan_wire.PUSH_SHIPMENT:
            return [shipment_notice(shipment) for shipment in msgspec.json.decode(biz, type=list[Shipment])]
        case jushuitan_wire.PUSH_STOCK:
            return [stock_notice(stock) for stock in msgspec.json.decode(biz, type=list[Stock])]
        case jushuitan_wire.PUSH_CANCEL:
            return [_cancel_notice(canceled) for canceled in msgspec.json.decode(biz, type=list[Canceled])]
        case jushuitan_wire.PUSH_RETURN:
            return [return_notice(received) for received in msgspec.json.decode(biz, type=list[Received])]
        case jushuitan_wire.PUSH_LACK:
            return [_short_notice(lack) for lack in msgspec.json.decode(biz, type=list[Lack])]
        case jushuitan_wire.PUSH_PROGRESS:
            return [_progress_notice(progress) for progress in msgspec.json.decode(biz, type=list[Progress])]
    return []  # Signed news about things we do not follow: acknowledged, and nothing changes.


def _params(query: str, body: bytes) -> dict[str, str]:
    """Each name once: a second value for a name could be read differently here and there."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=50
        )
    except ValueError as error:
        raise BadSignature("not a form") from error
    params = dict(pairs)
    if len(params) != len(pairs):
        raise BadSignature("a parameter was given twice")
    return params


def shipment_notice(shipment: Shipment) -> ShipmentNotice:
    notice_id = f"{shipment.so_id}:{shipment.lc_id}:{shipment.l_id}"
    return ShipmentNotice(notice_id, shipment.so_id, parcel(shipment), shipment.is_send_all)


def parcel(shipment: Shipment) -> Parcel:
    return Parcel(
        tracking_number=shipment.l_id,
        carrier_code=jushuitan_wire.CARRIERS.get(shipment.lc_id, shipment.lc_id.lower()),
        carrier_name=shipment.logistics_company,
        shipped_at=from_beijing(shipment.send_date),
        lines=tuple(ParcelLine(item.outer_oi_id, item.sku_id, item.qty) for item in shipment.items),
    )


def stock_notice(stock: Stock) -> StockNotice:
    """Free stock is what is there less what the warehouse holds for orders and picking."""
    available = max(stock.qty - stock.order_lock - stock.pick_lock, 0)
    return StockNotice(
        notice_id=f"{stock.wms_co_id}:{stock.sku_id}:{stock.modified}:{available}",
        sku=stock.sku_id,
        warehouse_code=str(stock.wms_co_id),
        available=available,
        counted_at=from_beijing(stock.modified),
    )


def _cancel_notice(canceled: Canceled) -> CancelNotice:
    return CancelNotice(
        notice_id=f"{canceled.so_id}:canceled",
        reference=canceled.so_id,
        reason=canceled.remark,
        canceled_at=from_beijing(canceled.modified),
    )


def return_notice(received: Received) -> ReturnNotice:
    return ReturnNotice(
        notice_id=f"{received.outer_as_id}:{received.as_id}:received",
        reference=received.outer_as_id,
        lines=tuple(
            ReturnedLine(item.outer_oi_id, item.sku_id, item.r_qty, item.defective_qty) for item in received.items
        ),
        received_at=from_beijing(received.received_date),
        remark=received.remark,
    )


def _short_notice(lack: Lack) -> ShortNotice:
    """More may be found missing later, and that is another notice; a copy says the same of the same lines."""
    lines = tuple(
        ShortLine(item.outer_oi_id, item.sku_id, item.lack_qty, item.found_sku_id)
        for item in lack.items
        if item.lack_qty > 0
    )
    missing = ",".join(sorted(f"{line.line_id}={line.missing}" for line in lines))
    return ShortNotice(f"{lack.so_id}:lack:{missing}", lack.so_id, lines, lack.remark, from_beijing(lack.modified))


def _progress_notice(progress: Progress) -> ProgressNotice:
    return ProgressNotice(
        notice_id=f"{progress.so_id}:picked:{progress.picked_qty}:{int(progress.packed)}",
        reference=progress.so_id,
        picked=max(progress.picked_qty, 0),
        packed=progress.packed,
        at=from_beijing(progress.modified),
    )
