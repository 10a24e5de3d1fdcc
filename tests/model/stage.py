"""The store a story is told in. It is swept between stories, because opening a store takes longer than telling one.

Its pools are of its own: they keep their connections for the whole part, and nobody rings the relay's bell, because no
relay listens. What a step has left behind is read in one round trip, on a connection that stays prepared for it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from asyncpg.prepared_stmt import PreparedStatement

import tenants
from app import links, payments
from infra import postgres, redis
from infra.settings import settings
from tenants import Tenant, platform, scope
from tests import builders_earning, builders_payouts, invariants
from tests.model.earned import EARNED

KEPT = (
    "store_profile", "warehouse", "payment_account", "promoter", "tracked_link", "schema_version", "counter",
    "payout_policy",
)  # fmt: skip

# Shelves of all warehouses together, orders with what was promised back, the coupon, what the books say the provider
# keeps, what came to it and went, what wallets hold, and points.
FACTS = f"""
SELECT jsonb_build_object(
    'shelves', (SELECT jsonb_object_agg(variant, jsonb_build_array(on_hand, reserved, allocated)) FROM (SELECT variant,
        sum(on_hand) AS on_hand, sum(reserved) AS reserved, sum(allocated) AS allocated
        FROM stock_level GROUP BY variant) AS everywhere),
    'orders', (SELECT jsonb_object_agg(id, jsonb_build_array(status, payment_status, refunded_amount,
        (SELECT coalesce(sum(amount), 0) FROM refund
            WHERE refund.order_id = orders.id AND reason <> '{payments.LATE_PAYMENT}'))) FROM orders),
    'earned', {EARNED},
    'used', (SELECT used_count FROM coupon),
    'held', (SELECT coalesce(sum(CASE WHEN d.kind = 'psp_clearing' THEN t.amount ELSE -t.amount END), 0)
        FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit JOIN ledger_account c ON c.id = t.credit
        WHERE 'psp_clearing' IN (d.kind, c.kind)),
    'came', (SELECT coalesce(sum(amount), 0) FROM payment WHERE status = 'captured' AND provider = 'sandbox'),
    'went', (SELECT coalesce(sum(refund.amount), 0) FROM refund JOIN payment ON payment.id = refund.payment
        WHERE refund.status = 'succeeded' AND refund.into_wallet = '' AND payment.provider = 'sandbox'),
    'wallets', (SELECT jsonb_object_agg(account.owner, kept.amount) FROM ledger_balance AS kept
        JOIN ledger_account AS account ON account.id = kept.account
        WHERE account.kind IN ('gift_card', 'store_credit')),
    'points', (SELECT coalesce(sum(balance - owed), 0) FROM points_balance)
)::text AS facts, ARRAY({invariants.EVERYTHING}) AS broken
"""


@dataclass
class Stage:
    tenant: Tenant
    link: links.Link
    owner: asyncpg.Connection[Any]
    facts: PreparedStatement[Any]
    sweeping: str

    async def sweep(self) -> None:
        """Empty every table a story writes to."""
        async with self.owner.transaction():
            await self.owner.execute("SET LOCAL session_replication_role = replica")  # the order does not matter then
            await self.owner.execute(self.sweeping)

    async def look(self) -> tuple[dict[str, Any], list[str]]:
        """The facts of the store, and the names of all that must not be."""
        row = await self.facts.fetchrow()
        assert row is not None
        return json.loads(row["facts"]), row["broken"]


@asynccontextmanager
async def set_stage(tenant: Tenant, *, at_once: int = 2) -> AsyncIterator[Stage]:
    """For the running loop, whatever pools other loops have. So many transactions may run `at_once`."""
    others, scope.ENGINE.pools = scope.ENGINE.pools, {}
    platforms, platform.PLATFORM.pool = platform.PLATFORM.pool, None
    client, redis._client = redis._client, None
    announce, scope._announce = scope._announce, None
    recycling, postgres.MAX_QUERIES = postgres.MAX_QUERIES, 1_000_000_000
    speaking = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    await scope.open_pools(size=at_once)
    await platform.open_pool(size=1)
    owner = await asyncpg.connect(str(settings().database_url))
    try:
        yield await _stage(tenant, owner)
    finally:
        await owner.close()
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()
        redis._client = client
        structlog.configure(wrapper_class=speaking)
        scope.ENGINE.pools, scope._announce, postgres.MAX_QUERIES = others, announce, recycling
        platform.PLATFORM.pool = platforms


async def _stage(tenant: Tenant, owner: asyncpg.Connection[Any]) -> Stage:
    names = await owner.fetch(
        "SELECT relname AS tablename FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND NOT relname = ANY($2)",
        tenant.schema_name, KEPT,
    )  # fmt: skip
    await owner.execute(f'SET search_path TO "{tenant.schema_name}", extensions')
    with tenants.bind(tenant):
        link = await builders_earning.link(await builders_earning.promoter())
        await builders_payouts.terms()
    sweeping = ";".join(f'DELETE FROM "{row["tablename"]}"' for row in names)
    return Stage(tenant, link, owner, await owner.prepare(FACTS), sweeping)
