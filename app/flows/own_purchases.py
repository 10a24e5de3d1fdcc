"""Whether a sale is the promoter's own, or so doubtful that its commission waits. Steps inside an open transaction.

Judged when the order is decided, and once more when it is paid, because only then it is known who paid. What is certain
follows the store's rules of the moment the order was placed; what is only doubtful is held until somebody has looked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

import msgspec

import tenants
from app import attribution, commissions, orders, payments, risk
from app.attribution import Candidate, Verdict
from app.flows import giving_back, order_holds, risk_facts
from app.flows.leader_claims import Claim, Earner
from app.flows.risk_facts import Buyer
from app.payments import Part
from app.risk import Known, Reason, RiskPolicy

DISCOUNT = "own_purchase"
_NEVER = ("off", "discount")


@dataclass(slots=True)
class Look:
    """What was found about one order; `own` are its exact matches by promoter."""

    order: orders.Order
    policy: RiskPolicy
    buyer: Buyer
    known: dict[UUID, Known] = field(default_factory=dict)
    own: dict[UUID, list[Reason]] = field(default_factory=dict)

    @classmethod
    async def at(cls, order: orders.Order) -> Self:
        policy = await risk.risk_policy_at(order.placed_at)
        return cls(order, policy, await risk_facts.buyer_of(order))

    async def learn(self, promoters: Collection[UUID]) -> None:
        """Compare the order with these promoters, too."""
        found = await risk_facts.known_of(self.order, set(promoters) - set(self.known))
        self.known |= found
        matches = {one: risk.own_purchase(self.buyer.shown, known) for one, known in found.items()}
        self.own |= {one: reasons for one, reasons in matches.items() if reasons}

    def bar(self, one: Candidate) -> Candidate:
        """Where the store pays nothing for an own purchase, nobody wins their own."""
        if self.policy.self_purchase != "off" or one.promoter not in self.own:
            return one
        sure = any(reason.code in risk.SURE for reason in self.own[one.promoter])
        return msgspec.structs.replace(one, barred="own_purchase" if sure else "own_traits")

    def bar_claim(self, claim: Claim | None) -> Claim | None:
        if claim is None:
            return None
        return replace(claim, leader=self.bar(claim.leader))

    def is_own(self, winner: Candidate | None) -> bool:
        return winner is not None and winner.promoter in self.own

    def left_of(self, winner: Candidate | None, earners: Sequence[Earner]) -> list[Earner]:
        """Who earns after all: nobody of an own purchase, and never whoever bought it, unless it counts as usual."""
        if self.policy.self_purchase not in _NEVER:
            return list(earners)
        return [] if self.is_own(winner) else [one for one in earners if one.promoter not in self.own]


async def look_when_placed(order: orders.Order, found: Sequence[Candidate], claim: Claim | None) -> Look:
    look = await Look.at(order)
    leaders = {claim.leader.promoter, *filter(None, [claim.supplier])} if claim else set()
    await look.learn({one.promoter for one in found} | leaders)
    await risk.note_prints(order.id, look.buyer.shown.prints, buyer=look.buyer.mark, at=order.placed_at)
    return look


async def judge_when_placed(
    look: Look, verdict: Verdict, terms: Mapping[UUID, Sequence[Earner]], bases: Mapping[UUID, int]
) -> str:
    """Write down what was found. Answers why the commission is held, or an empty text."""
    order, winner = look.order, verdict.winner
    for promoter in sorted(look.own, key=str):
        if winner is None or promoter != winner.promoter:
            await _note(look, promoter, "placed", look.own[promoter])
    if winner is None:
        await risk.end_case(order.id, "edited")
        return ""
    if look.is_own(winner):
        discounts = {line: earners[0].amount_of(bases[line]) for line, earners in terms.items() if earners}
        await _note(look, winner.promoter, "placed", look.own[winner.promoter], discounts)
        await risk.end_case(order.id, "edited")
        return ""
    habits = await risk_facts.habits_of(order, look.buyer, winner.promoter)
    reasons = risk.hints(look.buyer.shown, look.known[winner.promoter], habits)
    earns = any(one.amount_of(bases[line]) for line, earners in terms.items() for one in earners)
    return await _weigh(look, winner.promoter, "placed", reasons, earns=earns)


async def judge_when_paid(order: orders.Order) -> None:
    """Who paid is known now. Once for an order, before its commission is owed."""
    before = await risk.assessments_of(order.id)
    decided = [one for one in await attribution.decisions_of(order.id) if one.promoter]
    if not decided or any(one.moment == "paid" for one in before):
        return
    look = await Look.at(order)
    payers = {"payer": look.buyer.shown.prints["payer"]}
    if not payers["payer"]:
        return
    await risk.note_prints(order.id, payers, buyer=look.buyer.mark, at=order.placed_at)
    lines = await commissions.lines_of(order.id)
    sellers = [one for one in lines if one.role != "pickup" and one.status == "estimated"]
    if not sellers:
        return
    await look.learn({one.promoter for one in sellers} | {one.promoter for one in decided if one.promoter})
    winner = decided[0].promoter
    if winner is None or any(one.is_own and one.promoter == winner for one in before):
        return
    look.own = {
        one: told for one, reasons in look.own.items()
        if (told := [each for each in reasons if each.code in risk.AT_PAYMENT])
    }  # fmt: skip
    if winner in look.own:
        return await _own_after_all(look, winner, sellers)
    await _drop_buyers(look, sellers)
    await _weigh_again(look, winner, before, sellers)


async def give_discount(order: orders.Order) -> None:
    """What would have been commission comes off the price, once, out of what is still there of each line."""
    found = [one for one in await risk.assessments_of(order.id) if one.is_own]
    if not found or found[-1].outcome != "discount" or await payments.refunds_for(found[-1].id):
        return
    terms, parts, still = await giving_back.terms_of(order), list[Part](), await giving_back.left_of(order.id)
    for part in still:
        most = part.goods_amount + part.tax_amount - terms.step
        amount = min(found[-1].discounts.get(part.order_line, 0), most)
        if (amount := amount - amount % terms.step) > 0:
            parts += payments.spread_parts([replace(part, freight_amount=0)], amount, terms)
    if parts:
        await giving_back.owe(order, parts, reason=DISCOUNT, source_id=found[-1].id)


async def end_if_nothing_is_held(order_id: UUID, because: str) -> None:
    """A case whose lines are gone has nothing left to decide."""
    case = await risk.case_of(order_id)
    if case is None or not case.is_open:
        return
    lines = await commissions.lines_of(order_id)
    if not any(one.held_because == case.held_because and one.status in ("estimated", "held") for one in lines):
        await risk.end_case(order_id, because)


async def _note(
    look: Look, promoter: UUID, moment: str, reasons: Sequence[Reason], discounts: Mapping[UUID, int] | None = None
) -> None:
    policy = look.policy
    given = discounts if policy.self_purchase == "discount" else None
    await risk.assess(
        look.order.id, promoter, moment=moment, outcome=policy.self_purchase, reasons=reasons, policy=policy,
        discounts=given,
    )  # fmt: skip


async def _weigh(look: Look, promoter: UUID, moment: str, reasons: Sequence[Reason], *, earns: bool) -> str:
    """Hold it from the store's score on. Answers why, or an empty text."""
    held = earns and risk.score(reasons) >= look.policy.hold_from_score
    made = await risk.assess(
        look.order.id, promoter, moment=moment, outcome="held" if held else "clean", reasons=reasons,
        policy=look.policy,
    )  # fmt: skip
    if held:
        case = await risk.open_case(made, look.policy)
        await order_holds.look_for_review(look.order.id)
        return case.held_because
    await risk.end_case(look.order.id, "edited")
    return ""


