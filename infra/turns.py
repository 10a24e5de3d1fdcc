"""Turns at something with a limit: whoever comes gets the next free moment, first come first served.

A turn is kept under the comer's ticket, so that one who was told to come later does not queue up again. Kept in Valkey,
by its clock; while Valkey is away each process keeps turns of its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from infra import redis

# KEYS: the queue, the ticket. ARGV: seconds between turns, seconds that may be taken in advance.
_TAKE = """
local now = redis.call('TIME')
local t = tonumber(now[1]) + tonumber(now[2]) / 1000000
local mine = tonumber(redis.call('GET', KEYS[2]) or '')
if mine then
    if mine <= t then redis.call('DEL', KEYS[2]) return '0' end
    return tostring(mine - t)
end
local apart, ahead = tonumber(ARGV[1]), tonumber(ARGV[2])
local free = math.max(t, tonumber(redis.call('GET', KEYS[1]) or '0'))
local wait = free - ahead - t
redis.call('SET', KEYS[1], string.format('%.6f', free + apart), 'PX', math.ceil((free + apart - t) * 1000) + 1000)
if wait <= 0 then return '0' end
redis.call('SET', KEYS[2], string.format('%.6f', t + wait), 'PX', math.ceil(wait * 1000) + 600000)
return string.format('%.6f', wait)
"""
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Pace:
    """`per_minute` turns on average, `burst` of them at once."""

    per_minute: int
    burst: int

    @property
    def apart_s(self) -> float:
        return 60 / self.per_minute


_free: dict[str, float] = {}
_tickets: dict[str, float] = {}


async def wait_for_turn(queue: str, pace: Pace, ticket: str) -> float:
    """Seconds until this ticket's turn; 0 when it is now, and then the turn is used."""
    ahead = pace.apart_s * (pace.burst - 1)
    keys = (f"turns:{queue}", f"turn:{queue}:{ticket}")
    try:
        return float(await redis.client().eval(_TAKE, 2, *keys, str(pace.apart_s), str(ahead)))  # type: ignore[misc] # typed for both clients
    except redis.Unavailable:
        return _take_here(*keys, pace.apart_s, ahead, time.monotonic())


def _take_here(queue: str, ticket: str, apart: float, ahead: float, t: float) -> float:
    for kept in (_free, _tickets):
        if len(kept) > _MOST:
            kept.clear()
    if ticket in _tickets:
        wait = _tickets[ticket] - t
        if wait <= 0:
            del _tickets[ticket]
        return max(wait, 0.0)
    free = max(t, _free.get(queue, 0.0))
    _free[queue] = free + apart
    wait = free - ahead - t
    if wait > 0:
        _tickets[ticket] = t + wait
    return max(wait, 0.0)
