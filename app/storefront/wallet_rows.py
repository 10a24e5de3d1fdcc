"""What gift cards and store credit pay of a sum: rows under the total, and what is left to pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import tenants
from app import ledger
from app.flows import wallet_payments
from app.flows.price_words import wallet_words
from app.flows.wallet_payments import Cover, Wallets
from app.kernel.errors import Refusal
from app.kernel.formats import money
from app.kernel.i18n import translate_refusal
from app.ledger import Account


@dataclass(frozen=True, slots=True)
class Paying:
    """`credit` is what the customer could spend; `problem` says why a typed card does not count."""

    total: int
    credit: int
    covers: tuple[Cover, ...] = ()
    problem: str = ""

    @property
    def left(self) -> int:
        return self.total - sum(cover.amount for cover in self.covers)

    def rows(self, currency: str) -> list[dict[str, str]]:
        return [
            {"label": name_of(cover), "text": f"−{money(cover.amount, currency)}", "kind": "deal"}
            for cover in self.covers
        ]


def name_of(cover: Cover) -> str:
    return wallet_words(cover.card.last4 if cover.card else "")


def wallets_of(values: Mapping[str, Any]) -> Wallets:
    """What a filled-in checkout wants to pay with besides money."""
    typed = str(values.get("gift_card") or "").strip()
    return Wallets((typed,) if typed else (), bool(values.get("use_credit")))


async def paying(total: int, values: Mapping[str, Any], customer: UUID | None) -> Paying:
    """What the typed card and the credit would pay now; nothing is taken."""
    async with tenants.transaction():
        credit = await credit_of(customer)
        try:
            covers = await wallet_payments.look(wallets_of(values), total, customer)
        except Refusal as refusal:
            return Paying(total, credit, problem=translate_refusal(refusal))
    return Paying(total, credit, tuple(covers))


async def credit_of(customer: UUID | None) -> int:
    """Inside an open transaction."""
    if customer is None:
        return 0
    return await ledger.balance_of(Account("store_credit", customer), tenants.current().currency)
