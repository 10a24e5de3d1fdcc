"""Room: carts, orders, their lines and every move of their state."""

from app.orders.access import access_key, opens
from app.orders.amounts import Freight, PricedLine, price_lines
from app.orders.carts import (
    MOST_PER_LINE,
    add_line,
    cart_count,
    cart_of,
    change_line,
    customer_came,
    remove_line,
)  # fmt: skip
from app.orders.numbers import give_back_number, take_number
from app.orders.placing import NewLine, NewOrder, order_of_cart, write_order
from app.orders.reading import Event, Line, Order, events_of, find, find_by_number, lines_of, lock
from app.orders.states import LEGAL, IllegalMove, move, record_payment, record_refund

__all__ = [
    "LEGAL", "MOST_PER_LINE", "Event", "Freight", "IllegalMove", "Line", "NewLine", "NewOrder", "Order", "PricedLine",
    "access_key", "add_line", "cart_count", "cart_of", "change_line", "customer_came", "events_of", "find",
    "find_by_number", "give_back_number", "lines_of", "lock", "move", "opens", "order_of_cart", "price_lines",
    "record_payment", "record_refund", "remove_line", "take_number", "write_order",
]  # fmt: skip
