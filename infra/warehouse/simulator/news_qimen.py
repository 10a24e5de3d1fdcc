"""News as Qimen writes it, in callbacks and in the answers of its queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from infra.warehouse import qimen_wire
from infra.warehouse.jushuitan_wire import beijing
from infra.warehouse.qimen_news import GOOD
from infra.warehouse.qimen_upload import RETURN, SALE
from infra.warehouse.qimen_wire import OUR_CARRIERS
from infra.warehouse.simulator.records import Account, Back, Body, Lacked, Sent, Shelf, Step, Stopped
from infra.warehouse.simulator.voices import VOICES, Call

XML = {"Content-Type": "text/xml; charset=utf-8"}
DAMAGED = "CC"
Said = Mapping[str, Any]


def voice(account: Account, body: Body, now: datetime) -> Call:
    method, said = _worded(account, body)
    content = qimen_wire.written("request", said)
    named = {"method": method, "app_key": account.app_key, "customerId": account.names.get("customer_id", "")}
    params = qimen_wire.signed_params(account.app_secret, named, content, now)
    return Call(f"{account.callback_url}?{urlencode(params)}", content, XML)


VOICES["qimen"] = voice


def _worded(account: Account, body: Body) -> tuple[str, Said]:
    match body:
        case Sent():
            return qimen_wire.CONFIRM, _confirmed(account, body)
        case Back():
            return qimen_wire.RETURN_CONFIRM, _returned(account, body)
        case Lacked():
            return qimen_wire.LACK, _lacked(account, body)
        case Step():
            status = "PACKAGE" if body.packed else "PICK"
            extra = {"extendProps": {"pickedQty": body.picked}}
            return qimen_wire.PROCESS, _process(account, body, status, extra)
        case Stopped():
            return qimen_wire.PROCESS, _process(account, body, "CANCELED", {"remark": body.remark})
        case Shelf():
            return qimen_wire.STOCK_CHANGE, {"items": {"item": [_changed(account, body)]}}


def _confirmed(account: Account, sent: Sent) -> Said:
    return {
        "deliveryOrder": {
            "deliveryOrderCode": sent.reference,
            "deliveryOrderId": order_id(sent.number),
            "warehouseCode": _house(account),
            "orderType": SALE,
            "outBizCode": sent.tracking,
            "confirmType": "0" if sent.last else "1",
            "orderConfirmTime": moment(sent.at),
        },
        "packages": {"package": [package(sent)]},
        "orderLines": {"orderLine": lines(sent)},
    }


def package(sent: Sent) -> Said:
    return {
        "logisticsCode": OUR_CARRIERS[sent.carrier],
        "logisticsName": sent.carrier_name,
        "expressCode": sent.tracking,
        "items": {"item": [{"itemCode": line.sku, "quantity": line.quantity} for line in sent.lines]},
    }


def lines(sent: Sent) -> list[Said]:
    return [
        {"orderLineNo": line.line_id, "itemCode": line.sku, "planQty": line.quantity, "actualQty": line.quantity}
        for line in sent.lines
    ]


def _returned(account: Account, back: Back) -> Said:
    counted = [(one, GOOD, one.good) for one in back.lines] + [(one, DAMAGED, one.damaged) for one in back.lines]
    return {
        "returnOrder": {
            "returnOrderCode": back.reference,
            "returnOrderId": order_id(back.number),
            "warehouseCode": _house(account),
            "outBizCode": f"RK{back.number}",
            "orderType": RETURN,
            "orderConfirmTime": moment(back.at),
            "remark": back.remark,
        },
        "orderLines": {
            "orderLine": [
                {"orderLineNo": one.line_id, "itemCode": one.sku, "inventoryType": kind, "actualQty": quantity}
                for one, kind, quantity in counted
                if quantity
            ]
        },
    }


def _lacked(account: Account, lacked: Lacked) -> Said:
    return {
        "warehouseCode": _house(account),
        "deliveryOrderCode": lacked.reference,
        "deliveryOrderId": order_id(lacked.number),
        "createTime": moment(lacked.at),
        "outBizCode": f"QH{lacked.number}",
        "items": {
            "item": [
                {"itemCode": one.sku, "inventoryType": GOOD, "lackQty": one.missing, "reason": lacked.remark}
                for one in lacked.lines
            ]
        },
    }


def _process(account: Account, body: Step | Stopped, status: str, more: Said) -> Said:
    return {
        "order": {
            "orderCode": body.reference,
            "orderId": order_id(body.number),
            "orderType": SALE,
            "warehouseCode": _house(account),
        },
        "process": {"processStatus": status, "operateTime": moment(body.at), **more},
    }


def _changed(account: Account, shelf: Shelf) -> Said:
    return {
        "ownerCode": account.names.get("owner_code", ""),
        "warehouseCode": _house(account),
        "orderCode": f"PD{shelf.id}",
        "outBizCode": f"PD{shelf.id}-{shelf.changes}",
        "itemCode": shelf.sku,
        "inventoryType": GOOD,
        "quantity": shelf.change,
        "changeTime": moment(shelf.at),
    }


def level(account: Account, shelf: Shelf) -> Said:
    return {
        "warehouseCode": _house(account),
        "itemCode": shelf.sku,
        "inventoryType": GOOD,
        "quantity": shelf.quantity,
        "lockQuantity": shelf.held,
    }


def order_id(number: int) -> str:
    return f"QM{number:010d}"


def moment(at: int | None) -> str:
    return beijing(datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC))


def _house(account: Account) -> str:
    return account.names.get("warehouse_code", "OTHER")
