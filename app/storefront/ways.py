"""What an order's page says about paying it: which ways there are, which was begun, and what has to be done."""

from __future__ import annotations

from typing import Any

from app import orders, payments
from app.flows.payment_choices import payment_choices
from app.flows.promising import CASH
from app.kernel.errors import NotFound


async def ways_of(order: orders.Order) -> dict[str, Any]:
    """Inside a transaction. `begun` is the open payment, `terms` what the merchant says about paying it by hand."""
    if not order.awaits_payment and order.payment_status != "authorized":
        return {"ways": [], "begun": None, "way": None, "terms": {}}
    tries = await payments.open_payments_of(order.id)
    # After an order was corrected its sum is another one, and what was begun before does not pay it.
    begun = next((each for each in reversed(tries) if each.amount == order.due_amount), None)
    way = payments.vendor_of(begun.provider) if begun else None
    ways = await payment_choices() if order.awaits_payment else []
    if order.payment_status == "partially_paid" or order.deposit_amount:
        ways = [each for each in ways if each.code != CASH]
    return {"ways": ways, "begun": begun, "way": way, "terms": await _terms(way)}


async def _terms(way: payments.Vendor | None) -> dict[str, Any]:
    if way is None or not way.manual:
        return {}
    try:
        settings: dict[str, Any] = (await payments.account_of(way.code))["settings"]
    except NotFound:
        return {}
    return settings
