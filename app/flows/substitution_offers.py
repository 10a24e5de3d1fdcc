"""Other goods in place of missing ones: what may be offered, and what follows from a no. Steps, not journeys.

Steps run inside an open transaction with the order's row locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import fulfillment, inventory, orders, payments
from app.flows import giving_back
from app.flows.presale_mail import tell
from app.fulfillment import Substitution, trouble
from app.orders import Order
from app.payments import RefundLine
from tenants import outbox

GOODS = """
SELECT variant.id, product.title || CASE WHEN variant.title IN ('', 'Default Title') THEN '' ELSE ' · ' || variant.title
    END AS title, variant.price_amount, product.id = sold.product AS alike
FROM variant JOIN product ON product.id = variant.product AND product.status = 'published'
JOIN order_line AS sold ON sold.id = $1
WHERE variant.active AND variant.id <> sold.variant AND variant.requires_shipping
    AND ($2::uuid IS NULL OR variant.id = $2) AND ($3::bigint IS NULL OR variant.price_amount <= $3)
ORDER BY alike DESC, variant.price_amount DESC, variant.id LIMIT 60
"""


@dataclass(frozen=True, slots=True)
class Goods:
    """What could be sent instead, and what one of it costs."""

    variant: UUID
    title: str
    price_amount: int


@dataclass(frozen=True, slots=True)
class MissingLine:
    """Units of one line that a warehouse misses: what they cost the shopper, with and without added tax."""

    work_order: UUID
    warehouse: UUID
    line: UUID
    title: str
    units: int
    goods_amount: int
    paid_amount: int
    tax_amount: int
    terms: payments.Terms

    @property
    def most_amount(self) -> int:
        """What one unit of the other goods may cost."""
        return self.goods_amount // self.units

    def back_for(self, price_amount: int) -> int:
        """What goes back when goods of this price are sent instead; added tax follows its part of the price."""
        back = self.goods_amount - price_amount * self.units
        whole = payments.Part(self.line, self.units, self.goods_amount, 0, self.tax_amount)
        return back + (self.terms.tax_of(whole, back, 0) if back else 0)


async def missing_lines(order: Order) -> list[MissingLine]:
    """What of a paid order is missing and still has a price."""
    missing = await fulfillment.missing_units(order.id)
    if not missing or not order.is_paid:
        return []
    left, terms = await giving_back.left_of(order.id), await giving_back.terms_of(order)
    there = {part.order_line: part.quantity for part in left}
    titles = {line.id: line.title for line in await orders.lines_of(order.id)}
    found = []
    for work_order, lines in missing.items():
        for (line, place), units in lines.items():
            if units <= there.get(line, 0):
                (part,) = payments.choose(left, [RefundLine(line, units)], 0, terms)
                found.append(
                    MissingLine(
                        work_order, place, line, titles[line], units, part.goods_amount, part.amount, part.tax_amount,
                        terms,
                    )
                )  # fmt: skip
    return found


async def goods_for(missing: MissingLine, variant: UUID | None = None) -> list[Goods]:
    """What is for sale and there in enough units: the same product's first, the dearest that may be sent first.

    With a `variant` that one, whatever it costs.
    """
    most = None if variant else missing.most_amount
    rows = await tenants.connection().fetch(GOODS, missing.line, variant, most)
    free = await inventory.free_units_of([row["id"] for row in rows])
    return [
        Goods(row["id"], row["title"], row["price_amount"])
        for row in rows
        if any(one == row["id"] and (units is None or units >= missing.units) for (one, _place), units in free.items())
    ]


async def turn_down(order: Order, one: Substitution, status: fulfillment.Answer, *, by: str) -> None:
    """The shopper does not take it, or nobody answered: a person sees it, and the money for what is missing goes back.

    What is not missing any more was decided otherwise meanwhile, and the offer is over with it.
    """
    if not await is_still_missing(one):
        await fulfillment.answer(one.id, "withdrawn", by=by)
        return
    await fulfillment.answer(one.id, status, by=by)
    await fulfillment.raise_exception(
        trouble.SUBSTITUTION_DECLINED, work_order=one.fulfillment_order, amount=one.paid_amount, currency=order.currency
    )
    await ask_for_refund(one.id)


async def ask_for_refund(substitution: UUID) -> None:
    await outbox.post(
        "fulfillment.refund_missing", key=f"substitution:{substitution}", substitution_id=str(substitution)
    )


async def is_still_missing(one: Substitution) -> bool:
    """Exactly the units that were spoken of."""
    return await missing_at(one) is not None


async def missing_at(one: Substitution) -> UUID | None:
    """The warehouse that misses exactly the units that were spoken of."""
    lines = (await fulfillment.missing_units(one.order_id)).get(one.fulfillment_order, {})
    wanted = one.order_line, one.units
    return next((place for (line, place), units in lines.items() if (line, units) == wanted), None)


async def tell_shopper(order: Order, one: Substitution) -> None:
    await tell(order, "substitution.proposed", words=one.title, amount=one.back_amount, deadline=one.answer_until)
