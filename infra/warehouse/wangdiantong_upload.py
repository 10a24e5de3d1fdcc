"""An order, its end, or a return of ours in Wangdiantong's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_UP, Decimal

from infra.warehouse.jushuitan_wire import beijing, yuan
from infra.warehouse.port import ReturnOrder, WarehouseLine, WarehouseOrder
from infra.warehouse.wangdiantong_records import Goods, PushedLine, PushedRefund, PushedTrade, RefundLine
from infra.warehouse.wangdiantong_wire import OUR_CARRIERS, oid

PAID, PAID_BACK = 30, 80
NOT_REFUNDED, REFUNDED = 0, 5
OWN_PLATFORM = 127  # a shop of the merchant's own
GOODS_AND_MONEY = 3
ON_THE_WAY = "goods_returning"


def trade(order: WarehouseOrder, warehouse_no: str) -> PushedTrade:
    to = order.receiver
    return PushedTrade(
        tid=order.reference,
        trade_status=PAID,
        pay_status=2,
        delivery_term=1,
        trade_time=beijing(order.placed_at),
        pay_time=beijing(order.paid_at),
        buyer_nick=order.buyer_id,
        receiver_name=to.name,
        receiver_mobile=to.phone,
        receiver_address=to.address,
        receiver_province=to.state,
        receiver_city=to.city,
        receiver_district=to.district,
        receiver_zip=to.zip,
        buyer_message=order.remark,
        post_amount=yuan(order.freight_amount, order.currency),
        paid=yuan(order.amount, order.currency),
        warehouse_no=warehouse_no,
        order_list=[_line(order, line) for line in order.lines],
    )


def _line(order: WarehouseOrder, line: WarehouseLine) -> PushedLine:
    """Price times number less discount must be what was paid, so the price is rounded up and the rest is discount."""
    paid = yuan(line.amount, order.currency)
    price = (paid / line.quantity).quantize(Decimal("0.0001"), ROUND_UP)
    return PushedLine(
        oid=oid(order.reference, line.line_id),
        num=line.quantity,
        status=PAID,
        refund_status=NOT_REFUNDED,
        price=price,
        goods_id=line.sku,
        spec_id=line.sku,
        spec_no=line.sku,
        goods_name=line.name,
        discount=price * line.quantity - paid,
        anchor_id=line.referrer_id,
    )


def paid_back(reference: str, goods: Iterable[Goods], reason: str) -> PushedTrade:
    """The same order once more, all of it refunded: so nothing of it is sent. Numbers and prices must not change."""
    return PushedTrade(
        tid=reference,
        trade_status=PAID_BACK,
        pay_status=2,
        delivery_term=1,
        seller_memo=reason,
        order_list=[PushedLine(one.src_oid, int(one.num), PAID_BACK, REFUNDED, one.price) for one in goods],
    )


def refund(order: ReturnOrder, shop_no: str, now: datetime) -> PushedRefund:
    return PushedRefund(
        tid=order.order_reference,
        shop_no=shop_no,
        platform_id=OWN_PLATFORM,
        refund_no=order.reference,
        type=GOODS_AND_MONEY,
        status=ON_THE_WAY,
        refund_time=beijing(now),
        reason=order.reason,
        logistics_name=OUR_CARRIERS.get(order.carrier_code, order.carrier_code),
        logistics_no=order.tracking_number,
        order_list=[RefundLine(oid(order.order_reference, line.line_id), line.quantity) for line in order.lines],
    )
