"""What the merchant sees: the store's back office on `admin.*`."""

from litestar import Router

from app.backoffice import (
    account,
    aftersales,
    aftersales_opening,
    books,
    bound_shoppers,
    by_hand,
    campaign_exports,
    campaign_teams,
    campaigns,
    commission_lines,
    community,
    coupons,
    dashboard,
    delivery,
    demand,
    fulfillment,
    gift_cards,
    imports,
    leader_goods,
    look,
    members,
    notices,
    order_desk,
    order_documents,
    order_jobs,
    order_money,
    order_views,
    orders,
    payment_accounts,
    payouts,
    people,
    pickup_points,
    pictures,
    plans,
    presale,
    products,
    promoter_life,
    promoter_rules,
    promoters,
    refunds,
    selection,
    settings,
    sign_in,
    statements,
    stock,
    store_credit,
    tax,
    tickets,
    users,
    whose_sale,
)
from app.backoffice.enter import enter

PAGES = (
    sign_in, account, dashboard, products, pictures, stock, imports, orders, fulfillment, look, settings,
    delivery, tax, aftersales, aftersales_opening, refunds, gift_cards, store_credit,
    users,
    promoters, promoter_rules, promoter_life,
    campaigns, campaign_exports, leader_goods, campaign_teams, community, pickup_points, coupons, members, people,
    demand, presale, selection,
    books, order_money, statements, tickets,
    order_desk, order_documents, order_jobs, order_views,
    payment_accounts, notices, by_hand, payouts, plans, commission_lines,
    whose_sale, bound_shoppers,
)  # fmt: skip

router = Router(path="/@backoffice", route_handlers=[enter, *(handler for page in PAGES for handler in page.HANDLERS)])

__all__ = ["router"]
