"""An order or a return of ours in Jushuitan's words."""

from __future__ import annotations

from infra.warehouse.jushuitan_records import Item, Pay, ReturnItem, UploadOrder, UploadReturn
from infra.warehouse.jushuitan_wire import OUR_CARRIERS, beijing, yuan
from infra.warehouse.port import ReturnOrder, WarehouseOrder


def upload_form(order: WarehouseOrder, shop_id: int) -> UploadOrder:
    to = order.receiver
    return UploadOrder(
        shop_id=shop_id,
        so_id=order.reference,
        order_date=beijing(order.placed_at),
        shop_status="WAIT_SELLER_SEND_GOODS",
        shop_buyer_id=order.buyer_id,
        receiver_state=to.state,
        receiver_city=to.city,
        receiver_district=to.district,
        receiver_address=to.address,
        receiver_name=to.name,
        receiver_phone=to.phone,
        receiver_country=to.country,
        receiver_zip=to.zip,
        pay_amount=yuan(order.amount, order.currency),
        freight=yuan(order.freight_amount, order.currency),
        remark=order.remark,
        currency=order.currency,
        items=_items(order),
        pay=Pay(
            outer_pay_id=order.reference,
            pay_date=beijing(order.paid_at),
            payment="online",
            seller_account="",
            buyer_account=order.buyer_id,
            # Only an order whose payment equals what was due counts as paid over there.
            amount=yuan(order.amount, order.currency),
        ),
    )


def _items(order: WarehouseOrder) -> list[Item]:
    return [
        Item(
            sku_id=line.sku,
            shop_sku_id=line.sku,
            outer_oi_id=line.line_id,
            name=line.name,
            qty=line.quantity,
            amount=yuan(line.amount, order.currency),
            # The unit price is for their screens only; the line's amount is what counts.
            price=round(yuan(line.amount, order.currency) / line.quantity, 4),
            is_gift=line.is_gift,
            referrer_id=line.referrer_id,
        )
        for line in order.lines
    ]


def return_form(order: ReturnOrder, shop_id: int) -> UploadReturn:
    """The buyer has sent it; money is settled on our side, so no amounts travel."""
    return UploadReturn(
        shop_id=shop_id,
        outer_as_id=order.reference,
        so_id=order.order_reference,
        type="普通退货",
        shop_status="WAIT_SELLER_CONFIRM_GOODS",
        good_status="BUYER_RETURNED_GOODS",
        question_type=order.reason,
        logistics_company=OUR_CARRIERS.get(order.carrier_code, order.carrier_code),
        l_id=order.tracking_number,
        items=[ReturnItem(line.sku, line.quantity, line.line_id, line.name) for line in order.lines],
    )
