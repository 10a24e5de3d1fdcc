"""What offers of other goods are called, and what the order's page needs to make one."""

from __future__ import annotations

from typing import Any

from app import fulfillment
from app.flows.propose_substitution import HOURS
from app.flows.substitution_offers import goods_for, missing_lines
from app.kernel.i18n import N_, ngettext
from app.orders import Order

STATES = {
    "proposed": (N_("The shopper is asked"), "warn"),
    "accepted": (N_("The shopper took it"), "ok"),
    "declined": (N_("The shopper does not want it"), "bad"),
    "expired": (N_("No answer in time"), "bad"),
    "withdrawn": (N_("Offer taken back"), ""),
}


def hours() -> list[tuple[str, str]]:
    return [(str(each), ngettext("%(num)s hour", "%(num)s hours", each) % {"num": each}) for each in HOURS]


async def swaps_of(order: Order) -> dict[str, Any]:
    """What was offered, and the missing lines for which something may be offered, with what there is."""
    known = await fulfillment.substitutions_of(order.id)
    asked = {(one.fulfillment_order, one.order_line) for one in known if one.is_open}
    return {
        "swaps": known,
        "swappable": [
            (line, await goods_for(line))
            for line in await missing_lines(order)
            if line.goods_amount and (line.work_order, line.line) not in asked
        ],
    }
