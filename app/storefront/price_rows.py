"""From goods to what is paid: the rows above the sum, the same in the cart, at checkout and on the order's page."""

from __future__ import annotations

from collections.abc import Sequence

from app import orders, promotions
from app.flows.cart_contents import Contents
from app.kernel.formats import money
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.store import Profile

Row = dict[str, str]
CUTS = {"member": N_("Member price"), "campaign": N_("Campaign price"), "coupon": N_("Coupon"), "points": N_("Points")}


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
    cuts = {name: -sum(int(line.price_breakdown.get(name, 0)) for line in lines) for name in CUTS}
    rows += _cuts(cuts, currency, code=code)
    rows.append(_delivery(_("Delivery"), order.freight_amount, currency))
    included = sum(int(line.price_breakdown.get("tax_included", 0)) for line in lines)
    return rows + _tax(order.tax_amount, included, store)


def _name(coupon: promotions.Coupon | None) -> str:
    return (coupon.code or coupon.name) if coupon else ""


def _cuts(amounts: dict[str, int], currency: str, *, level: str = "", code: str = "") -> list[Row]:
    """Only what applies; the level and the coupon are named where they are known."""
    details = {"member": level, "coupon": code}
    return [
        {
            "label": f"{_(words)} · {details[name]}" if details.get(name) else _(words),
            "text": f"−{money(amounts[name], currency)}",
            "kind": "deal",
        }
        for name, words in CUTS.items()
        if amounts[name]
    ]


def _delivery(label: str, amount: int, currency: str) -> Row:
    return {"label": label, "text": money(amount, currency) if amount else _("Free"), "kind": "muted"}


def _tax(added: int, included: int, store: Profile) -> list[Row]:
    name = store.tax_name or _("Tax")
    if added:
        return [{"label": name, "text": money(added, store.currency), "kind": "muted"}]
    if included:
        label = _("%(name)s, included", name=name)
        return [{"label": label, "text": money(included, store.currency), "kind": "muted"}]
    return []
