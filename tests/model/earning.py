"""What promoters earn, in the stories: commission becomes due, they ask for it, and a till in every mood pays.

The oracle is one line: what has settled, less what payouts took and did not give back, can be withdrawn; below zero it
is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import tenants
from app import orders
from app.flows.decide_payout import approve_payouts, confirm_payout, reject_payouts
from app.flows.request_payout import request_payout
from app.flows.send_payout import ask_about_payout, send_payout
from app.flows.settle_payout import settle_payout
from app.kernel.errors import InvalidInput
from app.payouts import BY_HAND
from infra.payment.port import PaymentUnavailable
from tests import builders_payouts
from tests.builders_payouts import SU_HE, Till
from tests.model.teller import ENDED, Teller
from workers import attribution, commissions

PICK = st.integers(min_value=0, max_value=10_000)
MOODS = ("kind", "kind", "quick", "away", "pending", "broke", "refuses")
UNSETTLED = ("accrued", "earned", "frozen")


@dataclass
class Wish:
    """One payout, as its promoter and the till know it."""

    id: UUID
    number: str
    way: str
    amount: int
    stage: str = "requested"  # requested, approved, out, paid, back

    @property
    def is_open(self) -> bool:
        return self.stage not in ("paid", "back")


class Earning(Teller):
    """The steps about promoters."""

    def __init__(self) -> None:
        super().__init__()
        self.till, self.wishes, self.has_settled = Till(), list[Wish](), False

    def wished(self, *stages: str) -> list[Wish]:
        return [wish for wish in self.wishes if wish.stage in stages]

    def a_parcel_leaves(self, which: int) -> None:
        raise NotImplementedError("the shop's own step")

    @precondition(lambda self: any(sale.sent or sale.fate == "paid" for sale in self.sales))
    @rule(which=PICK)
    def commission_becomes_due(self, which: int) -> None:
        """What waits leaves, parcels arrive, and the return period of this store is over at once."""
        if any(sale.fate == "paid" and +sale.unsent for sale in self.sales):
            self.a_parcel_leaves(which)
        self.do(self._deliver())
        before = self.do(self._lines())
        self.do(commissions.settle(builders_payouts.JOB))
        asked_back = {case.order_line for case in self.cases if case.stage not in ENDED}
        sales = {line: sale for sale in self.sales for line in sale.lines}
        after = self.do(self._lines())
        self.has_settled = self.has_settled or not set(after.values()) <= {*UNSETTLED, "estimated", "canceled"}
        for line, status in after.items():
            sale = sales[line]
            may = sale.sent and not +sale.unsent and line not in asked_back
            if before[line] in UNSETTLED and status not in UNSETTLED:
                assert may or status == "reversed", (sale, status)
            if status in UNSETTLED and may:
                assert sale.promised_back > sale.back, (sale, status)

    @precondition(lambda self: self.has_settled)
    @rule(which=PICK, share=st.integers(1, 120), how_far=st.integers(0, 3), mood=st.sampled_from(MOODS))
    def the_promoter_asks(self, which: int, share: int, how_far: int, mood: str) -> None:
        """For some of it; the store may answer at once, and the till may be asked at once."""
        self._ask(share, BY_HAND if which % 4 == 0 else "sandbox")
        if self.wished("requested") and how_far > 0:
            self._answer(which, yes=share > 10)
        if self.wished("approved", "out") and how_far > 1:
            self._pay(which, mood)

    @precondition(lambda self: self.wished("requested", "approved", "out"))
    @rule(which=PICK, yes=st.booleans(), mood=st.sampled_from(MOODS))
    def a_payout_goes_on(self, which: int, yes: bool, mood: str) -> None:
        if self.wished("approved", "out"):
            self._pay(which, mood)
        else:
            self._answer(which, yes=yes)

    @precondition(lambda self: self.till.transfers)
    @rule(which=PICK, end=st.sampled_from(("succeeded", "succeeded", "failed", "canceled", "")))
    def the_promoter_answers_the_till(self, which: int, end: str) -> None:
        """Yes, no, or nothing until the offer is over; what the till then says may come late or twice."""
        number = sorted(self.till.transfers)[which % len(self.till.transfers)]
        wish = next(wish for wish in self.wishes if wish.number == number)
        state = self.till.end(number, end) if end else self.till.transfers[number]
        self._followed(wish, self.do(settle_payout(state, source="sandbox")))

    def _ask(self, share: int, way: str) -> None:
        facts, _broken = self.do(self.stage.look())
        there = max(0, self._net(facts["earned"]["settled"]))
        amount = max(1, there * share // 100)
        promoter = self.stage.link.sharer
        try:
            payout = self.do(request_payout(promoter, amount=amount, way=way, payee=builders_payouts.TO_BANK))
        except InvalidInput:
            assert amount > there
            return
        assert amount <= there
        self.wishes.append(Wish(payout.id, payout.number, way, amount))

    def _answer(self, which: int, *, yes: bool) -> None:
        waiting = self.wished("requested")
        wish = waiting[which % len(waiting)]
        if yes:
            self.do(approve_payouts([wish.id], by=SU_HE))
        else:
            self.do(reject_payouts([wish.id], words="Not yet.", by=SU_HE))
        wish.stage = "approved" if yes else "back"

    def _pay(self, which: int, mood: str) -> None:
        waiting = self.wished("approved", "out")
        wish = waiting[which % len(waiting)]
        if wish.way == BY_HAND:
            paid = mood != "broke"
            self.do(confirm_payout(wish.id, paid=paid, words="ICBC", by=SU_HE))
            wish.stage = "paid" if paid else "back"
            return
        self.till.mood, wish.stage = mood, "out"
        try:
            state = self.do(send_payout(wish.id, self.till)) or self.do(ask_about_payout(wish.id, self.till))
        except PaymentUnavailable:
            return
        finally:
            self.till.mood = "kind"
        if state is not None:
            self._followed(wish, self.do(settle_payout(state, source="sandbox")))

    def _followed(self, wish: Wish, outcome: str) -> None:
        there = self.till.transfers.get(wish.number)
        if outcome == "paid":
            assert wish.is_open
            assert there
            assert there.status == "succeeded"
            wish.stage = "paid"
        elif outcome == "given_back":
            assert wish.is_open
            assert there is None or there.status in ("failed", "canceled")
            wish.stage = "back"
        else:
            assert outcome in ("offered", "nothing_new"), outcome

    def _net(self, settled: int) -> int:
        return settled - sum(wish.amount for wish in self.wishes if wish.stage != "back")

    def compare_earnings(self, told: dict[str, int]) -> None:
        net = self._net(told["settled"])
        assert (told["available"], told["debt"]) == (max(0, net), max(0, -net))
        assert told["pending"] == sum(wish.amount for wish in self.wishes if wish.is_open)
        through = [wish for wish in self.wishes if wish.stage == "paid" and wish.way != BY_HAND]
        assert told["out"] == sum(wish.amount for wish in through)
        assert told["out"] <= self.till.paid  # what the till has paid is known here sooner or later, never before

    async def _deliver(self) -> None:
        for sale in self.sales:
            if not sale.sent:
                continue
            await attribution.finalize(None, str(sale.id))  # type: ignore[arg-type] # it asks nothing of its context
            async with tenants.transaction():
                order = await orders.lock(sale.id)
                if order.fulfillment_status == "fulfilled":
                    await orders.move(sale.id, "fulfillment_status", "delivered", cause="parcel", actor="carrier")

    async def _lines(self) -> dict[UUID, str]:
        async with tenants.transaction():
            rows = await tenants.connection().fetch("SELECT order_line, status FROM commission_line")
        return {row["order_line"]: row["status"] for row in rows}
