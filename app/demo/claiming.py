"""Whose sale it is in the demo stores: a policy that binds shoppers, and a second sharer with a code and a coupon."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

import tenants
from app import attribution, promoters, promotions
from app.attribution import FULL
from app.demo import people
from app.flows.apply_as_promoter import apply_as_promoter
from app.flows.decide_promoter import decide_promoter
from app.flows.replay_orders import ask_for_replay
from app.kernel.clock import now

MONTH = timedelta(days=30)
RATE_BPS = 800
WORDS = {
    "qinghe": ("先锁客五天，直播间十天；口令码和直播间优先", "阿洁 5 元券"),
    "yizhan": ("點擊鎖五天、直播間十天；代碼與直播間優先", "阿潔折 5 元"),
}


async def share_out(slug: str, sharer: UUID) -> None:
    """Once: the policy, the sharer's approval, a coupon that is the sharer's own, and a trial of stricter rules."""
    note, coupon = WORDS[slug]
    async with tenants.transaction():
        if (await attribution.policies())[0].version:
            return
        draft = msgspec.structs.replace(FULL, snatch_policy="after_protection", note=note)
        await attribution.save_policy(draft, seen=0, by=people.MERCHANT.name)
        known = await promoters.find_by_login(sharer)
    if known is None or known.status == "pending":
        asked = await apply_as_promoter(sharer, slug)
        known = await decide_promoter(asked.id, True, RATE_BPS, people.MERCHANT.name)
    async with tenants.transaction():
        await attribution.sharer_code_of(known.id)
        draft_coupon = promotions.CouponDraft(name=coupon, code="AJIE5", amount=500, owner=known.id)
        await promotions.start_coupon(await promotions.save_coupon(draft_coupon))
    strict = msgspec.structs.replace(FULL, snatch_policy="never")
    await ask_for_replay(strict, None, now() - MONTH, now(), by=people.MERCHANT.name)
