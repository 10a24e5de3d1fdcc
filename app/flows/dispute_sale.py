"""A promoter says that a sale should have been theirs, from its receipt; the merchant answers with `move_sale`."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import attribution
from app.kernel.events import publish


async def dispute_sale(line_id: UUID, promoter_id: UUID, name: str, words: str) -> None:
    """Raises NotFound, InvalidInput, DisputeOpen. Whether the promoter may read the receipt, the face has asked."""
    async with tenants.transaction():
        kept = await attribution.kept_line(line_id)
        await attribution.open_dispute(kept.decision, promoter=promoter_id, opened_by=name, words=words)
    await publish(f"board:{tenants.current().id}:{promoter_id}", "order")
