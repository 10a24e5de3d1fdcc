"""Wangdiantong's records, as far as we read or write them.

Field names follow the vendor's pages at https://open.wangdian.cn/qyb/open/apidoc/doc?path= (trade_push.php,
trade_query.php, stockout_order_query_trade.php, logistics_sync_query.php, logistics_sync_ack.php,
api_goods_stock_change_query.php, api_goods_stock_change_ack.php, sales_refund_push.php,
stockin_order_query_refund.php), compared with public client libraries for them. Numbers come as numbers or as text.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

Mixed = int | str


class Answer(Struct):
    """The head of every answer; what was asked for lies beside it, under a name of its own."""

    code: int
    message: str | None = None


class PushedLine(Struct, omit_defaults=True):
    oid: str
    num: int
    status: int
    refund_status: int
    price: Decimal = Decimal(0)
    goods_id: str = ""
    spec_id: str = ""
    spec_no: str = ""
    goods_name: str = ""
    discount: Decimal = Decimal(0)
    anchor_id: str = ""


class PushedTrade(Struct, omit_defaults=True):
    """`trade_status` 30 is paid and to be sent, 80 is paid back: of these the vendor lets 30 become 80 only."""

    tid: str
    trade_status: int
    pay_status: int
    delivery_term: int
    order_list: list[PushedLine]
    trade_time: str = ""
    pay_time: str = ""
    buyer_nick: str = ""
    receiver_name: str = ""
    receiver_mobile: str = ""
    receiver_address: str = ""
    receiver_province: str = ""
    receiver_city: str = ""
    receiver_district: str = ""
    receiver_zip: str = ""
    buyer_message: str = ""
    seller_memo: str = ""
    post_amount: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    warehouse_no: str = ""


class Pushed(Answer, kw_only=True):
    new_count: int = 0
    chg_count: int = 0


class Goods(Struct, omit_defaults=True):
    """A line of one of their orders: `num` was ordered, `actual_num` is what of it will still be sent."""

    src_tid: str
    src_oid: str
    spec_no: str
    num: Decimal
    actual_num: Decimal | None = None
    price: Decimal = Decimal(0)


class Trade(Struct, omit_defaults=True):
    """One of their own orders. It may serve several of ours, and one of ours may have become several."""

    trade_no: str
    trade_status: int
    src_tids: str
    goods_list: list[Goods]
    modified: str
    cancel_reason: Mixed | None = None


class Trades(Answer, kw_only=True):
    total_count: int = 0
    trades: list[Trade] = []


class Detail(Struct, omit_defaults=True):
    src_tid: str
    src_oid: str
    spec_no: str
    goods_count: Decimal


class Stockout(Struct, omit_defaults=True):
    """One parcel: what lies in it."""

    stockout_no: str
    logistics_no: str
    logistics_name: str
    consign_time: str
    details_list: list[Detail]
    logistics_code: Mixed | None = None
    status: int = 95


class Stockouts(Answer, kw_only=True):
    stockout_list: list[Stockout] = []


class Sync(Struct, omit_defaults=True):
    """One parcel of one order waiting to be told; whole unless `is_part_sync`, and then the last if `is_last`."""

    rec_id: Mixed
    tid: str
    logistics_no: str
    is_part_sync: int = 0
    is_last: int = 0


class Syncs(Answer, kw_only=True):
    trades: list[Sync] = []


class SyncDone(Struct):
    rec_id: Mixed
    status: int
    message: str


class StockChange(Struct):
    rec_id: Mixed
    spec_no: str
    sync_stock: Decimal
    stock_change_count: Mixed


class StockChanges(Answer, kw_only=True):
    stock_change_list: list[StockChange] = []


class StockDone(Struct):
    rec_id: Mixed
    sync_stock: int
    stock_change_count: Mixed


class RefundLine(Struct):
    oid: str
    num: int


class PushedRefund(Struct, omit_defaults=True):
    """`type` 3 is goods and money back; `status` says the goods are on their way."""

    tid: str
    shop_no: str
    platform_id: int
    refund_no: str
    type: int
    status: str
    refund_time: str
    order_list: list[RefundLine]
    reason: str = ""
    logistics_name: str = ""
    logistics_no: str = ""


class ReturnedGoods(Struct, omit_defaults=True):
    """`stock_type` 2 is damaged."""

    oid: str
    spec_no: str
    right_num: Decimal
    stock_type: int = 1


class Stockin(Struct, omit_defaults=True):
    """Goods that came back and were counted; `refund_no` is our number of the return."""

    order_no: str
    refund_no: str
    status: int
    stockin_time: str
    details_list: list[ReturnedGoods]
    remark: str = ""


class Stockins(Answer, kw_only=True):
    total_count: int = 0
    stockin_list: list[Stockin] = []
