"""Order numbers people can read out: `T1000123`, given out by a counter row of the store.

Counting inside the order's own transaction would make every order of a store wait for the commit of the one before.
So a process takes numbers in blocks, each in a transaction of its own: one at a time while orders are rare (numbers
then have no gaps), and twice as many with every block that is used up within a second. What is left when a process
ends is a gap.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

import tenants

FIRST = 1_000_000
LARGEST_BLOCK = 64
BRISK_SECONDS = 1.0


@dataclass(slots=True)
class Block:
    """Numbers this process may give out for one store."""

    numbers: deque[int] = field(default_factory=deque)
    size: int = 1
    taken_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_blocks: dict[UUID, Block] = {}


async def take_number() -> str:
    """The next number of the bound store. Call it before the order's transaction is opened."""
    block = _blocks.setdefault(tenants.current().id, Block())
    if not block.numbers:
        async with block.lock:
            if not block.numbers:
                await _refill(block)
    return f"T{FIRST + block.numbers.popleft()}"


def give_back_number(number: str) -> None:
    """The order was refused: its number is the next one to be given out."""
    _blocks[tenants.current().id].numbers.appendleft(int(number[1:]) - FIRST)


async def _refill(block: Block) -> None:
    brisk = monotonic() - block.taken_at < BRISK_SECONDS
    block.size = min(block.size * 2, LARGEST_BLOCK) if brisk else 1
    async with tenants.transaction():
        last: int = await tenants.connection().fetchval(
            "INSERT INTO counter (name, value) VALUES ('order', $1)"
            " ON CONFLICT (name) DO UPDATE SET value = counter.value + EXCLUDED.value RETURNING value",
            block.size,
        )
    block.taken_at = monotonic()
    block.numbers.extend(range(last - block.size + 1, last + 1))
