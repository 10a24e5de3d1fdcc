"""Everything that happened to an order, in words: not a flow, but what the pages of store and shopper both tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import aftersales, engagement, fulfillment, group_buying, orders, payments
from app.kernel.formats import money
from app.kernel.i18n import N_, current_locale, gettext

MOVES: Mapping[tuple[str, str], str] = {
    ("status", "placed"): N_("The order was placed"),
    ("status", "completed"): N_("Order completed"),
    ("status", "canceled"): N_("Order canceled"),
    ("status", "expired"): N_("Not paid in time, so the order is over"),
    ("payment_status", "authorized"): N_("Payment authorized"),
    ("payment_status", "partially_paid"): N_("A part is paid"),
    ("payment_status", "paid"): N_("The order is paid"),
    ("payment_status", "partially_refunded"): N_("A part was paid back"),
    ("payment_status", "refunded"): N_("Everything was paid back"),
    ("payment_status", "voided"): N_("No payment is expected any more"),
    ("fulfillment_status", "partially_fulfilled"): N_("A part has left the warehouse"),
    ("fulfillment_status", "fulfilled"): N_("Everything has left the warehouse"),
    ("fulfillment_status", "delivered"): N_("Everything has arrived"),
    ("fulfillment_status", "canceled"): N_("Nothing more will be sent"),
    ("edit", "address"): N_("Delivery address changed"),
    ("edit", "note"): N_("Note changed"),
    ("edit", "lines"): N_("Quantities lowered"),
    ("edit", "shipping"): N_("Shipping changed"),
}
SHIPPING: Mapping[str, str] = {
    "released": N_("%(reference)s was let out"),
    "held": N_("%(reference)s is held"),
    "split": N_("%(reference)s was divided: %(new)s is new"),
    "partial": N_("A part of %(reference)s goes now; %(new)s waits"),
    "merged": N_("%(new)s was joined to %(reference)s"),
    "moved": N_("%(reference)s is sent from another warehouse"),
    "stop_asked": N_("The warehouse was asked to stop %(reference)s"),
    "stopped": N_("The warehouse stopped %(reference)s"),
    "not_stopped": N_("The warehouse could not stop %(reference)s"),
    "way_back_return": N_("%(reference)s comes back as a return"),
    "way_back_at_the_door": N_("%(reference)s is paid back once its parcel came back"),
    "replaced": N_("%(new)s leaves instead of %(reference)s"),
}
ACTORS = {
    "shopper": N_("Shopper"), "provider": N_("Payment provider"), "warehouse": N_("Warehouse"),
    "carrier": N_("Carrier"), "system": N_("By itself"), "merchant": N_("Store"), "staff": N_("Platform staff"),
}  # fmt: skip
SENT = {
    "queued": N_("Mail waits"), "sending": N_("Mail waits"), "sent": N_("Mail sent"), "failed": N_("Mail failed"),
    "kept": N_("On the page only"),
}  # fmt: skip
AT_ONCE = timedelta(seconds=2)  # a step and what is told about it are written in one breath
ADDRESS = ("recipient", "phone", "postal_code", "region", "city", "district", "street")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `lines` say more, `who` did it (empty where nobody is meant)."""

    at: datetime
    text: str
    who: str = ""
    lines: tuple[str, ...] = ()
    kind: str = "move"
    rank: int = field(default=0)


@dataclass(frozen=True, slots=True)
class Known:
    """What a page has read of the order already; `returned`: something of it was wanted back or exchanged."""

    refunds: Sequence[payments.Refund]
    parcels: Sequence[fulfillment.ParcelView]
    notes: Sequence[orders.Note]
    returned: bool = True


