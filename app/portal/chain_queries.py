"""What a leader's pages read: lists to help with, orders of a list, and the day-book. For one promoter of the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants

TO_HELP = """
SELECT campaign.id, campaign.code, campaign.title, campaign.ends_at, promoter.name AS leader_name,
    max(chain.help_bps) AS help_bps
FROM campaign JOIN promoter ON promoter.id = campaign.leader
JOIN campaign_item AS item ON item.campaign = campaign.id AND item.active
JOIN chain_item AS chain ON chain.item = item.id
WHERE campaign.kind = 'chain_campaign' AND campaign.status = 'open' AND campaign.supply IS NULL
    AND campaign.terms ->> 'help_sell' = 'true' AND campaign.leader <> $1
    AND (campaign.starts_at IS NULL OR campaign.starts_at <= $2) AND (campaign.ends_at IS NULL OR campaign.ends_at > $2)
    AND NOT EXISTS (SELECT 1 FROM campaign AS mine WHERE mine.supply = campaign.id AND mine.leader = $1
        AND mine.status IN ('draft', 'scheduled', 'open'))
GROUP BY campaign.id, promoter.name ORDER BY campaign.ends_at LIMIT 50
"""
ORDERS = """
SELECT one.order_id, one.campaign, one.sequence_number, one.supply_sequence, one.nick, one.status, one.fields,
    one.handed_out_at, one.taken_at, placed.number, placed.fulfillment_status, placed.note,
    (SELECT pickup.status FROM pickup WHERE pickup.order_id = one.order_id) AS pickup,
    CASE campaign.terms ->> 'delivery' WHEN 'local' THEN placed.ship_to ->> 'street' END AS street,
    right(placed.phone, 4) AS phone_end,
    (SELECT string_agg(line.title || CASE line.variant_title WHEN 'Default Title' THEN '' WHEN '' THEN ''
        ELSE ' ' || line.variant_title END || ' ×' || line.quantity, ' · ' ORDER BY line.line_number)
        FROM order_line AS line WHERE line.order_id = one.order_id) AS goods
FROM participation AS one JOIN orders AS placed ON placed.id = one.order_id
JOIN campaign ON campaign.id = one.campaign
"""
OF_LIST = f"""{ORDERS} WHERE one.campaign = $1 AND one.sequence_number < $2
    ORDER BY one.sequence_number DESC LIMIT $3"""
IS_MINE = """one.campaign IN (SELECT id FROM campaign WHERE leader = $1 AND kind = 'chain_campaign')"""
# What may be handed out: paid, nothing in its way, and it comes through the leader's hands.
TO_HAND_OUT = f"""{ORDERS} JOIN pickup ON pickup.order_id = one.order_id
    WHERE pickup.leader = $1 AND pickup.point IS NULL AND pickup.status IN ('waiting', 'arrived', 'overdue')
        AND one.status = 'confirmed' AND one.confirmed_at >= $2 AND one.confirmed_at < $3
    ORDER BY one.campaign, one.sequence_number LIMIT $4"""
EXCEPTIONS = f"""
SELECT placed.number, one.sequence_number, one.nick, campaign.title, campaign.id AS campaign,
    CASE WHEN EXISTS (SELECT 1 FROM aftersale WHERE aftersale.order_id = placed.id AND closed_at IS NULL)
            THEN 'aftersale'
        WHEN one.status = 'released' THEN 'canceled'
        WHEN EXISTS (SELECT 1 FROM fulfillment AS parcel WHERE parcel.order_id = placed.id
            AND parcel.status IN ('exception', 'returned')) THEN 'parcel'
        ELSE 'work_order' END AS why
FROM participation AS one JOIN orders AS placed ON placed.id = one.order_id JOIN campaign ON campaign.id = one.campaign
WHERE {IS_MINE} AND one.taken_at IS NOT NULL AND (
    one.status = 'released' AND one.released_at >= $2
    OR one.status <> 'released' AND (
        EXISTS (SELECT 1 FROM aftersale WHERE aftersale.order_id = placed.id AND closed_at IS NULL)
        OR EXISTS (SELECT 1 FROM fulfillment AS parcel WHERE parcel.order_id = placed.id
            AND parcel.status IN ('exception', 'returned'))
        OR EXISTS (SELECT 1 FROM fulfillment_order AS work WHERE work.order_id = placed.id
            AND work.status IN ('rejected', 'incomplete'))))
