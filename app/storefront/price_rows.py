"""From goods to what is paid: the rows above the sum, the same in the cart, at checkout and on the order's page."""

from __future__ import annotations

from collections.abc import Sequence

from app import orders, promotions
from app.flows.cart_contents import Contents
from app.flows.price_words import CUTS, cuts_of, named_cuts, tax_words
from app.kernel.formats import money
from app.kernel.i18n import gettext as _
from app.store import Profile

Row = dict[str, str]


def rows_of_cart(cart: Contents, store: Profile) -> list[Row]:
    """Delivery is called an estimate as long as the address could change it."""
    currency = store.currency
    delivery = _("Delivery") if cart.delivery.is_certain else _("Delivery, as a rule")
    rows = [{"label": _("Goods"), "text": money(cart.goods_amount, currency)}]
    coupon = cart.terms.counting_coupon
    cuts = {name: cart.priced.sum(f"{name}_amount") for name in CUTS}
    rows += _cuts(cuts, currency, level=cart.terms.level.name if cart.terms.level else "", code=_name(coupon))
    rows.append(_delivery(delivery, cart.freight_amount, currency))
    return rows + _tax(cart.tax_amount, cart.tax_included, store)


def rows_of_order(order: orders.Order, lines: Sequence[orders.Line], store: Profile, *, code: str = "") -> list[Row]:
    currency = order.currency
    rows = [{"label": _("Goods"), "text": money(order.goods_amount, currency)}]
    rows += _cuts(cuts_of(lines), currency, code=code)
    rows.append(_delivery(_("Delivery"), order.freight_amount, currency))
    included = sum(int(line.price_breakdown.get("tax_included", 0)) for line in lines)
    return rows + _tax(order.tax_amount, included, store)


def _name(coupon: promotions.Coupon | None) -> str:
    return (coupon.code or coupon.name) if coupon else ""


def _cuts(amounts: dict[str, int], currency: str, *, level: str = "", code: str = "") -> list[Row]:
    return [
        {"label": label, "text": f"−{money(amount, currency)}", "kind": "deal"}
        for label, amount in named_cuts(amounts, level=level, code=code)
    ]


def _delivery(label: str, amount: int, currency: str) -> Row:
    return {"label": label, "text": money(amount, currency) if amount else _("Free"), "kind": "muted"}


def _tax(added: int, included: int, store: Profile) -> list[Row]:
    label = tax_words(store.tax_name, included=not added)
    amount = added or included
    return [{"label": label, "text": money(amount, store.currency), "kind": "muted"}] if amount else []
