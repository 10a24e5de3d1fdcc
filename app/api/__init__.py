"""What other programs read and send, as JSON: a store for front ends of the shopper's own, a mini-program, say."""

from litestar import Router

from app.api.admission import admit
from app.api.campaigns import CampaignController
from app.api.carts import CartController
from app.api.catalog import CatalogController
from app.api.coupons import CouponController
from app.api.documents import show_document
from app.api.orders import OrderController
from app.api.paying import PayingController
from app.api.sessions import SessionController

router = Router(
    path="/@api/v1",
    route_handlers=[
        show_document, SessionController, CatalogController, CampaignController, CartController, CouponController,
        OrderController, PayingController,
    ],
)  # fmt: skip

__all__ = ["admit", "router"]
