"""Chain orders: who earns how much of an item, numbers in the campaign that supplies another, and the list itself.

A campaign that names another as its supply is a copy: its leader helps to sell. There are two levels and no third. The
units of a copy's order are held on both campaigns, the supply first, and each counts with its own number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import Refusal

# What leaders of one line get together at most: the same ceiling as the rate of a single promoter.
HIGHEST_SHARE_BPS = 5000


class AnswerNeeded(Refusal):
    """The leader asks something that was not answered, or not with one of the choices."""

    code = "group_buying.answer_needed"
    status = 422
    message = "Answer what the leader asks: %(label)s"


class NoThirdLevel(Refusal):
    """A copy of a copy: there are two levels only."""

    code = "group_buying.no_third_level"
    status = 409
    message = "This list is itself a copy. Ask its first leader to let you help."


class NotToCopy(Refusal):
    """It is not open, not offered for help, the leader's own, or copied by this leader already."""

    code = "group_buying.not_to_copy"
    status = 409
    message = "This list cannot be copied by you now."


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Basis points of an item: to its leader, to the leader who supplies it; `help_bps` is what the leader passes on to
    whoever helps to sell, `supply_amount` the price below which helpers may not sell. On a copy's item these two are
    what was promised to its leader.
    """

    leader_bps: int = 0
    supply_bps: int = 0
    help_bps: int = 0
    supply_amount: int | None = None


def shares_of_copy(supply: Shares, *, price: int) -> Shares:
    """What a copy's item pays: the help commission, and whatever the helper's price is above the supply price.

    The part above is turned into basis points and rounded down, so both leaders together never get more than the line
    holds; the supplying leader keeps the rest of the own share. What was promised is kept beside it. Raises ValueError
    when it would exceed the ceiling.
    """
    supply_price = price if supply.supply_amount is None else supply.supply_amount
    extra = max(price - supply_price, 0) * 10_000 // price if price else 0
    helper, supplier = supply.help_bps + extra, supply.leader_bps - supply.help_bps
    if helper + supplier > HIGHEST_SHARE_BPS:
        raise ValueError("more than the line may pay")
    return Shares(
        leader_bps=helper, supply_bps=supplier, help_bps=supply.help_bps, supply_amount=supply.supply_amount
    )  # fmt: skip


SHARES = """
SELECT item.variant, chain.leader_bps, chain.supply_bps, chain.help_bps, chain.supply_amount
FROM chain_item AS chain JOIN campaign_item AS item ON item.id = chain.item WHERE item.campaign = $1
"""
WRITE_SHARES = """
INSERT INTO chain_item (item, leader_bps, supply_bps, help_bps, supply_amount)
SELECT item.id, $3, $4, $5, $6 FROM campaign_item AS item WHERE item.campaign = $1 AND item.variant = $2
ON CONFLICT (item) DO UPDATE SET leader_bps = EXCLUDED.leader_bps, supply_bps = EXCLUDED.supply_bps,
    help_bps = EXCLUDED.help_bps, supply_amount = EXCLUDED.supply_amount
"""


async def shares_of(campaign_id: UUID) -> dict[UUID, Shares]:
    """By variant; a variant nobody said anything about is not in it."""
    rows = await tenants.connection().fetch(SHARES, campaign_id)
    return {row["variant"]: Shares(**{name: row[name] for name in Shares.__struct_fields__}) for row in rows}


async def write_shares(campaign_id: UUID, shares: Mapping[UUID, Shares]) -> None:
    for variant, each in shares.items():
        await tenants.connection().execute(
            WRITE_SHARES, campaign_id, variant, each.leader_bps, each.supply_bps, each.help_bps, each.supply_amount
        )


async def name_supply(order_id: UUID, supply: UUID) -> None:
    """The order that was just written is supplied from another campaign."""
    await tenants.connection().execute("UPDATE participation SET supply = $2 WHERE order_id = $1", order_id, supply)


TAKE_SUPPLY = """
WITH numbered AS (UPDATE campaign SET last_sequence = last_sequence + 1 WHERE id = $2 RETURNING last_sequence)
UPDATE participation SET supply_sequence = numbered.last_sequence FROM numbered WHERE order_id = $1
"""


async def number_in_supply(order_id: UUID, supply: UUID) -> None:
    """It is paid: the next number of the supplying campaign, from the same counter as its own orders."""
    await tenants.connection().execute(TAKE_SUPPLY, order_id, supply)


async def copies_of(campaign_id: UUID) -> list[UUID]:
    """Campaigns that help to sell this one, oldest first."""
    rows = await tenants.connection().fetch("SELECT id FROM campaign WHERE supply = $1 ORDER BY id", campaign_id)
    return [row["id"] for row in rows]


class Entry(msgspec.Struct, frozen=True):
    """One line of the list. `nick` is masked already; `helper` is who helped to sell it."""

    number: int
    nick: str
    goods: tuple[tuple[str, int], ...]
    fallen: bool
    taken_at: datetime | None
    helper: str


# Two index ranges: the campaign's own orders by number, and those of its copies by the number they have here.
ENTRIES = """
WITH found AS (
    (SELECT order_id, sequence_number AS number, nick, status, taken_at, NULL::uuid AS helper FROM participation
        WHERE campaign = $1 AND sequence_number < $2 ORDER BY sequence_number DESC LIMIT $3)
    UNION ALL
    (SELECT order_id, supply_sequence, nick, status, taken_at, leader FROM participation
        WHERE supply = $1 AND supply_sequence < $2 ORDER BY supply_sequence DESC LIMIT $3)
)
SELECT found.number, found.nick, found.status = 'released' AS fallen, found.taken_at,
    coalesce(promoter.name, '') AS helper, (SELECT jsonb_agg(jsonb_build_array(line.title || CASE line.variant_title
        WHEN 'Default Title' THEN '' WHEN '' THEN '' ELSE ' ' || line.variant_title END, line.quantity)
        ORDER BY line.line_number) FROM order_line AS line WHERE line.order_id = found.order_id) AS goods
FROM found LEFT JOIN promoter ON promoter.id = found.helper ORDER BY found.number DESC LIMIT $3
"""
AFTER_ALL = 2**62


async def entries_of(campaign_id: UUID, *, before: int | None = None, limit: int = 20) -> list[Entry]:
    """Who is in the list, the newest first; canceled ones stay. `before` is the last number of the page before."""
    rows = await tenants.connection().fetch(ENTRIES, campaign_id, before or AFTER_ALL, limit)
    return [
        Entry(**{**row, "goods": msgspec.json.decode(row["goods"] or b"[]", type=tuple[tuple[str, int], ...])})
        for row in rows
    ]


async def hand_out(order_id: UUID, *, done: bool) -> None:
    """What the list says of it: the customer has the goods, or it was a mistake."""
    await tenants.connection().execute(
        "UPDATE participation SET handed_out_at = CASE WHEN $2 THEN coalesce(handed_out_at, $3) END"
        " WHERE order_id = $1",
        order_id, done, now(),
    )  # fmt: skip


class Numbers(msgspec.Struct, frozen=True):
    """An order's places: in its own campaign, and in the one it is supplied from."""

    sequence_number: int | None
    supply_sequence: int | None
    handed_out_at: datetime | None
    fields: dict[str, Any]


async def numbers_of(order_id: UUID) -> Numbers | None:
    row = await tenants.connection().fetchrow(
        "SELECT sequence_number, supply_sequence, handed_out_at, fields FROM participation WHERE order_id = $1",
        order_id,
    )
    return row and Numbers(**{**row, "fields": msgspec.json.decode(row["fields"])})
