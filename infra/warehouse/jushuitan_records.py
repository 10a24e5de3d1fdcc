"""Jushuitan's records, as far as we read or write them.

Field names follow the vendor's pages at https://openweb.jushuitan.com/dev-doc?docType=4 (docId=18 order upload,
docId=19 cancel by internal number) and the shipment push (`so_id, o_id, l_id, lc_id, logistics_company, send_date,
is_send_all, items`), compared with public client libraries for them.
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
