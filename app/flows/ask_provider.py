"""The shopper is back and no notice has come: ask the provider about the payment that was begun.

Between two transactions, and not more often than every few seconds however many pages ask. What it says is for the
caller to settle, like every news; that nobody answers is no news.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import payments
from app.flows.promising import is_promise
from app.flows.switchboard import News, Switchboard
from infra.payment.port import PaymentRejected, PaymentUnavailable

PAUSE = timedelta(seconds=3)


async def ask_provider(order_id: UUID) -> News | None:
    """None when there is nothing to ask about, it was just asked, or it does not know more than we do."""
    async with tenants.transaction():
        payment = await payments.newest_of(order_id)
        if payment is None or payment.status != "pending" or is_promise(payment.provider) or not payment.provider_ref:
            return None
        if not await payments.may_ask(payment.id, pause=PAUSE):
            return None
    provider = Switchboard()
    try:
        state = await provider.query(payment.number)
    except (PaymentRejected, PaymentUnavailable):
        return None
    return None if state.status == "pending" else News(payment.provider, state)