async def timeline_of(order: orders.Order, *, for_shopper: bool, known: Known | None = None) -> list[Entry]:
    """The newest first. The shopper sees no internal notes, no failed tries and no names of the store's people.

    Of the messages she sees what the store wrote and what was mailed to her; the others only repeat the steps.
    """
    known = known or await _read(order.id, for_shopper=for_shopper)
    money_mover = "merchant" if await payments.only_by_hand(order.id) else "provider"
    entries = [
        *_events(await orders.events_of(order.id), order.currency, money_mover, for_shopper=for_shopper),
        *_refunds(known.refunds, money_mover, for_shopper=for_shopper),
        *_parcels(known.parcels),
        *_after_the_sale(
            await aftersales.steps_of_order(order.id) if known.returned else [],
            await engagement.messages_of_order(order.id),
            for_shopper=for_shopper,
        ),
        *(_note(note) for note in known.notes if not for_shopper),
    ]
    return sorted(entries, key=lambda entry: (entry.at, entry.rank), reverse=True)


async def _read(order: UUID, *, for_shopper: bool) -> Known:
    notes = [] if for_shopper else await orders.notes_of(order)
    return Known(await payments.refunds_of(order), await fulfillment.parcels_of(order), notes)


def who(actor: str, *, for_shopper: bool) -> str:
    if for_shopper and actor == "shopper":
        return gettext("You")
    if actor in ACTORS:
        return gettext(ACTORS[actor])
    return gettext("Store") if for_shopper else actor


def _events(events: Sequence[orders.Event], currency: str, money_mover: str, *, for_shopper: bool) -> Iterator[Entry]:
    for event in events:
        text = MOVES.get((event.field, event.to_status), event.to_status)
        yield Entry(
            event.at, gettext(text),
            who(money_mover if event.actor == "provider" else event.actor, for_shopper=for_shopper),
            tuple(_edited(event, currency)), event.field, event.seq,
        )  # fmt: skip


def _edited(event: orders.Event, currency: str) -> Iterator[str]:
    if event.field != "edit":
        return
    before, after = event.details.get("before"), event.details.get("after")
    if event.to_status == "shipping":
        yield shipping_words(after or {})
        return
    if event.to_status == "lines":
        yield from _fewer(before or {}, after or {}, currency)
    elif event.to_status == "address":
        yield gettext("before: %(text)s", text=_address(before or {}))
        yield gettext("now: %(text)s", text=_address(after or {}))
    else:
        yield gettext("before: %(text)s", text=before or "–")
        yield gettext("now: %(text)s", text=after or "–")


def shipping_words(done: Mapping[str, Any]) -> str:
    """What was done with a work order."""
    known = SHIPPING.get(str(done.get("deed", "")), "%(reference)s")
    return gettext(known) % {"reference": done.get("reference", ""), "new": done.get("new", "")}


