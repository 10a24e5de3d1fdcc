"""Steps inside an open transaction: pay an order from gift cards and store credit. Not journeys of their own.

Their accounts are locked before they are asked what they hold, so of many orders at once that use a card each takes
what is left, and the last ones nothing. Cards are used first, in the order they were typed, then store credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import ledger, orders, payments, wallets
from app.flows.money_accounts import lock_wallets
from app.flows.taking_in import take_in
from app.ledger import Account
from app.wallets import EmptyGiftCard, GiftCard


@dataclass(frozen=True, slots=True)
class Wallets:
    """What a shopper wants to pay with besides money: codes as they were typed, and the own store credit."""

    gift_cards: tuple[str, ...] = ()
    store_credit: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.gift_cards or self.store_credit)


@dataclass(frozen=True, slots=True)
class Cover:
    """What one wallet pays of a sum. `card` is None for store credit."""

    amount: int
    left: int
    card: GiftCard | None = None


async def look(wanted: Wallets, total: int, customer: UUID | None) -> list[Cover]:
    """What these would pay of `total`, without taking anything. Raises UnknownGiftCard, EmptyGiftCard."""
    return await _covers(wanted, total, customer, lock=False)


async def take(order_id: UUID, wanted: Wallets) -> bool:
    """Pay the order that was just written. True when it is paid with this: then allocate its stock, last.

    Raises UnknownGiftCard, EmptyGiftCard; then the caller's transaction must not be committed.
    """
    if wanted.is_empty:
        return False
    order = await orders.find(order_id)
    paid = False
    for cover in await _covers(wanted, order.due_amount, order.customer, lock=True):
        provider, owner = ("gift_card", cover.card.id) if cover.card else ("store_credit", order.customer)
        payment = await payments.record_capture(
            order.id, order.number, provider=provider, amount=cover.amount, currency=order.currency,
            provider_ref=str(owner),
        )  # fmt: skip
        paid = await take_in(await orders.find(order_id), payment, actor="shopper")
    return paid


async def _covers(wanted: Wallets, total: int, customer: UUID | None, *, lock: bool) -> list[Cover]:
    covers, due, currency = [], total, tenants.current().currency
    cards = {card.id: card for card in [await wallets.usable_card(code) for code in wanted.gift_cards]}
    accounts: dict[Account, GiftCard | None] = {Account("gift_card", card.id): card for card in cards.values()}
    if wanted.store_credit and customer:
        accounts[Account("store_credit", customer)] = None
    if lock:
        await lock_wallets(accounts, currency)
    for account, card in accounts.items():
        there = await ledger.balance_of(account, currency)
        if card and not there:
            raise EmptyGiftCard
        if amount := min(there, due):
            covers.append(Cover(amount, there - amount, card))
            due -= amount
    return covers
