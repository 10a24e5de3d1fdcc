"""What every journey of a request shares: the locked desk, a step with its deadline, and who is told.

Not a flow: it runs inside the transaction of whoever calls it. The order is locked before the request, the request
before stock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app import aftersales, engagement, orders, payments, store
from app.aftersales import Aftersale, Policy, Wait
from app.flows import giving_back
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.payments import RefundLine
from infra.settings import settings
from tenants import outbox

# After an offer that was not taken the store has this long to think again, so that offers cannot be used to gain time.
SECOND_THOUGHT = timedelta(hours=24)
CUSTOMER, MERCHANT = "customer", "merchant"
BOTH = (CUSTOMER, MERCHANT)


@dataclass(frozen=True, slots=True)
class Desk:
    """One request on the desk: its order and itself, both locked, and the store's rules."""

    order: orders.Order
    case: Aftersale
    policy: Policy


async def open_desk(aftersale: UUID) -> Desk:
    """Order first, then the request. Raises NotFound."""
    order = await orders.lock((await aftersales.find(aftersale)).order_id)
    return Desk(order, await aftersales.lock(aftersale), await aftersales.read_policy())


async def take_step(desk: Desk, to: str, *, cause: str, actor: str, then: Wait | None = None) -> None:
    """Move the request on and start the next clock. Raises IllegalMove."""
    await aftersales.move(desk.case.id, to, cause=cause, actor=actor, then=then)
    await ring_at(desk.case.id, then)


async def change_clock(desk: Desk, then: Wait | None, *, cause: str, actor: str) -> None:
    """Something happened that keeps the status but changes who acts next."""
    await aftersales.note(desk.case.id, cause=cause, actor=actor)
    await aftersales.wait_for(desk.case.id, then)
    await ring_at(desk.case.id, then)


async def ring_at(aftersale: UUID, then: Wait | None) -> None:
    """One job per wait; it looks at the clock again when it comes, so a late or doubled one does nothing."""
    if then is None:
        return
    key = f"aftersale:{aftersale}:{then.default}:{int(then.until.timestamp())}"
    await outbox.post("aftersales.deadline", key=key, delay=then.until - now(), aftersale_id=aftersale)


async def settle_dispute(desk: Desk, ruling: str = "settled", words: str = "") -> bool:
    """The two sides, time, or staff ended a dispute. False when there was none."""
    closed = await aftersales.close_dispute(desk.case.id, ruling, words)
    if closed:
        await report_dispute(desk.case.id)
    return closed


async def report_dispute(aftersale: UUID) -> None:
    """The platform keeps its own list, on another server perhaps; a job brings it up to date."""
    await outbox.post("aftersales.report_dispute", aftersale_id=aftersale)


async def agree(desk: Desk, *, cause: str, actor: str, address: str, label_words: str = "") -> None:
    """The request is right. A claim is paid; goods are sent back first, once it is known where to.

    A store that says no address has the time of an answer to give one; then it pays without getting goods back.
    """
    case, policy = desk.case, desk.policy
    await aftersales.make_offer(case.id, None)
    await settle_dispute(desk)
    await take_step(desk, "approved", cause=cause, actor=actor)
    if case.kind == "claim":
        await give_back(desk, min(case.wanted_amount, await most_back(desk)), cause="refunded", actor=actor)
        return
    await aftersales.give_address(case.id, address, label_words)
    then = to_ship_back(policy) if address else aftersales.wait("merchant", policy.to_answer, "refunded")
    await take_step(desk, "awaiting_return", cause=cause, actor=actor, then=then)
    await outbox.post("fulfillment.announce_return", key=f"return:{case.id}", aftersale_id=case.id)
    await tell(desk, "approved", (CUSTOMER,), deadline=then)


def to_ship_back(policy: Policy) -> Wait:
    return aftersales.wait("shopper", policy.to_ship_back, "canceled")


def to_inspect(desk: Desk) -> Wait:
    """What happens by itself when nobody looks: an exchange is sent, everything else is paid."""
    default = "exchanged" if desk.case.kind == "exchange" else "refunded"
    return aftersales.wait("merchant", desk.policy.to_inspect, default)


