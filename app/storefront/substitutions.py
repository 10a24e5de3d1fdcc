"""The shopper answers an offer of other goods. Open to whoever may open the order."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app import fulfillment, orders
from app.flows.answer_substitution import answer_substitution
from app.flows.substitution_offers import is_still_missing
from app.kernel.forms import read_form
from app.kernel.i18n import N_, gettext
from app.kernel.pages import see_other
from app.storefront.whose import order_address, order_of_visitor

OUTCOMES = {
    "accepted": ("ok", N_("The other goods are sent to you.")),
    "declined": ("ok", N_("The store gives the money for the missing goods back.")),
}
TOO_LATE = ("warn", N_("These goods were sold out meanwhile. The store gives the money for the missing goods back."))


class SubstitutionForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    answer: Literal["yes", "no"]


@post("/orders/{number:str}/substitutions/{substitution_id:uuid}/answer", permission="public")
async def answer_offer(
    request: Request[Any, Any, Any], number: FromPath[str], substitution_id: FromPath[UUID], key: FromQuery[str] = ""
) -> Redirect:
    """Raises NotFound for offers of other orders, AnsweredAlready."""
    order = await order_of_visitor(request, number, key)
    accept = (await read_form(request, SubstitutionForm)).answer == "yes"
    after = await answer_substitution(order.id, substitution_id, accept=accept, by="shopper")
    kind, words = TOO_LATE if accept and after.status == "declined" else OUTCOMES[after.status]
    return see_other(order_address(order), flash=(kind, gettext(words)))


async def offers_of(order: orders.Order) -> dict[str, Any]:
    """What the order's page shows: what may still be answered, and what was taken, with the way to its parcel."""
    known = await fulfillment.substitutions_of(order.id)
    return {
        "offers": [one for one in known if one.is_open and await is_still_missing(one)],
        "taken": [
            (one, f"/orders/{one.replacement_number}?key={orders.access_key(one.replacement)}")
            for one in known
            if one.replacement
        ],
    }
