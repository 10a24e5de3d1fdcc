"""A wallet's own browser can pay at once, but only for somebody the wallet has named: there and back for that name.

The way back carries a state that only this browser, for this order, and only for some minutes can have got from us, so
that nobody is made to pay under another one's name. Nothing is kept: the name goes straight into the payment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import payments
from app.flows.switchboard import provider_called
from app.kernel.clock import now
from app.kernel.errors import Refusal
from infra import crypto
from infra.payment.port import PayerLookup, PaymentRejected, PaymentUnavailable

LIVES = timedelta(minutes=10)
PURPOSE = "who-pays"


class NobodyNamed(Refusal):
    """The wallet did not say who is paying, or the way back was not ours, too old, or used before."""

    code = "payments.nobody_named"
    status = 409
    message = "The wallet did not tell us who is paying. Go back to your order and press pay again."


async def ask_who_pays(order_id: UUID, vendor: str, *, session: bytes, return_url: str) -> str:
    """Where the shopper's browser goes for it. Empty when the store's account cannot ask; then one scans a code."""
    provider = await provider_called(vendor)
    if not isinstance(provider, PayerLookup) or not provider.knows_payers:
        return ""
    return provider.payer_address(return_url, _state(order_id, session, now()))


async def who_pays(order_id: UUID, vendor: str, *, session: bytes, code: str, state: str) -> str:
    """The shopper's name at the wallet. Raises NobodyNamed."""
    provider = await provider_called(vendor)
    if not isinstance(provider, PayerLookup) or not _fits(state, order_id, session):
        raise NobodyNamed
    try:
        return await provider.payer_of(code)
    except (PaymentRejected, PaymentUnavailable) as error:
        async with tenants.transaction():
            await payments.record_health(vendor, error=str(error))
        raise NobodyNamed from error


def _state(order_id: UUID, session: bytes, at: datetime) -> str:
    """Letters and digits only: wallets take nothing else."""
    moment = f"{int(at.timestamp()):08x}"
    return moment + crypto.sign(f"{order_id}:{session.hex()}:{moment}", PURPOSE, size=20).encode().hex()


def _fits(state: str, order_id: UUID, session: bytes) -> bool:
    try:
        moment, signature = state[:8], bytes.fromhex(state[8:]).decode()
        age = now().timestamp() - int(moment, 16)
    except ValueError:
        return False
    fresh = 0 <= age + 1 <= LIVES.total_seconds()
    return fresh and crypto.verify(f"{order_id}:{session.hex()}:{moment}", signature, PURPOSE, size=20)
