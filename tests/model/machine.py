"""The machine that tells the stories: shoppers, a bank in every mood and a merchant act in any order.

After every step the shop's rows are compared with the oracle, and all invariants are asked.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

import tenants
from app import aftersales, orders, payments
from app.flows.aftersale_wish import Wish, WishedLine
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.choose_savings import use_code, use_points
from app.flows.decide_aftersale import approve_aftersale, decline_aftersale
from app.flows.exchange_goods import ship_exchange
from app.flows.expire_reservation import expire_reservation
from app.flows.place_order import place_order
from app.flows.refund_aftersale import refund_aftersale
from app.flows.request_aftersale import NotEnoughLeft, NothingToAsk, request_aftersale
from app.flows.request_refund import NothingToRefund, request_refund, retry_refund
from app.flows.return_goods import inspect_return, receive_return, send_back
from app.flows.send_refund import send_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.inventory import NotEnoughStock
from app.kernel.errors import InvalidInput
from app.payments import RefundLine
from app.promotions import CouponRefused, CouponUsedUp
from app.wallets import EmptyGiftCard, UnknownGiftCard
from infra.payment.port import PaymentRequest, PaymentState, PaymentUnavailable
from tests import builders_aftersales, builders_earning, builders_promotions, builders_selling, invariants
from tests.builders_selling import Offer
from tests.model.earning import Earning
from tests.model.oracle import Case, Sale, Shelf
from tests.model.shipping import Shipping
from tests.model.teller import ENDED
from tests.model.wallet_steps import MEANS, PICK, WalletSteps
from workers import attribution

WANTS = st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 3)).flatmap(st.permutations).map(tuple)
COUPONS = 3
GOODS = ((4390, 2, 3), (1000, 5, 5), (333, 20, 20))  # price, units here and in the other warehouse
MOODS = ("kind", "kind", "kind", "away", "pending", "broke")


class Shop(Shipping, WalletSteps, Earning):
    """All steps together; those about warehouses, wallets and points, and promoters have modules of their own."""

    @initialize(wants=st.tuples(WANTS, WANTS, WANTS), by_link=st.booleans(), arrived=st.booleans())
    def open(self, wants: tuple[tuple[int, ...], ...], by_link: bool, arrived: bool) -> None:
        """Every story begins with an order that is paid, one whose shopper is at the bank, and one that is open; of
        the first the goods may have arrived, and then its promoter has money that waits for a yes."""
        self.do(self.stage.sweep())
        self.fill_purse()
        self.offers: list[Offer] = []
        self.do(self.open_warehouses())
        for price, stock, east in GOODS:
            self.offers.append(self.do(builders_selling.offer(price=price, stock=stock)))
            self.do(builders_selling.stock_at(self.offers[-1], self.east, east))
            self.shelves[self.offers[-1].variant] = Shelf(stock + east)
        self.do(builders_promotions.coupon(amount=100, issue_total=COUPONS))
        for each in wants:
            self.order(each, by_link, with_coupon=by_link, means="")
        for sale in self.sales[:2]:
            self.do(self._try(sale))
        if self.sales:
            self.bank.choose(self.sales[0].tries[0], "captured")
            self.a_notice_arrives(0)
            if by_link and arrived:
                self.commission_becomes_due(0)
                self.the_promoter_asks(1, 60, 2, "kind")

    @rule(wants=WANTS, by_link=st.booleans(), with_coupon=st.booleans(), means=MEANS)
    def order(self, wants: tuple[int, ...], by_link: bool, with_coupon: bool, means: str) -> None:
        enough = all(
            self.shelves[made.variant].available >= units for made, units in zip(self.offers, wants, strict=True)
        )
        coupons_left = COUPONS - sum(sale.uses_its_coupon for sale in self.sales)
        try:
            sale = self.do(self._order(wants, by_link=by_link, with_coupon=with_coupon, means=means))
        except NotEnoughStock:
            assert not enough
            return
        except (CouponRefused, CouponUsedUp):
            assert with_coupon
            assert coupons_left == 0
            return
        except (UnknownGiftCard, EmptyGiftCard):
            assert self.refused(means)
            return
        assert enough
        assert coupons_left or not with_coupon
        assert not self.refused(means)
        self.sales.append(sale)
        for variant, units in sale.lines.values():
            self.shelves[variant].reserved += units
        self.pay_from_purse(sale, means)
        if sale.prepaid == sale.due:
            self._sold(sale)

    @precondition(lambda self: self.has("open"))
    @rule(which=PICK)
    def go_to_the_bank(self, which: int) -> None:
        sale = self.pick(which, "open")
        self.do(self._try(sale))

    @precondition(lambda self: any(one.status == "pending" for one in self.bank.payments.values()))
    @rule(which=PICK, end=st.sampled_from(("captured", "captured", "captured", "failed", "canceled")))
    def choose_at_the_bank(self, which: int, end: str) -> None:
        waiting = [number for number, one in self.bank.payments.items() if one.status == "pending"]
        self.bank.choose(waiting[which % len(waiting)], end)

    @precondition(lambda self: self.bank.notices)
    @rule(which=PICK)
    def a_notice_arrives(self, which: int) -> None:
        """Any notice there ever was: late, in another order, or a copy."""
        notice = self.bank.notices[which % len(self.bank.notices)]
        outcome = self.do(settle_payment(notice, body="{}"))
        if notice.state.status == "captured":
            self._paid(notice.state.number, outcome)

    @precondition(lambda self: self.bank.payments)
    @rule(which=PICK, wrong=st.sampled_from(("amount", "currency")))
    def a_notice_contradicts_us(self, which: int, wrong: str) -> None:
        number = sorted(self.bank.payments)[which % len(self.bank.payments)]
        at = self.bank.payments[number]
        twisted = {"amount": at.amount + 1} if wrong == "amount" else {"currency": "USD"}
        facts = {"number": number, "provider_ref": "x", "status": "captured", "amount": at.amount, "currency": "CNY"}
        outcome = self.do(settle_payment(PaymentState(**(facts | twisted))))  # type: ignore[arg-type]
        assert outcome == "quarantined"

    @precondition(lambda self: self.bank.payments)
    @rule(which=PICK)
    def the_reconciler_asks(self, which: int) -> None:
        number = sorted(self.bank.payments)[which % len(self.bank.payments)]
        state = self.bank.payments[number]
        outcome = self.do(settle_payment(state))
        if state.status == "captured":
            self._paid(number, outcome)

    @precondition(lambda self: self.has("open"))
    @rule(which=PICK, mood=st.sampled_from(("kind", "away")))
    def time_runs_out(self, which: int, mood: str) -> None:
        sale = self.pick(which, "open")
        self.bank.mood = mood
        state = self.do(self._expire(sale))
        if state is None:
            self._release(sale, "expired")
        else:
            self._paid(state.number, self.do(settle_payment(state)))

    @precondition(lambda self: self.sales)
    @rule(which=PICK, by=st.sampled_from(("shopper", "Su He")))
    def cancel(self, which: int, by: str) -> None:
        sale = self.pick(which)
        legal = sale.fate == "open" or (sale.fate == "paid" and not sale.sent)
        try:
            self.do(cancel_order(sale.id, actor=by))
        except TooLateToCancel:
            assert not legal or sum(sale.unsent.values()) == 0
            return
        assert legal
        if sale.fate == "open":
            self._release(sale, "voided")
        else:
            self.take_unsent(sale, dict(sale.unsent))
            sale.fate = "canceled"
            self.owe(sale, sale.left)

    @precondition(lambda self: self.has("paid"))
    @rule(which=PICK, share=st.integers(1, 100))
    def give_an_amount_back(self, which: int, share: int) -> None:
        sale = self.pick(which, "paid")
        amount = max(1, sale.left * share // 100)
        try:
            self.do(request_refund(sale.id, amount=amount, reason="a bruise"))
        except NothingToRefund:
            assert sale.left == 0
            return
        assert 0 < amount <= sale.left
        self.owe(sale, amount)
        self.do(self.requests_follow(sale))
        if not sale.left:  # nothing is paid for any more, so nothing more is sent
            self.take_unsent(sale, dict(sale.unsent))

    @precondition(lambda self: self.has("paid"))
    @rule(which=PICK, line=PICK, units=st.integers(0, 4), amount=st.none() | st.integers(0, 5000))
    def give_a_part_of_a_line_back(self, which: int, line: int, units: int, amount: int | None) -> None:
        sale = self.pick(which, "paid")
        order_line = list(sale.lines)[line % len(sale.lines)]
        try:
            refunds = self.do(
                request_refund(sale.id, lines=[RefundLine(order_line, units, amount)], reason="one was green")
            )
        except (NothingToRefund, InvalidInput):
            return
        self.owe(sale, sum(refund.amount for refund in refunds))
        assert sale.left >= 0
        self.do(self.requests_follow(sale))
        freed = min(units, sale.unsent[order_line])
        self.take_unsent(sale, {order_line: freed} if sale.left else dict(sale.unsent))

    @precondition(lambda self: any(sale.fate == "paid" and (+sale.unsent or +sale.arrived) for sale in self.sales))
    @rule(which=PICK, turn=st.integers(0, 3), line=PICK, units=st.integers(1, 3), choice=st.integers(0, 100))
    def goods_move(self, which: int, turn: int, line: int, units: int, choice: int) -> None:
        """A parcel leaves, a shopper is not happy with one, or the store takes the next step with a request."""
        if any(case.stage not in ENDED for case in self.cases) and turn > 1:
            self.the_store_deals_with_it(which, choice, units - 1)
        elif any(+sale.arrived for sale in self.sales) and turn > 0:
            self.the_shopper_is_not_happy(which, line, units, ("return", "exchange", "claim")[choice % 3])
        elif self.waits():
            self.a_warehouse_works(which, line + choice, (units + choice) % 4)

    @rule(which=PICK, dice=st.integers(0, 60), trouble=st.integers(0, 3), wants=WANTS)
    def a_warehouse_is_asked(self, which: int, dice: int, trouble: int, wants: tuple[int, ...]) -> None:
        """For an order that waits; if none does, somebody buys something."""
        before = len(self.sales)
        if not self.waits():
            self.order(wants, False, False, "")
        for sale in self.sales[before:]:
            self.go_to_the_bank(len([one for one in self.sales if one.fate == "open"]) - 1)
            self.bank.choose(sale.tries[0], "captured")
            self.a_notice_arrives(len(self.bank.notices) - 1)
        if self.waits():
            self.a_warehouse_works(which, dice, trouble)

    def the_shopper_is_not_happy(self, which: int, line: int, units: int, kind: str) -> None:
        unhappy = [sale for sale in self.sales if +sale.arrived]
        sale = unhappy[which % len(unhappy)]
        order_line = list(+sale.arrived)[line % len(+sale.arrived)]
        instead = sale.lines[order_line][0] if kind == "exchange" else None
        wish = Wish(kind, "damaged", "It is broken.", [WishedLine(order_line, units, instead)])
        asked = sum(case.units for case in self.cases if case.order_line == order_line and case.stage != "declined")
        try:
            case_id = self.do(request_aftersale(sale.id, wish))
        except (NotEnoughLeft, NothingToAsk, InvalidInput):
            return
        assert asked + units <= sale.arrived[order_line]
        wanted = self.do(builders_aftersales.case(case_id)).wanted_amount
        self.cases.append(Case(case_id, kind, sale, order_line, units, wanted))

    def the_store_deals_with_it(self, which: int, choice: int, good: int) -> None:
        """One step of one request: decide, take in, look at, give back or replace."""
        waiting = [case for case in self.cases if case.stage not in ENDED]
        case = waiting[which % len(waiting)]
        steps = {
            "requested": self._decide,
            "awaiting": self._take_in,
            "received": self._inspect,
            "inspected": self._end,
        }
        with suppress(InvalidInput):  # other refunds may have left less than was wanted
            steps[case.stage](case, choice, min(good, case.units))

    @precondition(lambda self: self.has("paid", "canceled", "expired", "voided"))
    @rule(which=PICK, mood=st.sampled_from(MOODS))
    def the_refund_job_runs(self, which: int, mood: str) -> None:
        waiting = self.do(self._refunds("pending"))
        if not waiting:
            return
        self.bank.mood = mood
        refund = waiting[which % len(waiting)]
        try:
            state = self.do(send_refund(refund.id, self.bank))
        except PaymentUnavailable:
            return
        finally:
            self.bank.mood = "kind"
        if state is not None:
            self._came_back(self.do(settle_refund(state)), refund)

    @precondition(lambda self: any(one.status != "failed" for one in self.bank.refunds.values()))
    @rule(which=PICK)
    def a_refund_is_told(self, which: int) -> None:
        self.bank.clear()
        numbers = sorted(self.bank.refunds)
        state = self.bank.refunds[numbers[which % len(numbers)]]
        refund = self.do(self._refund(state.number))
        self._came_back(self.do(settle_refund(state)), refund)

    @precondition(lambda self: any(one.status == "failed" for one in self.bank.refunds.values()))
    @rule(which=PICK)
    def a_failed_refund_is_sent_again(self, which: int) -> None:
        failed = self.do(self._refunds("failed"))
        if failed:
            self.do(retry_refund(failed[which % len(failed)].id))

    @precondition(lambda self: self.sales)
    @rule(which=PICK, job=st.sampled_from((attribution.decide, attribution.finalize, attribution.reverse)))
    def a_job_of_attribution_runs(self, which: int, job: Any) -> None:
        self.do(job(None, str(self.pick(which).id)))

    @invariant()
    def the_shop_agrees_with_the_oracle(self) -> None:
        if self.shelves:
            self.do(self._compare())

    def _paid(self, number: str, outcome: str) -> None:
        sale = next(sale for sale in self.sales if number in sale.tries)
        if outcome == "paid":
            assert sale.fate == "open"
            self._sold(sale)
        else:
            assert outcome in ("late", "nothing_new", "seen_before"), outcome
            assert sale.fate != "open"

    def _sold(self, sale: Sale) -> None:
        sale.fate = "paid"
        for order_line, (variant, units) in sale.lines.items():
            sale.unsent[order_line] = units
            self.shelves[variant].reserved -= units
            self.shelves[variant].allocated += units

    def _release(self, sale: Sale, fate: str) -> None:
        """What wallets paid of it is back in them."""
        sale.fate = fate
        for source, share in sale.sources.items():
            self.purse.held[source] += share
        sale.promised_back = sale.back = sale.prepaid
        for variant, units in sale.lines.values():
            self.shelves[variant].reserved -= units

    def _decide(self, case: Case, choice: int, good: int) -> None:
        if choice < 15:
            self.do(decline_aftersale(case.id, actor="Su He", words="It was fine."))
            case.stage = "declined"
            return
        self.do(approve_aftersale(case.id, actor="Su He", address=builders_aftersales.ADDRESS))
        case.stage = "over" if case.kind == "claim" else "awaiting"
        if case.kind == "claim":
            given = self.do(builders_aftersales.case(case.id)).refunded_amount
            assert given == case.wanted or given == self.do(self._given_for(case))
            self.owe(case.sale, given)

    async def _given_for(self, case: Case) -> int:
        """What the refunds of this request come to, when others have left less than was wanted."""
        async with tenants.transaction():
            return sum(refund.amount for refund in await payments.refunds_for(case.id))

    def _take_in(self, case: Case, choice: int, good: int) -> None:
        """At the store's desk, or at the warehouse that the goods left."""
        if choice % 2:
            self.comes_back(case, good)
            return
        self.do(send_back(case.id, carrier="SF", tracking_number=f"SF{case.id.hex[:10]}"))
        self.do(receive_return(case.id, actor="Su He"))
        case.stage = "received"

    def _inspect(self, case: Case, choice: int, good: int) -> None:
        self.do(self._count(case, good))
        self.shelves[case.sale.lines[case.order_line][0]].on_hand += good
        case.stage = "inspected"

    def _end(self, case: Case, choice: int, good: int) -> None:
        if case.kind == "return":
            amount = case.wanted * choice // 100
            self.do(refund_aftersale(case.id, amount, actor="Su He", words="A part."))
            self.owe(case.sale, amount)
        else:
            shelf = self.shelves[case.sale.lines[case.order_line][0]]
            try:
                self.do(ship_exchange(case.id, actor="Su He"))
            except NotEnoughStock:
                assert shelf.available < case.units
                return
            shelf.allocated += case.units
        case.stage = "over"

    async def _count(self, case: Case, good: int) -> None:
        async with tenants.transaction():
            (line,) = await aftersales.lines_of(case.id)
        await inspect_return(case.id, {line.id: (good, case.units - good)}, actor="Su He")

    def _came_back(self, outcome: str, refund: payments.Refund) -> None:
        assert outcome in ("refunded", "failed", "nothing_new"), outcome
        if outcome == "refunded" and refund.reason != payments.LATE_PAYMENT:
            next(sale for sale in self.sales if sale.id == refund.order_id).back += refund.amount

    async def _order(self, wants: tuple[int, ...], *, by_link: bool, with_coupon: bool, means: str) -> Sale:
        visitor, cart = None, None
        for made, units in zip(self.offers, wants, strict=True):
            if units:
                visitor, cart = await builders_selling.fill_cart(made, quantity=units, visitor=visitor)
        assert visitor is not None
        assert cart is not None
        if by_link:
            await builders_earning.click(self.stage.link, visitor=visitor)
            await attribution.fold(None, again=True)  # type: ignore[arg-type] # it asks nothing of its context
        if with_coupon:
            await use_code(visitor, "PEACH", None)
        await use_points(visitor, "points" in means)
        customer = self.wealth.customer if means else None
        placed = await place_order(
            cart, visitor, builders_selling.checkout(customer_id=customer, wallets=self.wanted(means))
        )
        async with tenants.transaction():
            order, lines = await orders.find(placed.order_id), await orders.lines_of(placed.order_id)
        return Sale(
            placed.order_id, placed.number, {one.id: (one.variant, one.quantity) for one in lines}, order.total_amount,
            coupon=with_coupon, has_account=customer is not None,
            points_spent=-sum(one.price_breakdown.get("points", 0) for one in lines),  # one point is worth 0.01
        )  # fmt: skip

    async def _try(self, sale: Sale) -> None:
        async with tenants.transaction():
            known = await payments.open_payments_of(sale.id)
        payment = known[-1] if known else await builders_selling.open_payment(sale.id)
        await self.bank.create(PaymentRequest(payment.number, payment.amount, payment.currency, "Order", "http://x"))
        sale.tries += [payment.number] * (payment.number not in sale.tries)

    async def _expire(self, sale: Sale) -> Any:
        await builders_selling.run_out_of_time(sale.id)
        try:
            return await expire_reservation(sale.id, self.bank)
        finally:
            self.bank.mood = "kind"

    async def _refunds(self, status: str) -> list[payments.Refund]:
        found = []
        async with tenants.transaction():
            for sale in self.sales:
                found += [one for one in await payments.refunds_of(sale.id) if one.status == status]
        return found

    async def _refund(self, number: str) -> payments.Refund:
        async with tenants.transaction():
            return await payments.find_refund_by_number(number)

    async def _compare(self) -> None:
        facts, broken = await self.stage.look()
        shelves = {UUID(variant): Shelf(*counts) for variant, counts in facts["shelves"].items()}
        assert shelves == self.shelves
        for sale in self.sales:
            status, payment_status, back, promised = facts["orders"][str(sale.id)]
            assert (status, payment_status) == sale.statuses, sale
            assert (promised, back) == (sale.promised_back, sale.back), sale
        assert facts["used"] == sum(sale.uses_its_coupon for sale in self.sales)
        self.compare_earnings(facts["earned"])
        kept = facts["came"] - facts["went"] - facts["earned"]["out"]
        assert facts["held"] == kept  # what the books say the provider keeps for us
        self.compare_purse(facts)
        assert not broken, await invariants.found()
