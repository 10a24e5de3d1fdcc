"""The store writes new terms for its promoters: everybody is written to, and asked on the board to accept them."""

from __future__ import annotations

import tenants
from app import promoters
from app.flows import promoter_news
from app.promoters import Terms


async def publish_terms(body: str, *, by: str) -> Terms:
    """The newest version; the same words again are none, and nobody is written to. Raises InvalidInput."""
    async with tenants.transaction():
        before = await promoters.current_terms()
        terms = await promoters.publish_terms(body, by=by)
        if before is None or terms.id != before.id:
            for promoter in await promoters.everyone("approved"):
                await promoter_news.tell(promoter, "terms")
        return terms
