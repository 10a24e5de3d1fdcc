"""A store's figures for the console: counted in the store, kept in the directory, never both in one statement."""

from __future__ import annotations

from typing import Any

import tenants
from tenants import platform

COUNT = """
SELECT
    (SELECT count(*) FROM orders) AS orders_total,
    (SELECT count(*) FROM orders WHERE placed_at > now() - interval '30 days') AS orders_30d,
    (SELECT count(*) FROM product WHERE status <> 'archived') AS products,
    (SELECT coalesce(sum(paid_amount - refunded_amount), 0)::bigint FROM orders
        WHERE placed_at > now() - interval '30 days') AS paid_30d_amount,
    (SELECT max(placed_at) FROM orders) AS last_order_at,
    (SELECT count(*) FROM outbox WHERE status IN ('due', 'queued', 'running') AND run_at <= now()) AS jobs_due,
    (SELECT count(*) FROM outbox WHERE status = 'dead') AS jobs_dead,
    (SELECT min(run_at) FROM outbox WHERE status = 'due' AND run_at <= now()) AS oldest_due_at,
    coalesce((SELECT last_error FROM warehouse WHERE last_error <> '' LIMIT 1), '') AS warehouse_error,
    coalesce((SELECT last_error FROM payment_account WHERE last_error <> '' LIMIT 1), '') AS payment_error,
    (SELECT count(*) FROM ticket WHERE status = 'open') AS tickets_open
"""
KEEP = """
INSERT INTO tenant_health (tenant, orders_total, orders_30d, products, paid_30d_amount, last_order_at, jobs_due,
    jobs_dead, oldest_due_at, warehouse_error, payment_error, tickets_open, checked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now())
ON CONFLICT (tenant) DO UPDATE SET orders_total = EXCLUDED.orders_total, orders_30d = EXCLUDED.orders_30d,
    products = EXCLUDED.products, paid_30d_amount = EXCLUDED.paid_30d_amount, last_order_at = EXCLUDED.last_order_at,
    jobs_due = EXCLUDED.jobs_due, jobs_dead = EXCLUDED.jobs_dead, oldest_due_at = EXCLUDED.oldest_due_at,
    warehouse_error = EXCLUDED.warehouse_error, payment_error = EXCLUDED.payment_error,
    tickets_open = EXCLUDED.tickets_open, checked_at = EXCLUDED.checked_at
"""


async def refresh_health() -> None:
    """Count in the bound store, then write one row into the directory."""
    async with tenants.transaction():
        figures: Any = await tenants.connection().fetchrow(COUNT)
    async with platform.transaction() as database:
        await database.execute(KEEP, tenants.current().id, *figures.values())
