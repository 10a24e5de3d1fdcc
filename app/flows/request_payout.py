"""A promoter asks to be paid: the money leaves what they can withdraw in the same breath as the wish is written down.

One transaction. However many ask at once, together they never get more than there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app import ledger, payouts, promoters
from app.flows import payout_ways, promoter_money
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.ledger import Leg
from app.payouts import Payout
from tenants import states


async def request_payout(promoter_id: UUID, *, amount: int, way: str, payee: Mapping[str, str]) -> Payout:
    """Raises InvalidInput, StoreClosed, InsufficientBalance."""
    store = tenants.current()
    states.require(store, "pay_out")
    payout_id = new_id()
    async with tenants.transaction():
        await promoters.lock([promoter_id])
        chosen = next((one for one in await payout_ways.ways_open() if one.code == way), None)
        if chosen is None:
            raise InvalidInput({"way": N_("Choose how you want to be paid.")})
        await _require_enough(amount, promoter_id, store.currency)
        found = payout_ways.read_payee(chosen, payee, amount)
        legs = [Leg(promoter_money.available(promoter_id), promoter_money.PENDING, amount, store.currency)]
        await ledger.post("payout.request", payout_id, legs)
        payout = await payouts.open_payout(
            payout_id, promoter_id, way=way, amount=amount, currency=store.currency,
            payee=payout_ways.seal_payee(payout_id, chosen, found), actor="promoter",
        )  # fmt: skip
        await promoter_money.tell_lines(promoter_id, store.currency)
    return payout


async def _require_enough(amount: int, promoter: UUID, currency: str) -> None:
    """A page that is out of date is told so beside the field."""
    policy = await payouts.read_policy()
    if amount < policy.threshold_amount:
        raise InvalidInput({"amount": N_("This is less than the store pays out at once.")})
    if amount > await ledger.balance_of(promoter_money.available(promoter), currency, lock=True):
        raise InvalidInput({"amount": N_("You cannot withdraw that much yet.")})
