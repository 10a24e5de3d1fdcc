"""Clicks become touches and totals, in batches, each batch in one transaction."""

from __future__ import annotations

import tenants
from app import links
from app.flows import pending_clicks
from app.kernel.events import publish

BATCH = 2_000


async def fold_clicks(most: int = BATCH) -> int:
    """Fold one batch; how many clicks that were. Workers may run it side by side: each takes what the others left."""
    async with tenants.transaction():
        claimed = await links.claim_unfolded(most)
        changed = await pending_clicks.fold(claimed)
    for promoter in changed:
        await publish(f"board:{tenants.current().id}:{promoter}", "clicks")
    return len(claimed)