ORDER BY one.taken_at DESC LIMIT 50
"""  # noqa: S608 - constants only
COMMISSION = """
SELECT (line.created_at AT TIME ZONE $3)::date AS day, count(DISTINCT line.order_id) AS orders,
    sum(line.amount - line.reversed_amount)::bigint AS amount, max(line.settle_at) AS settle_at
FROM commission_line AS line JOIN orders ON orders.id = line.order_id
WHERE line.promoter = $1 AND line.created_at >= $2 AND line.status <> 'canceled' AND orders.campaign IS NOT NULL
GROUP BY 1 ORDER BY 1 DESC
"""
CHANGES = """
SELECT campaign.id, campaign.title, event.details -> 'prices' AS prices, event.at, event.cause
FROM campaign_event AS event JOIN campaign ON campaign.id = event.campaign
WHERE event.at >= $2 AND event.cause IN ('changed', 'closed_early', 'closed_with_supply', 'closed_by_clock')
    AND (campaign.leader = $1 OR campaign.id IN (SELECT supply FROM campaign AS mine WHERE mine.leader = $1))
ORDER BY event.at DESC LIMIT 30
"""
GOODS_CHANGED = """
SELECT product.title, CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    rule.floor_amount, rule.active, rule.updated_at
FROM leader_goods AS rule JOIN variant ON variant.id = rule.variant JOIN product ON product.id = variant.product
WHERE rule.updated_at >= $1 ORDER BY rule.updated_at DESC LIMIT 30
"""
TEXTS_CHANGED = """
SELECT DISTINCT product.title, product.updated_at FROM product
JOIN variant ON variant.product = product.id JOIN campaign_item AS item ON item.variant = variant.id
JOIN campaign ON campaign.id = item.campaign
WHERE campaign.leader = $1 AND campaign.status IN ('scheduled', 'open') AND product.updated_at >= $2
ORDER BY product.updated_at DESC LIMIT 30
"""
AFTER_ALL = 2**62


async def to_help(promoter: UUID, at: datetime) -> list[dict[str, Any]]:
    """Lists of other leaders that may be copied now."""
    return [dict(row) for row in await tenants.connection().fetch(TO_HELP, promoter, at)]


async def orders_of(campaign_id: UUID, start: int, limit: int) -> list[dict[str, Any]]:
    """Paid orders of a list, the newest number first; `start` is the last one of the page before."""
    rows = await tenants.connection().fetch(OF_LIST, campaign_id, start or AFTER_ALL, limit)
    return [_with_answers(row) for row in rows]


async def to_hand_out(promoter: UUID, since: datetime, until: datetime, limit: int = 60) -> list[dict[str, Any]]:
    rows = await tenants.connection().fetch(TO_HAND_OUT, promoter, since, until, limit)
    return [_with_answers(row) for row in rows]


def _with_answers(row: Any) -> dict[str, Any]:
    return {**row, "fields": msgspec.json.decode(row["fields"])}


async def exceptions(promoter: UUID, since: datetime) -> list[dict[str, Any]]:
    """What goes wrong now, and what was called off since."""
    return [dict(row) for row in await tenants.connection().fetch(EXCEPTIONS, promoter, since)]


async def commission_by_day(promoter: UUID, since: datetime, zone: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(COMMISSION, promoter, since, zone)]


async def changes(promoter: UUID, since: datetime) -> dict[str, list[dict[str, Any]]]:
    """Prices of running lists, of goods leaders may sell, and texts of goods in them."""
    database = tenants.connection()
    return {
        "campaigns": [dict(row) for row in await database.fetch(CHANGES, promoter, since)],
        "goods": [dict(row) for row in await database.fetch(GOODS_CHANGED, since)],
        "texts": [dict(row) for row in await database.fetch(TEXTS_CHANGED, promoter, since)],
    }
