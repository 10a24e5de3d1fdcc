"""Jushuitan's records, as far as we read or write them.

Field names follow the vendor's pages at https://openweb.jushuitan.com/dev-doc?docType=4 (docId=18 order upload,
docId=19 cancel by internal number), docType=5&docId=25 (what was sent), the after-sales upload and the query of
returned goods, and the shipment push (`so_id, o_id, l_id, lc_id, logistics_company, send_date, is_send_all, items`),
compared with public client libraries for them.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


class Item(Struct, omit_defaults=True):
    sku_id: str
    qty: int
    outer_oi_id: str = ""
    shop_sku_id: str = ""
    name: str = ""
    amount: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    base_price: Decimal = Decimal(0)
    is_gift: bool = False
    referrer_id: str = ""


class Pay(Struct):
    outer_pay_id: str
    pay_date: str
    payment: str
    seller_account: str
    buyer_account: str
    amount: Decimal


class UploadOrder(Struct, omit_defaults=True):
    shop_id: int
    so_id: str
    order_date: str
    shop_status: str
    shop_buyer_id: str
    receiver_address: str
    receiver_name: str
    receiver_phone: str
    pay_amount: Decimal
    freight: Decimal
    items: list[Item]
    pay: Pay
    receiver_state: str = ""
    receiver_city: str = ""
    receiver_district: str = ""
    receiver_country: str = ""
    receiver_zip: str = ""
    remark: str = ""
    currency: str = ""


class Uploaded(Struct):
    so_id: str
    o_id: int = 0
    issuccess: bool = True
    msg: str = ""


class UploadedPage(Struct):
    datas: list[Uploaded]


class Shipment(Struct, omit_defaults=True):
    """One parcel, in a push or inside a queried order."""

    so_id: str
    o_id: int
    l_id: str
    lc_id: str
    logistics_company: str
    send_date: str
    items: list[Item]
    is_send_all: bool = True


class QueriedOrder(Struct):
    so_id: str
    o_id: int
    status: str
    shipments: list[Shipment] = []


class QueriedPage(Struct):
    orders: list[QueriedOrder]
    has_next: bool = False


class Canceled(Struct):
    so_id: str
    o_id: int
    modified: str
    remark: str = ""


class Stock(Struct):
    sku_id: str
    qty: int
    modified: str
    order_lock: int = 0
    pick_lock: int = 0
    wms_co_id: int = 0


class StockRows(Struct):
    inventorys: list[Stock]
    has_next: bool = False


class LogisticPage(Struct):
    """What was sent in a window; each row has the words of a shipment push."""

    orders: list[Shipment]
    has_next: bool = False


class ReturnItem(Struct, omit_defaults=True):
    """A line of an after-sales order; `r_qty` came back good and `defective_qty` damaged, once it is received."""

    sku_id: str
    qty: int
    outer_oi_id: str = ""
    name: str = ""
    type: str = "退货"
    amount: Decimal = Decimal(0)
    r_qty: int = 0
    defective_qty: int = 0


class UploadReturn(Struct, omit_defaults=True):
    shop_id: int
    outer_as_id: str
    so_id: str
    type: str
    shop_status: str
    good_status: str
    items: list[ReturnItem]
    question_type: str = ""
    remark: str = ""
    logistics_company: str = ""
    l_id: str = ""
    total_amount: Decimal = Decimal(0)
    refund: Decimal = Decimal(0)
    payment: Decimal = Decimal(0)


class UploadedReturn(Struct):
    outer_as_id: str
    as_id: int = 0
    issuccess: bool = True
    msg: str = ""


class UploadedReturns(Struct):
    datas: list[UploadedReturn]


class Received(Struct, omit_defaults=True):
    """Goods that came back and were looked at, in a push or in the query of returned goods."""

    outer_as_id: str
    as_id: int
    so_id: str
    received_date: str
    items: list[ReturnItem]
    remark: str = ""


class ReceivedPage(Struct):
    datas: list[Received]
    has_next: bool = False


class Lacking(Struct, omit_defaults=True):
    """So many of a line are not there; `found_sku_id` is what lies on the shelf in their place."""

    sku_id: str
    lack_qty: int
    outer_oi_id: str = ""
    found_sku_id: str = ""


class Lack(Struct, omit_defaults=True):
    so_id: str
    o_id: int
    modified: str
    items: list[Lacking]
    remark: str = ""


class Progress(Struct):
    so_id: str
    o_id: int
    picked_qty: int
    packed: bool
    modified: str
