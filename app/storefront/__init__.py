"""What shoppers see, on each store's own host."""

from litestar import Router

from app.storefront.account import AccountController
from app.storefront.aftersales import AftersaleController
from app.storefront.campaign_live import stream_campaign
from app.storefront.campaign_sharing import HANDLERS as SHARING
from app.storefront.campaigns import CampaignController
from app.storefront.cart import CartController
from app.storefront.checkout import CheckoutController
from app.storefront.coupons import CouponController
from app.storefront.demand import DemandController
from app.storefront.find_order import FindOrderController
from app.storefront.groups import show_groups
from app.storefront.home import WindowController
from app.storefront.koc import HANDLERS as ASKING
from app.storefront.legal import LegalController
from app.storefront.links import follow_link
from app.storefront.offers import follow_offer
from app.storefront.order_address import OrderAddressController
from app.storefront.orders import OrderController
from app.storefront.packing_sheets import HANDLERS as PACKING
from app.storefront.parcels import show_parcel
from app.storefront.password import PasswordController
from app.storefront.paying import PayingController
from app.storefront.pickup_code import show_code
from app.storefront.products import ProductController
from app.storefront.receipts import ReceiptController
from app.storefront.sharer import SharerController
from app.storefront.shows import HANDLERS as SHOWS
from app.storefront.sign_in import SignInController
from app.storefront.substitutions import answer_offer
from app.storefront.teams import TeamController
from app.storefront.theme import show_theme
from app.storefront.unwanted import UnwantedController
from app.storefront.visit import show_visit
from app.storefront.wallet import WalletController

router = Router(
    path="/@storefront",
    route_handlers=[
        WindowController, ProductController, CartController, CheckoutController, OrderController, PayingController,
        OrderAddressController, UnwantedController, FindOrderController,
        AftersaleController, CampaignController, DemandController, TeamController,
        AccountController, PasswordController, CouponController, SharerController, SignInController, WalletController,
        LegalController,
        follow_link, follow_offer, stream_campaign, show_groups, *SHARING, *SHOWS, *ASKING, *PACKING,
        show_theme, show_visit, show_code, show_parcel, answer_offer,
        ReceiptController,
    ],
)  # fmt: skip

__all__ = ["router"]
