"""The life of what comes after a sale: returns, exchanges and claims, every answer to them, disputes, and time that
passes; each about some units of one large order that was paid at the sandbox and has arrived.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PIL import Image

import tenants
from app import aftersales
from app.flows.decide_aftersale import answer_offer, approve_aftersale, decline_aftersale, offer_amount
from app.flows.dispute_aftersale import dispute_aftersale, rule_aftersale
from app.flows.exchange_goods import ship_exchange
from app.flows.lapse_aftersale import lapse_aftersale
from app.flows.place_order import place_order
from app.flows.refund_aftersale import refund_aftersale
from app.flows.request_refund import request_refund
from app.flows.return_goods import (
    cancel_aftersale,
    give_return_address,
    inspect_return,
    receive_return,
    send_back,
)  # fmt: skip
from app.flows.start_payment import start_payment
from app.flows.talk_about_aftersale import store_evidence, talk_about_aftersale
from tenants import platform
from tests import builders_selling
from tests.builders_aftersales import ADDRESS, ask, lines_of, run_out, ship
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.stage import register_payments

WAITS = 6  # no request waits more often than this until it is over


@dataclass(frozen=True, slots=True)
class Made:
    """Two orders that have arrived; of the goods of the second one, nothing more is in stock."""

    order: UUID
    sold_out: UUID


async def prepare() -> Made:
    await register_payments(tenants.current(), money.QUIET)
    order = await _arrived(await builders_selling.offer(price=1000, stock=40), 14)
    return Made(order, await _arrived(await builders_selling.offer(price=700, stock=1), 1))


async def _arrived(offer: builders_selling.Offer, quantity: int) -> UUID:
    visitor, cart = await builders_selling.fill_cart(offer, quantity=quantity)
    placed = await place_order(cart, visitor, builders_selling.checkout())
    await money.choose((await start_payment(placed.order_id, "sandbox", money.PAGE)).url, "pay")
    await money.ask_and_work()
    await ship(placed.order_id)
    return placed.order_id


async def live(made: Made) -> None:
    """Every way a request may go, one after the other."""
    await _paid_in_part_and_disputed(made.order)
    await _exchanged(made.order)
    await _offers(made.order)
    await _called_off(made.order)
    await _ruled(made.order)
    await _nobody_acts(made)
    await _overtaken(made.order)
    await money.ask_and_work()


async def _paid_in_part_and_disputed(order_id: UUID) -> None:
    """Asked with a picture, talked about, sent back, counted, paid in part; the rest by the platform."""
    pictures, _refused = await store_evidence([_picture()])
    case = await ask(order_id, quantity=2, pictures=pictures)
    await talk_about_aftersale(case, side="merchant", name="Su He", words="Which side?", pictures=())
    await approve_aftersale(case, actor="Su He", address=ADDRESS)
    await give_return_address(case, actor="Su He", address=f"{ADDRESS}, gate 2")
    await send_back(case, carrier="SF", tracking_number="SF1")
    await receive_return(case, actor="Su He")
    await _count(case, 1, 1)
    await refund_aftersale(case, 1500, actor="Su He", words="One was bitten.")
    await money.ask_and_work()
    await dispute_aftersale(case, side="shopper", actor="shopper", words="It was whole.")
    await rule_aftersale(case, amount=500, words="The picture shows it.")


async def _exchanged(order_id: UUID) -> None:
    variant = (await lines_of(order_id))[0].variant
    case = await ask(order_id, "exchange", instead=variant)
    await approve_aftersale(case, actor="Su He", address=ADDRESS)
    await receive_return(case, actor="Su He")
    await ship_exchange(case, actor="Su He")
    await _count(case, 1, 0)


async def _offers(order_id: UUID) -> None:
    for accept in (True, False):
        case = await ask(order_id)
        await offer_amount(case, 300, actor="Su He")
        await answer_offer(case, accept=accept)
    await decline_aftersale(case, actor="Su He", words="It was eaten.")


async def _called_off(order_id: UUID) -> None:
    await cancel_aftersale(await ask(order_id))


async def _ruled(order_id: UUID) -> None:
    for amount in (None, 800):
        case = await ask(order_id, "claim")
        await dispute_aftersale(case, side="shopper", actor="shopper", words="Nobody answers.")
        await jobs.work(money.ELSEWHERE)
        await rule_aftersale(case, amount=amount, words="Both were heard.")
    await money.ask_and_work()


async def _nobody_acts(made: Made) -> None:
    """An exchange whose goods are sold out is paid instead."""
    await _lapse(await ask(made.order, "claim"))
    variant = (await lines_of(made.sold_out))[0].variant
    case = await ask(made.sold_out, "exchange", instead=variant)
    await approve_aftersale(case, actor="Su He", address=ADDRESS)
    await receive_return(case, actor="Su He")
    await _lapse(case)


async def _overtaken(order_id: UUID) -> None:
    """Everything that is left goes back by hand while two still wait."""
    back, instead = await ask(order_id), await ask(order_id, "exchange", instead=(await lines_of(order_id))[0].variant)
    for case in (back, instead):
        await approve_aftersale(case, actor="Su He", address=ADDRESS)
    await request_refund(order_id, reason="merchant")


async def _count(case: UUID, good: int, damaged: int) -> None:
    async with tenants.transaction():
        (line,) = await aftersales.lines_of(case)
    await inspect_return(case, {line.id: (good, damaged)}, actor="Su He")


async def _lapse(case: UUID) -> None:
    await run_out(case)
    await lapse_aftersale(case)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 20), "#8a5a2b").save(file, "JPEG")
    return file.getvalue()


async def mend() -> None:
    """The jobs are done, and every time to act passes: what was said would happen by itself happens."""
    await jobs.make_everything_due(except_kind="aftersales.deadline")
    await money.ask_and_work()
    for _ in range(WAITS):
        async with tenants.transaction():
            await tenants.connection().execute(
                "UPDATE aftersale SET deadline_at = now() - interval '1 minute' WHERE deadline_at IS NOT NULL"
            )
        await jobs.make_everything_due()
        await money.ask_and_work()


async def disagreements() -> list[str]:
    """No request is left lying, the platform's list says what the store says, and the money is where both say."""
    found = await money.disagreements()
    async with tenants.transaction():
        cases = await tenants.connection().fetch(
            "SELECT id, number, status, closed_at, disputed_at, ruled_at, exchange_order FROM aftersale"
        )
        promised = await tenants.connection().fetchval(
            "SELECT count(*) FROM outbox WHERE kind = 'fulfillment.plan' AND payload ->> 'order_id' = ANY($1::text[])",
            [str(case["exchange_order"]) for case in cases if case["exchange_order"]],
        )
    listed = await _listed()
    found += [f"{case['number']}: left lying as {case['status']}" for case in cases if case["closed_at"] is None]
    for case in cases:
        here = (case["disputed_at"] is not None, case["ruled_at"] is not None)
        there = (case["id"] in listed, listed.get(case["id"]) is not None)
        if here != there:
            found.append(f"{case['number']}: dispute is {here} here, {there} on the platform")
    if promised != sum(1 for case in cases if case["exchange_order"]):
        found.append("a replacement that nobody packs")
    return found


async def _listed() -> dict[UUID, Any]:
    async with platform.transaction() as database:
        rows = await database.fetch("SELECT aftersale, closed_at FROM dispute WHERE tenant = $1", tenants.current().id)
    return {row["aftersale"]: row["closed_at"] for row in rows}


LIFE = Life(
    files=flows(
        "request_aftersale", "decide_aftersale", "return_goods", "exchange_goods", "refund_aftersale",
        "dispute_aftersale", "lapse_aftersale", "talk_about_aftersale",
    ),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=money.around,
    calls=frozenset({"uploads"}),
)  # fmt: skip
