"""The store writes to a promoter who went quiet: once a month at most, in its own words."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import promoters
from app.flows import promoter_news
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_


async def ask_back(promoter_id: UUID, words: str) -> bool:
    """False when this person was written to within the month. Raises NotFound, InvalidInput."""
    async with tenants.transaction():
        promoter = await promoters.find(promoter_id)
        if not 1 <= len(words.strip()) <= 300:
            raise InvalidInput({"words": N_("Write up to 300 characters.")})
        if not await promoters.note_asked_back(promoter_id):
            return False
        await promoter_news.tell(promoter, "asked_back", words.strip())
    return True
