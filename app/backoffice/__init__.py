"""What the merchant sees: the store's back office on `admin.*`."""

from litestar import Router

from app.backoffice import (
    account,
    aftersales,
    aftersales_opening,
    books,
    coupons,
    dashboard,
    delivery,
    fulfillment,
    imports,
    look,
    members,
    order_desk,
    order_documents,
    order_money,
    orders,
    pictures,
    products,
    promoters,
    settings,
    sign_in,
    stock,
    tax,
    tickets,
    users,
)
from app.backoffice.enter import enter

PAGES = (
    sign_in, account, dashboard, products, pictures, stock, imports, orders, fulfillment, promoters, look, settings,
    delivery, tax, aftersales, aftersales_opening,
    users,
    coupons, members,
    books, order_money, tickets,
    order_desk, order_documents,
)  # fmt: skip

router = Router(path="/@backoffice", route_handlers=[enter, *(handler for page in PAGES for handler in page.HANDLERS)])

__all__ = ["router"]
