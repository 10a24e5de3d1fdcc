"""Builders for sales made elsewhere: goods with a code, sharers, sightings, offers, and the job that looks at lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import tenants
from app import external_sales, promoters
from app.external_sales import Fact, Line
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests import builders_earning as earning
from workers.context import JobContext
from workers.external_sales import HANDLERS

JOB = JobContext(new_id(), "external_sales.settle", 1, 12)
SKU = "PEACH-1"


async def goods(sku: str = SKU) -> UUID:
    """A variant with a code of its own."""
    product = await earning.product()
    async with tenants.transaction():
        variant: UUID = await tenants.connection().fetchval(
            "UPDATE variant SET sku = $2 WHERE product = $1 RETURNING id", product, sku
        )
    return variant


def fact(**said: Any) -> Fact:
    """A paid line of 100.00 that nobody shared, placed an hour ago."""
    usual: dict[str, Any] = {
        "platform": "wechat_channels", "order_number": "3705115058471208928", "line_key": SKU, "title": "Peaches",
        "quantity": 2, "sale_amount": 10_000, "base_amount": said.get("sale_amount", 10_000), "currency": "CNY",
        "status": "paid", "placed_at": hours_ago(1), "paid_at": hours_ago(1), "sku_code": SKU,
    }  # fmt: skip
    return Fact(**{**usual, **said})


def hours_ago(hours: float) -> datetime:
    return now().replace(microsecond=0) - timedelta(hours=hours)


async def seen(*facts: Fact) -> None:
    """They reach us one after the other, each in a message of its own."""
    for each in facts:
        async with tenants.transaction():
            await external_sales.take_in([each], source="api", source_id=new_id())


async def settled() -> None:
    await HANDLERS["external_sales.settle"](JOB)


async def known_as(
    promoter: promoters.Promoter, outside_id: str = "openid-ya", platform: str = "wechat_channels"
) -> None:
    """The merchant has said who this sharer is."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO external_sharer (id, platform, outside_id, promoter, mapped_by, mapped_at, first_seen_at)"
            " VALUES ($1, $2, $3, $4, 'Su He', now(), now())",
            new_id(), platform, outside_id, promoter.id,
        )  # fmt: skip


async def only_line(number: str = "3705115058471208928") -> Line:
    async with tenants.transaction():
        line_id = await tenants.connection().fetchval("SELECT id FROM external_line WHERE order_number = $1", number)
        return await external_sales.find(line_id)


async def kept() -> list[tuple[str, str, int]]:
    """By whom, in which state, and what is left of it; lines of turns that are over and keep nothing are left out."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT p.name, c.status, c.amount - c.reversed_amount AS kept FROM commission_line c"
            " JOIN promoter p ON p.id = c.promoter JOIN external_line l ON l.id = c.external_line AND l.turn = c.turn"
            " ORDER BY p.name, c.id"
        )
    return [tuple(row) for row in rows]


async def purse(promoter: promoters.Promoter) -> dict[str, int]:
    """What stands on the promoter's accounts; a debt is positive."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT account.kind, sum(CASE WHEN moved.credit = account.id THEN moved.amount ELSE -moved.amount END)"
            "::bigint AS amount FROM ledger_account AS account JOIN ledger_transfer AS moved"
            " ON account.id IN (moved.debit, moved.credit) WHERE account.owner = $1 GROUP BY account.kind",
            promoter.id,
        )
    held = {row["kind"]: row["amount"] for row in rows}
    return {
        "frozen": held.get("promoter_frozen", 0), "available": held.get("promoter_available", 0),
        "debt": -held.get("promoter_debt", 0),
    }  # fmt: skip


async def days_pass(days: float) -> None:
    """Everything the lines wait for lies so many days nearer."""
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute(
            "UPDATE commission_line SET settle_at = settle_at - make_interval(secs => $1),"
            " earned_at = earned_at - make_interval(secs => $1)", days * 86_400,
        )  # fmt: skip
        await database.execute(
            "UPDATE external_line SET attend_at = attend_at - make_interval(secs => $1),"
            " final_at = final_at - make_interval(secs => $1), received_at = received_at - make_interval(secs => $1)",
            days * 86_400,
        )


async def offer(**said: Any) -> UUID:
    """A network pays ten percent, of which the promoter gets half."""
    usual: dict[str, Any] = {
        "title": "Kettle at JD", "network": "jd", "landing_url": "https://u.jd.com/kettle?x=1",
        "slot_parameter": "subid",        "network_bps": 1_000, "promoter_bps": 5_000, "words": "", "by": "Su He",
    }  # fmt: skip
    async with tenants.transaction():
        return await external_sales.save_offer(**{**usual, **said})
