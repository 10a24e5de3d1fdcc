"""An order or a return of ours in Qimen's words (the vendor's pages of deliveryorder.create and returnorder.create)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from infra.warehouse.jushuitan_wire import beijing, yuan
from infra.warehouse.port import Receiver, ReturnOrder, WarehouseLine, WarehouseOrder
from infra.warehouse.qimen_wire import OUR_CARRIERS

SALE, RETURN, GOOD = "JYCK", "THRK", "ZP"
ANY_CARRIER = ANY_PLATFORM = "OTHER"


def order_form(order: WarehouseOrder, owner: str, warehouse: str, now: datetime) -> Mapping[str, Any]:
    return {
        "deliveryOrder": {
            "deliveryOrderCode": order.reference,
            "orderType": SALE,
            "warehouseCode": warehouse,
            "createTime": beijing(now),
            "placeOrderTime": beijing(order.placed_at),
            "payTime": beijing(order.paid_at),
            "operateTime": beijing(now),
            "sourcePlatformCode": ANY_PLATFORM,
            "logisticsCode": ANY_CARRIER,
            "buyerNick": order.buyer_id,
            "totalAmount": yuan(order.amount, order.currency),
            "itemAmount": yuan(sum(line.amount for line in order.lines), order.currency),
            "freight": yuan(order.freight_amount, order.currency),
            "buyerMessage": order.remark,
            "receiverInfo": _person(order.receiver),
        },
        "orderLines": {"orderLine": [_line(order, line, owner) for line in order.lines]},
    }


def _line(order: WarehouseOrder, line: WarehouseLine, owner: str) -> Mapping[str, Any]:
    """The line's number is ours, and comes back in what they confirm. The host's code is an extra of our own."""
    price: Decimal = round(yuan(line.amount, order.currency) / line.quantity, 4)
    extra = {"extendProps": {"referrerId": line.referrer_id}} if line.referrer_id else {}
    return {
        "orderLineNo": line.line_id,
        "ownerCode": owner,
        "itemCode": line.sku,
        "itemName": line.name,
        "inventoryType": GOOD,
        "planQty": line.quantity,
        "actualPrice": price,
        **extra,
    }


def return_form(order: ReturnOrder, owner: str, warehouse: str) -> Mapping[str, Any]:
    return {
        "returnOrder": {
            "returnOrderCode": order.reference,
            "warehouseCode": warehouse,
            "orderType": RETURN,
            "preDeliveryOrderCode": order.order_reference,
            "logisticsCode": OUR_CARRIERS.get(order.carrier_code, ANY_CARRIER),
            "expressCode": order.tracking_number,
            "returnReason": order.reason,
            "senderInfo": _person(order.sender),
        },
        "orderLines": {
            "orderLine": [
                {
                    "orderLineNo": line.line_id,
                    "ownerCode": owner,
                    "itemCode": line.sku,
                    "itemName": line.name,
                    "inventoryType": GOOD,
                    "planQty": line.quantity,
                }
                for line in order.lines
            ]
        },
    }


def _person(one: Receiver) -> Mapping[str, Any]:
    return {
        "name": one.name,
        "zipCode": one.zip,
        "mobile": one.phone,
        "countryCode": one.country,
        "province": one.state,
        "city": one.city,
        "area": one.district,
        "detailAddress": one.address,
    }