async def _own_after_all(look: Look, winner: UUID, sellers: Sequence[commissions.CommissionLine]) -> None:
    order = look.order
    discounts = {one.order_line: one.amount for one in sellers if one.promoter == winner and one.role == "promotion"}
    await _note(look, winner, "paid", look.own[winner], discounts)
    if look.policy.self_purchase == "commission":
        return
    await commissions.forget_sellers(order.id, {one.promoter for one in sellers})
    await risk.end_case(order.id, "own_purchase")
    if look.policy.self_purchase == "off":
        why = attribution.REASONS["own_traits"]
        for one in await attribution.decisions_of(order.id):
            if one.promoter == winner:
                await attribution.move_decision(one.id, None, reason=why, by=tenants.current().name)


async def _drop_buyers(look: Look, sellers: Sequence[commissions.CommissionLine]) -> None:
    """Somebody above the seller bought it: the seller earns, the buyer does not."""
    for promoter in sorted(look.own, key=str):
        await _note(look, promoter, "paid", look.own[promoter])
    if look.policy.self_purchase in _NEVER:
        await commissions.forget_sellers(look.order.id, set(look.own) & {one.promoter for one in sellers})


async def _weigh_again(
    look: Look, winner: UUID, before: Sequence[risk.Assessment], sellers: Sequence[commissions.CommissionLine]
) -> None:
    """What was found when it was placed, and what the payment adds."""
    first = next((one for one in reversed(before) if one.promoter == winner), None)
    habits = await risk_facts.habits_of(look.order, look.buyer, winner)
    added = [
        one for one in risk.hints(look.buyer.shown, look.known[winner], habits) if one.code in risk.AT_PAYMENT
    ]  # fmt: skip
    if not added:
        return
    reasons = [*(first.reasons if first else []), *added]
    case = await risk.case_of(look.order.id)
    was_open = case is not None and case.is_open
    because = await _weigh(look, winner, "paid", reasons, earns=any(one.amount for one in sellers))
    if because and not was_open:
        await commissions.hold(look.order.id, because)
