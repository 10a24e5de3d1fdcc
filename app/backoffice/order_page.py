"""Everything one order's page shows, read in as few looks as it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from app import aftersales, attribution, commissions, fulfillment, orders, payments, promotions
from app.backoffice import queries_orders, substitution_words
from app.backoffice.sale_cases import cases_of
from app.flows.delivery_way import way_of
from app.flows.mode_presale import promised_day
from app.flows.order_timeline import Known, timeline_of
from app.orders import Order

NEWEST = 8  # entries of the history on the order's own page


async def read_order(order: Order) -> dict[str, Any]:
    """For the page's template; inside the open transaction."""
    there = await queries_orders.hangs_on(order.id)

    async def read(what: str, reading: Callable[[UUID], Awaitable[Any]], nothing: Any) -> Any:
        return await reading(order.id) if what in there else nothing

    notes, refunds = await read("notes", orders.notes_of, []), await read("refunds", payments.refunds_of, [])
    parcels = await read("parcels", fulfillment.parcels_of, [])
    known = Known(refunds, parcels, notes, returned="requests" in there)
    return {
        "lines": await orders.lines_of(order.id),
        "notes": notes,
        "invoice": await read("invoice", orders.invoice_of, None),
        "payments": await queries_orders.payments_of(order.id),
        "refunds": refunds,
        "requests": await read("requests", aftersales.of_order, []),
        "work_orders": await fulfillment.work_orders_of(order.id),
        "places": {place.id: place.name for place in await fulfillment.warehouses()},
        "parcels": parcels,
        "missing": {
            one: sum(units.values()) for one, units in (await read("shorts", fulfillment.missing_units, {})).items()
        },
        "reasons": await read("reasons", fulfillment.reasons_of, {}),
        "ways_back": await read("ways_back", fulfillment.ways_back_of, []),
        "reships": await read("parcels", fulfillment.reships_of, {}),
        "holds": [hold for hold in await read("holds", fulfillment.holds_of, []) if hold.is_open],
        "way": await way_of(order),
        "receipts": await read("decisions", attribution.receipt_of, []),
        "ships_at": await promised_day(order),
        "coupon": await read("coupon", promotions.coupon_of_order, ""),
        "taken_back": await read("commissions", commissions.taken_back, {}),
        "cases": await read("decisions", cases_of, {}),
        "earners": await read("commissions", commissions.named_lines, []),
        "entries": (await timeline_of(order, for_shopper=False, known=known))[:NEWEST],
    } | (await substitution_words.swaps_of(order) if "shorts" in there else {"swaps": [], "swappable": []})
