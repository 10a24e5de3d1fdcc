"""What Jushuitan tells us unasked: parcels that left, stock that changed, orders it will not ship."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

import msgspec

from infra.signatures import BadSignature
from infra.warehouse import jushuitan_wire
from infra.warehouse.jushuitan_records import Canceled, Shipment, Stock
from infra.warehouse.jushuitan_wire import from_beijing
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    Parcel,
    ParcelLine,
    ShipmentNotice,
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
            return [_shipment_notice(shipment) for shipment in msgspec.json.decode(biz, type=list[Shipment])]
        case jushuitan_wire.PUSH_STOCK:
            return [stock_notice(stock) for stock in msgspec.json.decode(biz, type=list[Stock])]
        case jushuitan_wire.PUSH_CANCEL:
            return [_cancel_notice(canceled) for canceled in msgspec.json.decode(biz, type=list[Canceled])]
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


def _shipment_notice(shipment: Shipment) -> ShipmentNotice:
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
