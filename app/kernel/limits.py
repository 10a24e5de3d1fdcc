"""Rate limits: one token bucket per key, in Valkey, decided in one atomic step.

While Valkey is away a bucket in this process stands in, so pages stay up and sign-ins stay limited.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.kernel.errors import Refusal
from infra import redis

# KEYS[1] bucket; ARGV: capacity, tokens per second. Uses the server's clock, so skewed web machines agree.
_TAKE = """
local now = redis.call('TIME')
local t = tonumber(now[1]) + tonumber(now[2]) / 1000000
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local capacity, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local tokens = tonumber(state[1]) or capacity
local at = tonumber(state[2]) or t
tokens = math.min(capacity, tokens + math.max(0, t - at) * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', t)
redis.call('EXPIRE', KEYS[1], math.ceil(capacity / rate) + 1)
return math.ceil(wait)
"""


class TooManyTries(Refusal):
    """Slow down; nothing was done."""

    code = "too_many_tries"
    status = 429
    message = "Too many tries. Wait %(seconds)s seconds and try again; nothing was changed."


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` tries at once, `per_minute` on average."""

    name: str
    burst: int
    per_minute: float


SIGN_IN_PER_ACCOUNT = Limit("sign_in_account", 10, 10 / 15)
SIGN_IN_PER_ADDRESS = Limit("sign_in_address", 30, 10)
# Guessing one account from many places; more than one place alone can use up, so that nobody locks others out.
SIGN_IN_FROM_ANYWHERE = Limit("sign_in_anywhere", 120, 120 / 60)
SIGN_UP = Limit("sign_up", 10, 2)
CHECKOUT = Limit("checkout", 60, 60)
# Typing a code, not trying out thousands.
COUPON_CODES = Limit("coupon_codes", 60, 20)
# The API: one token, everything from one address (many phones share one), and new tokens.
API_TOKEN = Limit("api_token", 120, 240)
API_ADDRESS = Limit("api_address", 600, 1200)
API_SESSIONS = Limit("api_sessions", 60, 30)
# A leader serves a queue; whoever guesses gets nowhere.
PICKUP_CODES = Limit("pickup_codes", 40, 20)
# Finding an order by number and phone: from one place, of one number from anywhere, and mails with its link.
FIND_ORDER = Limit("find_order", 10, 4)
FIND_ORDER_NUMBER = Limit("find_order_number", 10, 10 / 15)
ORDER_LINK = Limit("order_link", 3, 3 / 60)
GIFT_CARD = Limit("gift_card", 10, 2)

_local: dict[str, tuple[float, float]] = {}


async def take(limit: Limit, *key: str) -> None:
    """Use one token of the bucket of this key. Raises TooManyTries."""
    name = ":".join(("limit", limit.name, *key))
    rate = limit.per_minute / 60
    try:
        wait = int(await redis.client().eval(_TAKE, 1, name, str(limit.burst), str(rate)))  # type: ignore[misc]
    except redis.Unavailable:
        wait = _take_locally(name, limit.burst, rate)
    if wait:
        raise TooManyTries(seconds=wait)


async def take_sign_in(realm: str, account: str, address: str) -> None:
    """One try to sign in: limited by place, by account and place, and by account alone. Raises TooManyTries."""
    await take(SIGN_IN_PER_ADDRESS, realm, address)
    await take(SIGN_IN_PER_ACCOUNT, realm, account, address)
    await take(SIGN_IN_FROM_ANYWHERE, realm, account)


def _take_locally(name: str, burst: int, rate: float) -> int:
    moment = time.monotonic()
    if len(_local) > 20_000:
        _local.clear()
    tokens, at = _local.get(name, (float(burst), moment))
    tokens = min(float(burst), tokens + (moment - at) * rate)
    granted = tokens >= 1
    _local[name] = (tokens - 1 if granted else tokens, moment)
    return 0 if granted else int((1 - tokens) / rate) + 1
