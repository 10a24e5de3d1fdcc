"""Room: carts, orders, their lines and every move of their state."""

from app.orders.access import TICKET_LIFE, access_key, opens, order_of_ticket, ticket_for
from app.orders.amounts import Priced, PricedLine, price, price_record
from app.orders.carts import (
    MOST_PER_LINE,
    add_line,
    cart_count,
    cart_of,
    change_line,
    choose_coupon,
    choose_points,
    choose_sharer,
    customer_came,
    fill_joining_cart,
    remove_line,
)  # fmt: skip
from app.orders.contained_tax import tax_in_goods
from app.orders.edits import (
    NotEditable,
    OrderChanged,
    record_edit,
    require_editable,
    rewrite_lines,
    set_address,
    set_note,
    set_tags,
)
from app.orders.invoices import (
    Invoice,
    NotInvoiced,
    Seller,
    invoice_of,
    issue_invoice,
    read_seller,
    save_seller,
)
from app.orders.notes import LONGEST_NOTE, Note, add_note, notes_of, read_tags
from app.orders.numbers import give_back_number, take_number
from app.orders.order_jobs import (
    CSV,
    EXPORTS,
    OrderJob,
    expire_jobs,
    find_job,
    finish_job,
    jobs_over,
    note_progress,
    recent_jobs,
    write_job,
)
from app.orders.paper_pdf import draw as draw_papers
from app.orders.papers import Paper, Row, Size
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
from app.orders.reading import (
    Event,
    Line,
    Order,
    events_of,
    find,
    find_by_number,
    lines_of,
    lock,
    lock_by_payment,
    lock_by_work_order,
    taxes_freight,
)
from app.orders.recomputing import Recorded, flat_or_charged, recompute, recorded, restore
from app.orders.replacing import ReplacementLine, write_replacement
from app.orders.repricing import as_charged, reprice
from app.orders.states import (
    LEGAL,
    MAY_SHIP,
    IllegalMove,
    ask_deposit,
    authorize,
    extend,
    move,
    record_refund,
    recording_payment,
)
from app.orders.views import View, remove_view, save_view, views_for

__all__ = [
    "CSV", "EXPORTS", "LEGAL", "LONGEST_NOTE", "MAY_SHIP", "MOST_PER_LINE", "TICKET_LIFE", "CouponRule", "Event",
    "Freight", "FreightRule", "IllegalMove", "Invoice", "Line", "MemberRule", "NewLine", "NewOrder", "NotEditable",
    "NotInvoiced", "Note", "Order", "OrderChanged", "OrderJob", "Paper", "PointsRule", "PriceLine", "PriceRules",
    "Priced", "PricedLine", "Recorded", "ReplacementLine", "Row", "Seller", "Size", "TaxRule", "View", "access_key",
    "add_line", "add_note", "as_charged", "ask_deposit", "authorize", "cart_count", "cart_of", "change_line",
    "choose_coupon", "choose_points", "choose_sharer", "customer_came", "draw_papers", "events_of", "expire_jobs",
    "extend", "fill_joining_cart", "find", "find_by_number", "find_job", "finish_job", "flat_or_charged",
    "give_back_number", "invoice_of", "issue_invoice", "jobs_over", "lines_of", "lock", "lock_by_payment",
    "lock_by_work_order", "move", "note_progress", "notes_of", "opens", "order_of_cart", "order_of_ticket", "price",
    "price_record", "read_seller", "read_tags", "recent_jobs", "recompute", "record_edit", "record_refund",
    "recorded", "recording_payment", "remove_line", "remove_view", "reprice", "require_editable", "restore",
    "rewrite_lines", "save_seller", "save_view", "set_address", "set_note", "set_tags", "take_number", "tax_in_goods",
    "taxes_freight", "ticket_for", "views_for", "write_job", "write_order", "write_replacement",
]  # fmt: skip
