"""Passwords: Argon2id in two threads, so that a rush of sign-ins cannot eat the memory or stall the pages."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MAX_LENGTH = 128  # Longer texts are not passwords but a way to keep the machine busy.

STRONG = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)  # Staff and merchants.
USUAL = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # Hosts, promoters and shoppers.

# Two at once: each hash takes tens of megabytes and a whole core.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def _hasher(strong: bool) -> PasswordHasher:
    return STRONG if strong else USUAL


@cache
def _nobody(strong: bool) -> str:
    """The hash of no one's password, checked for unknown accounts so that both answers take the same time."""
    return _hasher(strong).hash("nobody has this password")


async def hash_password(password: str, strong: bool) -> str:
    if len(password) > MAX_LENGTH:
        raise ValueError(f"a password has at most {MAX_LENGTH} characters")
    return await asyncio.get_running_loop().run_in_executor(_pool, _hasher(strong).hash, password)


async def verify_password(hashed: str | None, password: str, *, strong: bool = False) -> bool:
    """Whether it fits. Pass None for an unknown account (with the realm's `strong`): the answer takes as long."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _verify, hashed, password[:MAX_LENGTH], strong)


def _verify(hashed: str | None, password: str, strong: bool) -> bool:
    try:
        return _hasher(strong).verify(hashed or _nobody(strong), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str, strong: bool) -> bool:
    """Whether the hash was made with other parameters than today's; ask after a successful sign-in."""
    return _hasher(strong).check_needs_rehash(hashed)
