"""What happens by the clock. Kept here instead of in arq's cron, which has no missed runs and no stores.

Everything in it may run twice or be skipped once: it looks at rows and asks for what is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

import tenants
from app import external_sales, fulfillment, ledger, payments, payouts, promoters, promotions
from app.flows.answer_substitution import lapse_substitutions
from app.flows.authorize_warehouse import ask_for_renewals
from app.flows.hold_orders import release_what_waited_long_enough
from app.flows.late_parcels import look_for_late_parcels
from app.flows.look_after_exceptions import look_after_exceptions
from app.flows.settle_session import ask_for_settling
from app.flows.watch_promises import watch_promises
from app.kernel import idempotency
from app.kernel.clock import now
from infra.payment.statement_port import STATEMENTS
from tenants import directory, outbox, platform
from workers import claims
from workers.carriers import look_after_parcels, look_for_untold_parcels
from workers.clicks import ask_for_a_look, keep_clicks
from workers.contests import look_after_contests
from workers.forever import forever, together
from workers.fulfillment import ask_for_news
from workers.group_buying import look_after_campaigns
from workers.health import refresh_health
from workers.koc import count_nightly
from workers.leader_exports import expire_leader_exports
from workers.materials import note_stale_packs, sweep_drawings
from workers.order_jobs import expire_files
from workers.pickups import look_after_pickups
from workers.presale import look_after_presales
from workers.provisioning import finish_stuck_stores, refill_schemas
from workers.purchasing import look_after_suppliers_money, look_after_supply
from workers.team_groups import look_after_teams

log = structlog.get_logger()

Work = Callable[[], Awaitable[object]]
DONE_KEPT = timedelta(days=3)
NIGHT_HOUR = 3  # by the store's own clock


@dataclass(frozen=True, slots=True)
class Entry:
    """`per_store` work runs bound to each store in turn, spread over the interval."""

    name: str
    every: float
    work: Work
    per_store: bool = True


async def reconcile_payments() -> None:
    """Ask for the reconciler; the same wish twice is one."""
    async with tenants.transaction():
        await outbox.post("payments.reconcile", queue="default", key="payments.reconcile", max_attempts=3)


async def reconcile_payouts() -> None:
    """Ask about payouts at their providers; the same wish twice is one."""
    async with tenants.transaction():
        if await payouts.quiet_since(now(), limit=1):
            await outbox.post("payouts.reconcile", queue="default", key="payouts.reconcile", max_attempts=3)


async def settle_commissions() -> None:
    """Let commission become due whose time has come."""
    async with tenants.transaction():
        await outbox.post("commissions.settle", queue="bulk", key="commissions.settle", max_attempts=3)


async def recompute_books() -> None:
    """Once a day of the store, when its night is nearly over."""
    local = now().astimezone(ZoneInfo(tenants.current().time_zone))
    if local.hour < NIGHT_HOUR:
        return
    async with tenants.transaction():
        last = await ledger.last_check()
        if last is None or last.day < local.date():
            await outbox.post(
                "reconciliation.nightly", queue="bulk", key="reconciliation.nightly", day=local.date().isoformat()
            )


async def compare_goods() -> None:
    """Orders, warehouses and carriers, once a day of the store that ships anything, when its night is nearly over."""
    local = now().astimezone(ZoneInfo(tenants.current().time_zone))
    if local.hour < NIGHT_HOUR:
        return
    async with tenants.transaction():
        last = await fulfillment.last_checks(1)
        if (not last or last[0].day < local.date()) and await fulfillment.ships_anything():
            day = local.date().isoformat()
            await outbox.post("reconciliation.goods", queue="bulk", key="reconciliation.goods", day=day)


async def expire_points() -> None:
    """Once a day of the store whose points expire, when its night is nearly over."""
    local = now().astimezone(ZoneInfo(tenants.current().time_zone))
    if local.hour < NIGHT_HOUR:
        return
    async with tenants.transaction():
        rule = await promotions.points_rule()
        if rule.expiry != "never" and (rule.expired_on is None or rule.expired_on < local.date()):
            await outbox.post(
                "promotions.expire_points", queue="bulk", key="promotions.expire_points", day=local.date().isoformat()
            )


async def review_levels() -> None:
    """Once a day of a store that has levels, when its night is nearly over."""
    local = now().astimezone(ZoneInfo(tenants.current().time_zone))
    if local.hour < NIGHT_HOUR:
        return
    async with tenants.transaction():
        last = await promoters.reviewed_on()
        if await promoters.levels() and (last is None or last < local.date()):
            day = local.date().isoformat()
            await outbox.post("promoters.review_levels", queue="bulk", key="promoters.review_levels", day=day)


async def ask_for_statements() -> None:
    """Every day of the last week in UTC whose statement a provider owes us; the same wish twice is one."""
    async with tenants.transaction():
        for provider, day in await payments.awaited_statements(now().date(), STATEMENTS):
            await outbox.post(
                "reconciliation.statement", queue="bulk", key=f"statement:{provider}:{day}", max_attempts=6,
                provider=provider, day=day.isoformat(),
            )  # fmt: skip


async def sweep_rows() -> None:
    """Done jobs, expired sessions and old keys of the bound store."""
    await claims.delete_done(now() - DONE_KEPT)
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM shopper_session WHERE expires_at < $1", now())
    await idempotency.sweep(tenants.current())


async def settle_sales_elsewhere() -> None:
    """Ask for the orders of connected shops and for a look at lines; the same wish twice is one."""
    async with tenants.transaction():
        for shop in await external_sales.shops(active=True):
            key = f"external_sales.pull:{shop.id}"
            await outbox.post("external_sales.pull", queue="bulk", key=key, max_attempts=3, shop_id=str(shop.id))
        await outbox.post("external_sales.settle", queue="default", key="external_sales.settle", max_attempts=3)


async def sweep_platform() -> None:
    async with platform.transaction() as database:
        for statement in (
            "DELETE FROM staff_session WHERE expires_at < $1",
            "DELETE FROM merchant_session WHERE expires_at < $1",
            "DELETE FROM promoter_session WHERE expires_at < $1",
            "DELETE FROM supplier_session WHERE expires_at < $1",
            "DELETE FROM sign_in_code WHERE expires_at < $1",
        ):
            await database.execute(statement, now())
    await idempotency.sweep(None)


TIMETABLE = (
    Entry("payments.reconcile", 60, reconcile_payments),
    Entry("payouts.reconcile", 60, reconcile_payouts),
    Entry("commissions.settle", 600, settle_commissions),
    Entry("external_sales.settle", 300, settle_sales_elsewhere),
    Entry("group_buying", 60, look_after_campaigns),
    Entry("team_groups", 60, look_after_teams),
    Entry("presale", 60, look_after_presales),
    Entry("contests", 300, look_after_contests),
    Entry("pickups", 600, look_after_pickups),
    Entry("supply", 60, look_after_supply),
    Entry("supply.money", 600, look_after_suppliers_money),
    Entry("fulfillment.exceptions", 60, look_after_exceptions),
    Entry("substitutions", 60, lapse_substitutions),
    Entry("carriers", 60, look_after_parcels),
    Entry("holds", 60, release_what_waited_long_enough),
    Entry("carriers.late", 900, look_for_late_parcels),
    Entry("carriers.platforms", 120, look_for_untold_parcels),
    Entry("fulfillment.promises", 60, watch_promises),
    Entry("health", 60, refresh_health),
    Entry("warehouses", 60, ask_for_news),
    Entry("warehouses.authorizations", 600, ask_for_renewals),
    Entry("recompute_books", 1800, recompute_books),
    Entry("goods", 1800, compare_goods),
    Entry("points", 1800, expire_points),
    Entry("levels", 1800, review_levels),
    Entry("sessions", 3600, ask_for_settling),
    Entry("statements", 3600, ask_for_statements),
    Entry("clicks", 3600, keep_clicks),
    Entry("clicks.traffic", 3600, ask_for_a_look),
    Entry("sweep", 3600, sweep_rows),
    Entry("orders.files", 3600, expire_files),
    Entry("group_buying.files", 3600, expire_leader_exports),
    Entry("koc", 1800, count_nightly),
    Entry("materials.stale", 60, note_stale_packs),
    Entry("materials.drawings", 6 * 3600, sweep_drawings),
    Entry("sweep.platform", 3600, sweep_platform, per_store=False),
    Entry("schemas", 5, refill_schemas, per_store=False),
    Entry("stuck_stores", 30, finish_stuck_stores, per_store=False),
)


async def keep_timetable(entries: tuple[Entry, ...] = TIMETABLE) -> None:
    """Until canceled."""
    await together(*(forever(partial(_keep, entry), entry.name) for entry in entries))


async def _keep(entry: Entry) -> None:
    while True:
        began = asyncio.get_running_loop().time()
        if entry.per_store:
            await _in_every_store(entry)
        else:
            await entry.work()
        await asyncio.sleep(max(0.5, entry.every - (asyncio.get_running_loop().time() - began)))


async def _in_every_store(entry: Entry) -> None:
    """One store's trouble is logged and does not keep the others waiting."""
    stores = await directory.everyone()
    for store in stores:
        try:
            with tenants.bind(store):
                await entry.work()
        except Exception as error:
            log.warning("timetable.failed", entry=entry.name, store=str(store.id), error=repr(error))
        await asyncio.sleep(min(0.05, entry.every / 2 / max(1, len(stores))))
