"""The life of doubtful sales: held, released, refused, refunded while they wait, and an own purchase that is a discount
instead. Payments are those of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import tenants
from app.flows.merchant_acts import Actor
from app.flows.place_order import place_order
from app.flows.request_refund import request_refund
from app.flows.review_risk import note_case, refuse_case, release_case
from app.flows.start_payment import start_payment
from app.kernel.ids import new_id
from tests import builders_earning, builders_risk, builders_selling
from tests.builders_risk import Person
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.stage import register_payments

SU_HE = Actor(new_id(), "Su He")


@dataclass(frozen=True, slots=True)
class Made:
    seller: Person


async def prepare() -> Made:
    await register_payments(tenants.current(), money.QUIET)
    await builders_risk.policy(self_purchase="discount")
    return Made(await builders_risk.person())


async def live(made: Made) -> None:
    """Four orders, each of which ends another way."""
    neighbor = builders_risk.neighbor(made.seller)
    released, refused, refunded = [await _paid(made.seller, **neighbor) for _ in range(3)]
    await _paid(made.seller, customer_id=made.seller.account)
    await release_case((await builders_risk.case_of(released)).id, words="Sisters.", actor=SU_HE)
    case = await builders_risk.case_of(refused)
    await note_case(case.id, "She did not answer.", actor=SU_HE)
    await request_refund(refunded, amount=None, reason="a bruise")
    await money.ask_and_work()
    await refuse_case(case.id, words="Your own flat.", remember=True, actor=SU_HE)
    await money.ask_and_work()


async def _paid(seller: Person, **facts: Any) -> UUID:
    visitor, cart = await builders_selling.fill_cart(seller.offer)
    await builders_earning.click(seller.link, visitor=visitor)
    checkout = builders_selling.checkout(**builders_risk.stranger(**facts))
    placed = await place_order(cart, visitor, checkout)
    await money.choose((await start_payment(placed.order_id, "sandbox", money.PAGE)).url, "pay")
    await money.ask_and_work()
    return placed.order_id


LIFE = Life(
    files=flows("review_risk", "decide_attribution", "finalize_attribution"),
    prepare=prepare, live=live, mend=money.mend, disagreements=money.disagreements, around=money.around,
    calls=frozenset({"provider"}),
)  # fmt: skip
