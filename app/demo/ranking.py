"""Levels of the demo stores' promoters, so that a host sees what is missing to the next one."""

from __future__ import annotations

import tenants
from app import promoters
from app.kernel.ids import new_id
from app.kernel.money import CURRENCIES
from app.promoters import Level

# Names per locale with the own net sales they are reached with, in whole units of the currency.
LADDERS = {
    "zh-Hans": (("银牌", 500), ("金牌", 3_000), ("钻石", 10_000)),
    "zh-Hant": (("銀牌", 2_000), ("金牌", 12_000), ("鑽石", 40_000)),
}


async def name_levels() -> None:
    """Once per store."""
    store = tenants.current()
    async with tenants.transaction():
        if await promoters.levels():
            return
        for rank, (name, whole) in enumerate(LADDERS.get(store.locale, LADDERS["zh-Hans"]), start=1):
            amount = whole * CURRENCIES[store.currency].unit
            await promoters.save_level(Level(id=new_id(), name=name, rank=rank, from_net_amount=amount))