def _fewer(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> Iterator[str]:
    for was, is_ in zip(before.get("lines", ()), after.get("lines", ()), strict=False):
        if was["quantity"] != is_["quantity"]:
            yield f"{was['title']}: {was['quantity']} → {is_['quantity']}"
    if "total_amount" in after:
        yield (
            gettext("Total") + f": {money(before['total_amount'], currency)} → {money(after['total_amount'], currency)}"
        )


def _address(ship_to: Mapping[str, str]) -> str:
    return " ".join(ship_to[name] for name in ADDRESS if ship_to.get(name)) or "–"


def _refunds(refunds: Sequence[payments.Refund], money_mover: str, *, for_shopper: bool) -> Iterator[Entry]:
    for refund in refunds:
        amount = money(refund.amount, refund.currency)
        told = refund.reason in group_buying.words.REFUNDS if for_shopper else refund.reason not in ("", "merchant")
        detail = (_reason(refund.reason),) if told else ()
        yield Entry(refund.created_at, gettext("Refund of %(amount)s started", amount=amount), "", detail, "refund")
        if refund.status == "succeeded" and refund.succeeded_at:
            yield Entry(
                refund.succeeded_at, gettext("Refund of %(amount)s is back", amount=amount),
                who(money_mover, for_shopper=for_shopper), (refund.number,), "refund",
            )  # fmt: skip


def _parcels(parcels: Sequence[fulfillment.ParcelView]) -> Iterator[Entry]:
    for parcel in parcels:
        name = f"{parcel.carrier_name or parcel.carrier} {parcel.tracking_number}".strip()
        if parcel.shipped_at:
            text = gettext("Parcel sent with %(carrier)s", carrier=name)
            yield Entry(parcel.shipped_at, text, who("warehouse", for_shopper=True), (), "parcel")
        for step in parcel.steps:
            if step.text:
                yield Entry(step.at, step.text, who("carrier", for_shopper=True), (), "parcel")


Step = tuple[aftersales.Aftersale, aftersales.Event]


def _after_the_sale(
    steps: Sequence[Step], messages: Sequence[engagement.Message], *, for_shopper: bool
) -> Iterator[Entry]:
    """Each step with what was told about it; what one side wrote to the other stands by itself."""
    told: dict[int, list[str]] = {}
    kept = list(_without_echo(steps))
    for message in messages:
        if for_shopper and (message.recipient != "customer" or (message.status == "kept" and message.kind != "said")):
            continue
        place = _step_of(message, kept) if message.kind != "said" else None
        if place is None:
            yield _message(message, for_shopper=for_shopper)
        else:
            told.setdefault(place, []).append(_telling(message, for_shopper=for_shopper))
    for place, (case, event) in enumerate(kept):
        name = aftersales.words.reason_in_words(aftersales.words.reason_code(case.kind, case.number))
        step = aftersales.words.step(event.cause, to_shopper=for_shopper)
        yield Entry(
            event.at, gettext("%(request)s: %(step)s", request=name, step=step),
            who(event.actor, for_shopper=for_shopper), (*_about(case, event), *told.get(place, ())), "aftersale",
            event.seq,
        )  # fmt: skip


def _without_echo(steps: Sequence[Step]) -> Iterator[Step]:
    """That goods may come back is one answer, though it is two steps."""
    agreed: set[UUID] = set()
    for case, event in steps:
        if event.to_status == "approved":
            agreed.add(case.id)
        if not (event.from_status == "approved" and event.to_status == "awaiting_return" and case.id in agreed):
            yield case, event


def _step_of(message: engagement.Message, steps: Sequence[Step]) -> int | None:
    """The step whose transaction wrote the message: the last one of its request just before it."""
    found = None
    for place, (case, event) in enumerate(steps):
        if case.number == message.facts.get("number") and event.at <= message.created_at < event.at + AT_ONCE:
            found = place
    return found


def _about(case: aftersales.Aftersale, event: aftersales.Event) -> tuple[str, ...]:
    """What the step was about, as far as the request still knows it."""
    if event.cause in ("requested", "requested_by_store"):
        return (aftersales.words.reason(case.reason), *filter(None, [case.words]))
    if event.cause == "sent_back":
        return tuple(filter(None, [f"{case.carrier} {case.tracking_number}".strip()]))
    if event.cause in ("declined", "refunded"):
        return tuple(filter(None, [case.decision_words]))
    return tuple(filter(None, [case.ruling_words])) if event.cause.startswith("ruled_") else ()


def _telling(message: engagement.Message, *, for_shopper: bool) -> str:
    subject = engagement.subject_of(message, current_locale.get())
    if for_shopper:
        return gettext("Mail to you: %(subject)s", subject=subject)
    state = gettext(SENT[message.status])
    if message.recipient == "customer":
        return gettext("To the shopper: %(subject)s · %(state)s", subject=subject, state=state)
    return gettext("To the store: %(subject)s · %(state)s", subject=subject, state=state)


def _message(message: engagement.Message, *, for_shopper: bool) -> Entry:
    """On an entry of its own: what it says, and to whom."""
    subject = engagement.subject_of(message, current_locale.get())
    said = tuple(filter(None, [message.facts.get("words", "") if message.kind == "said" else ""]))
    if for_shopper:
        return Entry(message.created_at, subject, gettext("Message to you"), said, "message")
    to_her = message.recipient == "customer"
    heading = gettext("Message to the shopper") if to_her else gettext("Message to the store")
    return Entry(message.created_at, subject, heading, (*said, gettext(SENT[message.status])), "message")


def _reason(text: str) -> str:
    if text in group_buying.words.REFUNDS:
        return gettext(group_buying.words.REFUNDS[text])
    words = aftersales.words.reason_in_words(text)
    return words if words != text else text.replace("_", " ")


def _note(note: orders.Note) -> Entry:
    return Entry(note.at, gettext("Note"), note.author_name, tuple(note.text.split("\n")), "note")
