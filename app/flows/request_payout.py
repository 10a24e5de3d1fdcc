"""A promoter asks to be paid: the money leaves what they can withdraw in the same breath as the wish is written down.

One transaction. However many ask at once, together they never get more than there is, and never what is kept back. A
large sum, and an account that was not paid to before, want the promoter's password; an account that takes the place of
another one is paid to after a cooling-off time, and the promoter is told by mail at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import identity, ledger, payouts, promoters
from app.flows import payout_news, payout_ways, promoter_money
from app.flows.payout_ways import Way
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.ledger import Leg
from app.payouts import Payout, Policy
from tenants import states


async def request_payout(
    promoter_id: UUID, *, amount: int, way: str, payee: Mapping[str, str], confirmed: bool = True
) -> Payout:
    """Asked by somebody whose password was `confirmed` just now. The same wish again is another payout.

    Raises InvalidInput, PasswordNeeded, StoreClosed, InsufficientBalance.
    """
    store = tenants.current()
    states.require(store, "pay_out")
    payout_id = new_id()
    async with tenants.transaction():
        await promoters.lock([promoter_id])
        chosen = next((one for one in await payout_ways.ways_open() if one.code == way), None)
        if chosen is None:
            raise InvalidInput({"way": N_("Choose how you want to be paid.")})
        policy = await payouts.read_policy()
        await _require_enough(amount, promoter_id, store.currency, policy)
        found = payout_ways.read_payee(chosen, payee, amount)
        not_before = await _account(promoter_id, chosen, found, policy, confirmed=confirmed)
        if policy.asks_password(amount) and not confirmed:
            raise identity.PasswordNeeded
        legs = [Leg(promoter_money.available(promoter_id), promoter_money.PENDING, amount, store.currency)]
        await ledger.post("payout.request", payout_id, legs)
        payout = await payouts.open_payout(
            payout_id, promoter_id, way=way, amount=amount, currency=store.currency,
            payee=payout_ways.seal_payee(payout_id, chosen, found), actor="promoter",
            withheld=policy.withheld_of(amount), not_before=not_before,
        )  # fmt: skip
        await promoter_money.tell_lines(promoter_id, store.currency)
        await payout_news.tell(payout, "account_changed" if payout.cools else "requested")
    return payout


async def _require_enough(amount: int, promoter: UUID, currency: str, policy: Policy) -> None:
    """A page that is out of date is told so beside the field."""
    if amount < policy.threshold_amount:
        raise InvalidInput({"amount": N_("This is less than the store pays out at once.")})
    if amount > await promoter_money.withdrawable(promoter, currency):
        raise InvalidInput({"amount": N_("You cannot withdraw that much yet.")})


async def _account(
    promoter: UUID, way: Way, found: Mapping[str, str], policy: Policy, *, confirmed: bool
) -> datetime | None:
    """From when on this account is paid to; None for at once. The first one a promoter gives replaces nothing."""
    mark = payout_ways.fingerprint_of(promoter, way, found)
    if not mark:
        return None
    usable = await payouts.usable_from(promoter, way.code, mark)
    if usable is None:
        if not confirmed:
            raise identity.PasswordNeeded
        cooling = policy.cooling if await payouts.has_account(promoter) else timedelta(0)
        usable = await payouts.add_account(promoter, way.code, mark, payout_ways.hint_of(found), cooling=cooling)
    return usable if usable > now() else None
