"""Steps about the shopper's money in the store: gift cards, store credit, points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import tenants
from app import fulfillment, orders, wallets
from app.flows.change_store_credit import change_store_credit
from app.flows.deliver_parcel import deliver_parcel
from app.flows.request_refund import NobodyToCredit, NothingToRefund, request_refund
from app.flows.wallet_payments import Wallets
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.ledger import InsufficientBalance
from app.wallets import GiftCard
from infra.carrier.port import TrackingNotice
from tests import builders_promotions, builders_wallets
from tests.model.oracle import Sale
from tests.model.teller import Teller

PICK = st.integers(min_value=0, max_value=10_000)
CARDS, CREDIT, POINTS = (1500, 9000), 3000, 700
# What a shopper pays with besides money; most orders are paid with money alone.
MEANS = st.sampled_from(("", "", "", "card 0", "card 1", "credit", "card 0 card 1 credit", "points", "credit points"))


@dataclass
class Wealth:
    """The shopper with an account, the cards with their codes, and which of them are switched off."""

    customer: UUID
    cards: list[tuple[GiftCard, str]] = field(default_factory=list)
    off: set[int] = field(default_factory=set)


class WalletSteps(Teller):
    wealth: Wealth

    def fill_purse(self) -> None:
        self.wealth = self.do(self._wealth())
        self.purse.held = {"card 0": CARDS[0], "card 1": CARDS[1], "credit": CREDIT}
        self.purse.points = POINTS

    async def _wealth(self) -> Wealth:
        made = Wealth(await builders_wallets.customer(CREDIT), [await builders_wallets.card(one) for one in CARDS])
        await builders_promotions.points_rule(earn=2, spend=100, share=5000)
        await builders_promotions.give_points(made.customer, POINTS)
        return made

    def wanted(self, means: str) -> Wallets:
        codes = (code for number, (_card, code) in enumerate(self.wealth.cards) if f"card {number}" in means)
        return Wallets(tuple(codes), "credit" in means)

    def refused(self, means: str) -> bool:
        """A card that is empty or switched off is not taken, and then nothing is."""
        named = [number for number in range(len(CARDS)) if f"card {number}" in means]
        return any(number in self.wealth.off or not self.purse.held[f"card {number}"] for number in named)

    def pay_from_purse(self, sale: Sale, means: str) -> None:
        """Cards in the order they were typed, then credit, each as far as it goes."""
        for source in self.purse.held:
            if source in means and (share := min(self.purse.held[source], sale.due - sale.prepaid)):
                self.purse.held[source] -= share
                sale.sources[source] = share
                sale.prepaid += share

    @rule(amount=st.integers(-4000, 2000).filter(bool))
    def the_store_changes_credit(self, amount: int) -> None:
        try:
            self.do(change_store_credit(self.wealth.customer, amount, reason="a word", by="Su He"))
        except InsufficientBalance:
            assert self.purse.held["credit"] + amount < 0
            return
        self.purse.held["credit"] += amount
        assert self.purse.held["credit"] >= 0

    @rule(card=st.integers(0, 1))
    def a_card_is_switched(self, card: int) -> None:
        self.wealth.off ^= {card}
        self.do(self._switch(self.wealth.cards[card][0], "disabled" if card in self.wealth.off else "active"))

    @precondition(lambda self: self.has("paid"))
    @rule(which=PICK, share=st.integers(1, 100))
    def give_credit_instead_of_money(self, which: int, share: int) -> None:
        sale = self.pick(which, "paid")
        amount = max(1, sale.left * share // 100)
        try:
            self.do(request_refund(sale.id, amount=amount, reason="a bruise", into_credit=True))
        except (NothingToRefund, NobodyToCredit):
            assert sale.left == 0 or not sale.has_account
            return
        assert sale.has_account
        self.owe(sale, amount, into_credit=True)
        self.do(self.requests_follow(sale))
        if not sale.left:
            self.take_unsent(sale, dict(sale.unsent))

    @precondition(lambda self: any(sale.sent and not sale.completed for sale in self.sales))
    @rule(which=PICK)
    def a_parcel_arrives(self, which: int) -> None:
        """With it the order is completed, and its shopper earns points."""
        waiting = [sale for sale in self.sales if sale.sent and not sale.completed]
        sale = waiting[which % len(waiting)]
        goods = self.do(self._arrive(sale))
        sale.completed = goods is not None
        if goods is not None and sale.has_account:
            sale.earned = goods * 2 // 100

    def compare_purse(self, facts: dict[str, Any]) -> None:
        owners = {f"card {number}": card.id for number, (card, _code) in enumerate(self.wealth.cards)}
        owners["credit"] = self.wealth.customer
        assert facts["wallets"] == {str(owner): self.purse.held[name] for name, owner in owners.items()}
        assert facts["points"] == self.purse.points + sum(sale.points_moved for sale in self.sales)

    async def _switch(self, card: GiftCard, status: str) -> None:
        async with tenants.transaction():
            await wallets.switch_card(card.id, status)

    async def _arrive(self, sale: Sale) -> int | None:
        """What its goods cost if it is completed now."""
        async with tenants.transaction():
            numbers = [parcel.tracking_number for parcel in await fulfillment.parcels_of(sale.id)]
        for number in numbers:
            await deliver_parcel(TrackingNotice(new_id().hex, "sf", number, "delivered", now(), ()), "{}")
        async with tenants.transaction():
            order = await orders.find(sale.id)
        return order.goods_amount - order.discount_amount if order.status == "completed" else None
