"""Gift cards, customers with store credit, and orders paid with them."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import ledger, orders, wallets
from app.flows.change_store_credit import change_store_credit
from app.flows.issue_gift_cards import issue_gift_cards
from app.flows.place_order import Placed, place_order
from app.flows.wallet_payments import Wallets
from app.kernel.ids import new_id
from app.ledger import Account
from app.wallets import GiftCard
from tests import builders_selling as selling
from tests.builders_selling import Offer


async def card(amount: int = 1000, *, origin: str = "sold") -> tuple[GiftCard, str]:
    """A gift card and its code."""
    (made,) = await issue_gift_cards(wallets.NewCards(amount=amount, currency="CNY", origin=origin))
    return made


async def customer(credit: int = 0) -> UUID:
    customer_id = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO customer (id, email, name, locale, created_at) VALUES ($1, $2, 'Zhou', 'en', now())",
            customer_id, f"{customer_id.hex}@shopper.test",
        )  # fmt: skip
    if credit:
        await change_store_credit(customer_id, credit, reason="a gift", by="Su He")
    return customer_id


async def order(offer: Offer, *codes: str, credit_of: UUID | None = None, quantity: int = 1) -> Placed:
    """An order paid with these cards and with the credit of this customer, as far as they go."""
    visitor, cart = await selling.fill_cart(offer, quantity=quantity)
    wanted = Wallets(codes, credit_of is not None)
    return await place_order(cart, visitor, selling.checkout(customer_id=credit_of, wallets=wanted))


async def held(card: GiftCard) -> int:
    async with tenants.transaction():
        return await ledger.balance_of(Account("gift_card", card.id), card.currency)


async def credit(customer: UUID) -> int:
    async with tenants.transaction():
        return await ledger.balance_of(Account("store_credit", customer), "CNY")


async def read(placed: Placed) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(placed.order_id)
