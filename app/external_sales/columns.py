"""Which platform a table came from, and what its columns mean.

Names of columns, as sellers' own programs read them out of the exports (the platforms publish no list):
- WeChat Channels shop (视频号小店): 订单号, 订单下单时间, 支付时间, 订单确认收货时间, 订单状态,
  SKU编码(自定义), 商品编码(自定义), 商品数量, 商品实际价格(总共), 商品已退款金额. It names an account that sold
  (带货账号昵称), seldom a sharer; where it does, the column begins with 分享员.
- Douyin shop (抖店): 主订单编号, 子订单编号, 选购商品, 商家编码, 商品数量, 订单应付金额, 订单提交时间,
  支付完成时间, 订单完成时间, 订单状态, 售后状态, 达人ID, 达人昵称; long numbers carry a tab in front.
- TikTok Shop: Order ID, Order Status, Seller SKU, SKU ID, Quantity, Sku Quantity of return, SKU Subtotal After
  Discount, Created Time, Paid Time, Delivered Time; times are DD/MM/YYYY, and the second row explains the first.
  Read by jeffpham2906/JP-Manager (server/types/order.d.ts) and ComaGear/shopeesalescoverter
  (OrderReportTikTokOrderColumn.java).
- Networks name the promoter's place 推广位ID (JD and Taobao) or Sub ID; each has its own table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

Names = tuple[str, ...]


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """`columns` are a table's fields with the names they go by; `needed` fields tell it from other tables."""

    platform: str
    columns: Mapping[str, Names]
    needed: Names
    statuses: Mapping[str, str]
    day_first: bool = False
    keyed_by: Names = ("line_key", "sku_code")  # as the platform's API tells its lines apart, so that both agree


_WECHAT = Format(
    platform="wechat_channels",
    columns={
        "order_number": ("订单号",), "line_key": ("商品编码(平台)", "SKU编码(平台)", "SKU ID"),
        "sku_code": ("SKU编码(自定义)", "商品编码(自定义)"), "title": ("商品名称",), "quantity": ("商品数量",),
        "sale_amount": ("商品实际价格(总共)", "订单实际支付金额"), "refunded_amount": ("商品已退款金额",),
        "status": ("订单状态",), "placed_at": ("订单下单时间",), "paid_at": ("支付时间", "订单支付时间"),
        "received_at": ("订单确认收货时间", "确认收货时间"), "sharer": ("分享员OpenID", "分享员openid", "分享员ID"),
        "sharer_name": ("分享员昵称", "分享员"), "sharer_state": ("分享员分佣状态", "分享员处理进度"),
    },
    needed=("order_number", "status", "placed_at", "sku_code", "sale_amount"),
    statuses={
        "待付款": "placed", "待发货": "paid", "部分发货": "shipped", "待收货": "shipped", "已发货": "shipped",
        "完成": "received", "已完成": "received", "已取消": "closed", "订单取消": "closed",
    },
    keyed_by=("sku_code", "line_key"),
)  # fmt: skip
_DOUYIN = Format(
    platform="douyin",
    columns={
        "order_number": ("主订单编号",), "line_key": ("子订单编号",), "sku_code": ("商家编码", "货号"),
        "title": ("选购商品",), "quantity": ("商品数量",), "sale_amount": ("订单应付金额",),
        "refunded_amount": ("退款金额",), "status": ("订单状态",), "placed_at": ("订单提交时间",),
        "paid_at": ("支付完成时间",), "received_at": ("订单完成时间",), "sharer": ("达人ID",),
        "sharer_name": ("达人昵称",), "after_sale": ("售后状态",),
    },
    needed=("order_number", "line_key", "status", "placed_at", "sku_code", "sale_amount"),
    statuses={
        "待支付": "placed", "待确认": "placed", "备货中": "paid", "待发货": "paid", "部分发货": "shipped",
        "已发货": "shipped", "已完成": "received", "已关闭": "closed",
    },
)  # fmt: skip
_TIKTOK = Format(
    platform="tiktok",
    columns={
        "order_number": ("Order ID",), "line_key": ("SKU ID",), "sku_code": ("Seller SKU",),
        "title": ("Product Name",), "quantity": ("Quantity",), "returned": ("Sku Quantity of return",),
        "sale_amount": ("SKU Subtotal After Discount",), "status": ("Order Status",), "placed_at": ("Created Time",),
        "paid_at": ("Paid Time",), "received_at": ("Delivered Time",), "sharer": ("Creator Username",),
        "sharer_name": ("Creator Username",),
    },
    needed=("order_number", "line_key", "status", "placed_at", "sku_code", "sale_amount"),
    statuses={
        "unpaid": "placed", "on hold": "paid", "to ship": "paid", "awaiting shipment": "paid",
        "awaiting collection": "paid", "shipped": "shipped", "in transit": "shipped", "delivered": "received",
        "completed": "received", "canceled": "closed", "cancelled": "closed",
    },
    day_first=True,
)  # fmt: skip
_CPS = Format(
    platform="cps",
    columns={
        "order_number": ("订单号", "订单编号", "淘宝父订单编号", "Order ID", "Order number"),
        "line_key": ("子单号", "子订单号", "淘宝子订单号", "Item ID"),
        "slot": ("推广位ID", "推广位", "自定义参数", "Sub ID", "Slot"),
        "title": ("商品名称", "商品标题", "Product"), "quantity": ("商品数量", "Quantity"),
        "sale_amount": ("付款金额", "订单金额", "计佣金额", "Sale amount"),
        "base_amount": ("结算佣金", "实际佣金", "预估佣金", "佣金", "Commission"),
        "status": ("订单状态", "Status"), "placed_at": ("下单时间", "创建时间", "Ordered at"),
        "paid_at": ("付款时间", "Paid at"), "received_at": ("结算时间", "完成时间", "Settled at"),
    },
    needed=("order_number", "slot", "sale_amount", "base_amount", "status", "placed_at"),
    statuses={
        "待付款": "placed", "已付款": "paid", "已成团": "paid", "已收货": "shipped", "已完成": "shipped",
        "已结算": "received", "已失效": "closed", "失效": "closed", "无效": "closed",
        "pending": "paid", "paid": "paid", "approved": "shipped", "settled": "received", "rejected": "closed",
        "invalid": "closed",
    },
)  # fmt: skip
# A table of a network is told by its slot, so it is asked first.
FORMATS = (_CPS, _DOUYIN, _TIKTOK, _WECHAT)


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """A table that was recognized: by field, the name its column has in this file."""

    format: Format
    names: Mapping[str, str]
    unused: tuple[str, ...]


def recognize(header: Iterable[str]) -> Columns | None:
    """None for a table no platform exports."""
    there = list(header)
    for each in FORMATS:
        names = {
            field: next(name for name in known if name in there)
            for field, known in each.columns.items() if any(name in there for name in known)
        }  # fmt: skip
        if all(field in names for field in each.needed):
            used = set(names.values())
            return Columns(format=each, names=names, unused=tuple(name for name in there if name not in used))
    return None
