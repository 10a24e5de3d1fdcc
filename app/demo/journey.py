"""The main journey, played over HTTP as people would: from sign-up to a commission, and to money that went back."""

from __future__ import annotations

import sys

from app.demo.accounting import accounting
from app.demo.bookkeeping import bookkeeping
from app.demo.chain_steps import leading
from app.demo.claim_steps import claiming
from app.demo.community_steps import neighboring
from app.demo.delivering import delivering
from app.demo.doubt_steps import doubting
from app.demo.evening_steps import evening
from app.demo.hosting import hosting
from app.demo.ladder_steps import climbing
from app.demo.market import market
from app.demo.opening import opening
from app.demo.paying import agreeing, paying
from app.demo.presale_steps import ordering_ahead
from app.demo.refunding import refunding
from app.demo.returning import returning
from app.demo.shipping_steps import shipping
from app.demo.shopping import shopping
from app.demo.steps import play_all
from app.demo.team_steps import teaming
from app.demo.world import World


async def play() -> bool:
    """True when every step was seen from outside: on pages, on the board, in the console."""
    world = World()
    parts = (
        opening, hosting, agreeing, shopping, delivering, accounting, refunding, returning, paying, bookkeeping,
        teaming, climbing, ordering_ahead, neighboring, leading, market, claiming, doubting, evening, shipping,
    )  # fmt: skip
    try:
        return await play_all([step for part in parts for step in part(world)], _say)
    finally:
        await world.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
