"""Room: carts, orders, their lines and every move of their state."""

from app.orders.access import access_key, opens
from app.orders.amounts import Priced, PricedLine, price, price_record
from app.orders.carts import (
    MOST_PER_LINE,
    add_line,
    cart_count,
    cart_of,
    change_line,
    choose_coupon,
    choose_points,
    customer_came,
    remove_line,
)  # fmt: skip
from app.orders.contained_tax import tax_in_goods
from app.orders.numbers import give_back_number, take_number
from app.orders.placing import NewLine, NewOrder, order_of_cart, write_order
from app.orders.price_rules import (
    CouponRule,
    Freight,
    FreightRule,
    MemberRule,
    PointsRule,
    PriceLine,
    PriceRules,
    TaxRule,
)
from app.orders.reading import Event, Line, Order, events_of, find, find_by_number, lines_of, lock, taxes_freight
from app.orders.recomputing import Recorded, recompute, recorded, restore
from app.orders.replacing import ReplacementLine, write_replacement
from app.orders.states import LEGAL, IllegalMove, move, record_payment, record_refund

__all__ = [
    "LEGAL", "MOST_PER_LINE", "CouponRule", "Event", "Freight", "FreightRule", "IllegalMove", "Line", "MemberRule",
    "NewLine", "NewOrder", "Order", "PointsRule", "PriceLine", "PriceRules", "Priced", "PricedLine", "Recorded",
    "ReplacementLine", "TaxRule", "access_key", "add_line", "cart_count", "cart_of", "change_line", "choose_coupon",
    "choose_points", "customer_came", "events_of", "find", "find_by_number", "give_back_number", "lines_of", "lock",
    "move", "opens", "order_of_cart", "price", "price_record", "recompute", "record_payment", "record_refund",
    "recorded", "remove_line", "restore", "take_number", "tax_in_goods", "taxes_freight", "write_order",
    "write_replacement",
]  # fmt: skip
