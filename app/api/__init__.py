"""What other programs read and send, as JSON: a store for front ends of the shopper's own, a mini-program, say."""

from litestar import Router

from app.api.accounts import AccountController
from app.api.addresses import AddressController
from app.api.admission import admit
from app.api.aftersale_moves import AftersaleMoveController
from app.api.aftersales import AftersaleController
from app.api.campaign_live import CampaignLiveController
from app.api.campaigns import CampaignController
from app.api.carts import CartController
from app.api.catalog import CatalogController
from app.api.clicks import ClickController
from app.api.coupons import CouponController
from app.api.documents import show_document
from app.api.found_orders import find
from app.api.gift_cards import GiftCardController
from app.api.interest import InterestController
from app.api.open_cart import OpenCartController
from app.api.orders import OrderController
from app.api.participations import ParticipationController
from app.api.paying import PayingController
from app.api.placing import PlacingController
from app.api.sessions import SessionController
from app.api.unwanted import take_out
from app.api.wallet_sessions import WalletSessionController

router = Router(
    path="/@api/v1",
    route_handlers=[
        show_document, SessionController, WalletSessionController, AccountController, AddressController,
        CatalogController, CampaignController,
        CampaignLiveController, InterestController, ClickController, OpenCartController, CartController,
        CouponController, GiftCardController, PlacingController, OrderController, ParticipationController,
        PayingController, AftersaleController, AftersaleMoveController, take_out, find,
    ],
)  # fmt: skip

__all__ = ["admit", "router"]
