"""Campaigns: the page that everybody opens at once, and two hundred people who join at the same moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from uuid import UUID

import tenants
from app import group_buying
from app.flows.join_campaign import join_campaign
from app.flows.place_order import Checkout, place_order
from app.flows.run_campaign import publish_campaign, save_campaign
from app.group_buying import CampaignDraft, ItemDraft
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests.load import wrk
from tests.load.orders import SHIP_TO
from tests.load.pages import problem_of
from tests.load.report import Line, beside, compared, in_turns, not_measured
from tests.load.stack import Stack
from tests.load.stores import CART, VARIANT, VISITOR, Stores, fill_carts, numbered

AT_ONCE, ROUNDS = 200, 3
_carts = count(500_000, AT_ONCE)  # numbers no other benchmark uses


async def warm(stack: Stack, stores: Stores) -> list[Line]:
    """A running campaign's page as strangers open it, against a bare JSON route on the same server settings."""
    name = "campaign page, warm"
    await wrk.require("wrk")
    await stack.web()
    variant = await _any_variant(stores.window)
    code = await _campaign(stores.window, variant)
    bare, host, path = await stack.bare(), stack.host("window"), f"/campaigns/{code}"
    if (problem := await problem_of(stack, host, path)) is not None:
        return [not_measured(name, problem)]

    async def ours() -> float:
        return (await wrk.press(stack.address + path, host)).per_second

    async def theirs() -> float:
        return (await wrk.press(f"{bare}/json", "localhost")).per_second

    mine, reference = await in_turns(2, ours, theirs)
    return [compared(name, mine, reference, goal=0.40, of="bare Litestar JSON")]


async def joins(stack: Stack, stores: Stores) -> list[Line]:
    """Two hundred people at once put one variant of a campaign into a cart and order it, beside as many plain orders.

    Both are for one and the same variant: in both everybody queues for one row, the joins for the quota's besides.
    """
    variants = count(1)

    async def ours() -> float:
        variant = numbered(VARIANT + next(variants))
        code = await _campaign(stores.till, variant)
        return await _at_once(stores.till, lambda number: _join(code, variant, number))

    async def theirs() -> float:
        first = next(_carts)
        await fill_carts(stores.till, first, AT_ONCE, variant=next(variants))
        return await _at_once(stores.till, lambda number: _order(first + number))

    mine, plain = await in_turns(ROUNDS, ours, theirs)
    return [beside(f"campaign joins, {AT_ONCE} concurrent", mine, plain, of="plain orders")]


async def _at_once(store: Tenant, one: Callable[[int], Awaitable[None]]) -> float:
    began = time.perf_counter()
    with tenants.bind(store):
        await asyncio.gather(*(one(number) for number in range(AT_ONCE)))
    return AT_ONCE / (time.perf_counter() - began)


async def _join(code: str, variant: UUID, number: int) -> None:
    visitor = new_id()
    cart = await join_campaign(code, visitor, {variant: 1}, {}, customer_id=None)
    await place_order(cart, visitor, _checkout(number))


async def _order(number: int) -> None:
    await place_order(numbered(CART + number), numbered(VISITOR + number), _checkout(number))


def _checkout(number: int) -> Checkout:
    """Everybody is somebody else, or the campaign would count them all as one person."""
    phone = f"139{number % 10**8:08d}"
    return Checkout(f"{phone}@example.test", phone, SHIP_TO, "en")


async def _any_variant(store: Tenant) -> UUID:
    with tenants.bind(store):
        async with tenants.transaction():
            found: UUID = await tenants.connection().fetchval(
                "SELECT variant.id FROM variant JOIN product ON product.id = variant.product"
                " WHERE product.status = 'published' ORDER BY product.position, variant.id LIMIT 1"
            )
    return found


async def _campaign(store: Tenant, variant: UUID) -> str:
    with tenants.bind(store):
        draft = CampaignDraft(
            kind="flash_sale", title="Peaches together", terms=group_buying.terms_of("flash_sale", {}),
            items=[ItemDraft(variant, 2990, 1_000_000)], ends_at=now() + timedelta(days=1),
        )  # fmt: skip
        saved = await save_campaign(draft, None, actor="bench")
        await publish_campaign(saved, actor="bench")
        async with tenants.transaction():
            return (await group_buying.find(saved)).code
