"""From goods to what is paid: the rows above the sum, the same in the cart, at checkout and on the order's page."""

from __future__ import annotations

from collections.abc import Sequence

from app import orders
from app.flows.cart_contents import Contents
from app.kernel.formats import money
from app.kernel.i18n import gettext as _
from app.store import Profile

Row = dict[str, str]


def rows_of_cart(cart: Contents, store: Profile) -> list[Row]:
    """Delivery is called an estimate as long as the address could change it."""
    currency = store.currency
    delivery = _("Delivery") if cart.delivery.is_certain else _("Delivery, as a rule")
    rows = [{"label": _("Goods"), "text": money(cart.goods_amount, currency)}]
    rows += _cut(cart.priced.discount_amount, currency)
    rows.append(_delivery(delivery, cart.freight_amount, currency))
    return rows + _tax(cart.tax_amount, cart.tax_included, store)


def rows_of_order(order: orders.Order, lines: Sequence[orders.Line], store: Profile) -> list[Row]:
    currency = order.currency
    rows = [{"label": _("Goods"), "text": money(order.goods_amount, currency)}]
    rows += _cut(order.discount_amount, currency)
    rows.append(_delivery(_("Delivery"), order.freight_amount, currency))
    included = sum(int(line.price_breakdown.get("tax_included", 0)) for line in lines)
    return rows + _tax(order.tax_amount, included, store)


def _cut(amount: int, currency: str) -> list[Row]:
    return [{"label": _("Discount"), "text": f"−{money(amount, currency)}", "kind": "deal"}] if amount else []


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
