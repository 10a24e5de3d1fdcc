"""Ask the provider to give money back. The answer is settled like every other news about a refund.

The provider is called between transactions; the refund's number makes asking again harmless.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import payments
from infra.payment.port import PaymentProvider, PaymentRejected, RefundRequest, RefundState


async def send_refund(refund_id: UUID, provider: PaymentProvider) -> RefundState | None:
    """The provider's answer for `settle_refund`, None when there is nothing to do. PaymentUnavailable: ask again."""
    async with tenants.transaction():
        refund = await payments.find_refund(refund_id)
        payment = await payments.find(refund.payment)
    if refund.status != "pending":
        return None
    try:
        return await provider.refund(RefundRequest(refund.number, payment.number, refund.amount, refund.currency))
    except PaymentRejected as error:
        return RefundState(refund.number, payment.number, "failed", refund.amount, refund.currency, error.code)
