"""How every dialect's requests are answered: slowly, not at all, or broken off, as the account asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from litestar import Response

from infra.warehouse.simulator.desk import Desk
from infra.warehouse.simulator.records import Account

Reply = Response[bytes]
SLOWEST_S = 30.0


async def attend(
    desk: Desk, account: Account, what: str, subject: str, deed: Callable[[], Reply], too_often: Callable[[], Reply]
) -> Reply:
    """Misbehave as told, do it, and perhaps spoil the answer. `too_often` is the vendor's way to speak of a limit."""
    begin = time.time()
    reply, note = await _answer(desk, account, deed, too_often)
    desk.log.asked(account, what, subject, note or str(reply.status_code or 200), begin)
    return reply


async def _answer(
    desk: Desk, account: Account, deed: Callable[[], Reply], too_often: Callable[[], Reply]
) -> tuple[Reply, str]:
    manners = account.behavior

    def strikes(bps: int) -> bool:
        return desk.luck.strikes(account.app_key, manners.seed, bps)

    slow = bool(manners.slow_ms) and strikes(manners.slow_bps)
    if slow:
        await asyncio.sleep(min(manners.slow_ms / 1000, SLOWEST_S))
    if strikes(manners.error_bps):
        return Response(b"busy", status_code=503), "503, not done"
    if strikes(manners.limit_bps):
        return too_often(), "too often"
    done = deed()
    if strikes(manners.error_after_done_bps):
        return Response(b"oops", status_code=500), "500, done"
    if strikes(manners.truncate_bps):
        broken = done.content[: len(done.content) // 2]
        return Response(broken, media_type=done.media_type, status_code=200), "broken off, done"
    return done, "slow" if slow else ""