async def take_in(desk: Desk, *, cause: str, actor: str) -> None:
    """Arrived, said by a person or by time."""
    then = to_inspect(desk)
    await take_step(desk, "received", cause=cause, actor=actor, then=then)
    await tell(desk, "received", (CUSTOMER,), deadline=then)


async def give_back(
    desk: Desk, amount: int, *, cause: str, actor: str, words: str = "", goods_back: bool = False
) -> None:
    """Owe this much back in the same transaction, and end the request. Raises InvalidInput when not so much is left.

    `goods_back` counts the units as returned; money for goods that stay with the shopper takes none off the order.
    A request that gave less back already gives this on top.
    """
    await _owe(desk, amount, goods_back=goods_back)
    await aftersales.record_refund(desk.case.id, amount, words)
    await settle_dispute(desk)
    if desk.case.status == "refunded":
        await change_clock(desk, None, cause=cause, actor=actor)
    else:
        await take_step(desk, "refunded", cause=cause, actor=actor)
    await tell(desk, "refunded", (CUSTOMER,), amount=amount, words=words)


async def _owe(desk: Desk, amount: int, *, goods_back: bool) -> None:
    case, order = desk.case, desk.order
    weights = await _worth(desk)
    if not 0 <= amount <= sum(weights.values()):
        raise InvalidInput({"amount": "This is more than is left to give back."})
    if not amount:
        return
    left = {part.order_line: part for part in await giving_back.left_of(order.id)}
    terms = await giving_back.terms_of(order)
    units = {line.order_line: line.quantity if goods_back else 0 for line in await aftersales.lines_of(case.id)}
    wishes = [
        RefundLine(line, min(units[line], left[line].quantity), share)
        for line, share in zip(weights, terms.spread(amount, list(weights.values())), strict=True)
    ]
    parts = payments.choose(list(left.values()), wishes, 0, terms)
    source = await aftersales.name_rest(case.id) if case.status == "refunded" else case.id
    await giving_back.owe(order, parts, reason=aftersales.words.reason_code(case.kind, case.number), source_id=source)


async def most_back(desk: Desk) -> int:
    """The most that can still be given back for the lines of this request."""
    return sum((await _worth(desk)).values())


async def _worth(desk: Desk) -> dict[UUID, int]:
    """By order line, what its units are worth, as far as the line has that much left."""
    left = {part.order_line: part.without_freight for part in await giving_back.left_of(desk.order.id)}
    lines = await aftersales.lines_of(desk.case.id)
    return {line.order_line: max(min(line.worth_amount, left[line.order_line]), 0) for line in lines}


async def tell(
    desk: Desk, kind: str, who: Iterable[str], *, deadline: Wait | None = None, amount: int | None = None,
    words: str = "", exchange: str = "",
) -> None:  # fmt: skip
    """Write a message to each of them in this transaction; a job sends it after COMMIT."""
    profile = await store.read_profile()
    facts: dict[str, Any] = {
        "number": desk.case.number, "order": desk.order.number, "store": profile.name, "zone": profile.time_zone,
        "currency": desk.order.currency, "amount": amount, "words": words, "exchange": exchange,
        "deadline": deadline.until.isoformat() if deadline else None,
    }  # fmt: skip
    for recipient in who:
        shopper = recipient == CUSTOMER
        message = await engagement.write_message(
            kind,
            recipient=recipient,
            address=desk.order.email if shopper else profile.contact_email,
            locale=desk.order.locale if shopper else profile.locale,
            facts=facts | {"url": page_of(desk.order, desk.case.id) if shopper else desk_of(desk.case.id)},
            by_mail=bool(settings().smtp_url),
            order_id=desk.order.id,
            aftersale=desk.case.id,
        )
        if message:
            await outbox.post("messaging.send", key=f"message:{message}", message_id=message)


def page_of(order: orders.Order, aftersale: UUID) -> str:
    """Where the shopper sees it, with the key that opens the order without signing in."""
    origin = settings().origin(tenants.current().slug)
    return f"{origin}/orders/{order.number}/aftersales/{aftersale}?key={orders.access_key(order.id)}"


def desk_of(aftersale: UUID) -> str:
    return f"{settings().origin('admin')}/aftersales/{aftersale}"
