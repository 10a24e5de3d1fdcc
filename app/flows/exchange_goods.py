"""Send the replacement of an exchange. One transaction: the free order, its stock, and the end of the request."""

from __future__ import annotations

from uuid import UUID

import tenants
from app.flows.aftersale_replacement import replace_goods
from app.flows.aftersale_steps import open_desk


async def ship_exchange(aftersale: UUID, *, actor: str) -> None:
    """Raises NotEnoughStock (then nothing is kept) and IllegalMove."""
    async with tenants.transaction():
        await replace_goods(await open_desk(aftersale), cause="exchanged", actor=actor)
