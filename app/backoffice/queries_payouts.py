"""The queue of payouts with the promoters behind them, and counts by state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.paging import Page, cut, decode_cursor
from app.payouts import Payout

PER_PAGE = 50
VIEWS: dict[str, tuple[str, ...]] = {
    "waiting": ("requested",),
    "by_hand": ("approved",),
    "out": ("approved", "submitting", "unknown", "awaiting_confirmation"),
    "over": ("succeeded", "failed", "expired", "rejected"),
}
COLUMNS = ", ".join(f"payout.{field.name}" for field in msgspec.structs.fields(Payout))
JOINED = f"""SELECT {COLUMNS}, promoter.name AS promoter_name, promoter.email AS promoter_email
    FROM payout JOIN promoter ON promoter.id = payout.promoter"""  # noqa: S608 - constants only
QUEUE = f"""{JOINED} WHERE payout.status = ANY($1) AND ($2 = '' OR (payout.way = 'bank_transfer') = ($2 = 'by_hand'))
    AND ($3::timestamptz IS NULL OR (payout.requested_at, payout.id) < ($3, $4))
    ORDER BY payout.requested_at DESC, payout.id DESC LIMIT $5"""
CHOSEN = f"{JOINED} WHERE payout.id = ANY($1) ORDER BY payout.requested_at, payout.id"
COUNTS = """SELECT count(*) FILTER (WHERE status = 'requested') AS waiting,
    count(*) FILTER (WHERE status = 'approved' AND way = 'bank_transfer') AS by_hand,
    count(*) FILTER (WHERE finished_at IS NULL AND status <> 'requested' AND way <> 'bank_transfer') AS out
    FROM payout"""


# What became the promoter's to withdraw since the payout before, and until this one was asked for.
BEHIND = """
SELECT line.id, line.amount - line.reversed_amount AS amount, line.currency, line.available_at, orders.number,
    coalesce(part.title, elsewhere.title) AS title, coalesce(part.quantity, elsewhere.quantity) AS quantity,
    elsewhere.id AS elsewhere, elsewhere.order_number AS elsewhere_number
FROM commission_line AS line LEFT JOIN orders ON orders.id = line.order_id
LEFT JOIN order_line AS part ON part.id = line.order_line
LEFT JOIN external_line AS elsewhere ON elsewhere.id = line.external_line
WHERE line.promoter = $1 AND line.currency = $2 AND line.available_at <= $3 AND line.available_at > coalesce((
    SELECT max(before.requested_at) FROM payout AS before WHERE before.promoter = $1 AND before.currency = $2
        AND before.requested_at < $3 AND before.status NOT IN ('rejected', 'failed', 'expired')), '-infinity')
ORDER BY line.available_at DESC, line.id DESC LIMIT 200
"""


class Row(msgspec.Struct, frozen=True):
    """A payout and who asked for it."""

    payout: Payout
    promoter_name: str
    promoter_email: str


async def queue(view: str, after: str = "") -> Page[Row]:
    """Newest first."""
    place = decode_cursor(after, datetime, UUID)
    side = "by_hand" if view == "by_hand" else "out" if view == "out" else ""
    rows = await tenants.connection().fetch(QUEUE, list(VIEWS[view]), side, *(place or (None, None)), PER_PAGE + 1)
    return cut(
        [_row(row) for row in rows], PER_PAGE, lambda one: (one.payout.requested_at, one.payout.id),
        started=place is not None,
    )  # fmt: skip


async def chosen(payout_ids: Sequence[UUID]) -> list[Row]:
    """Those that exist, the oldest first."""
    return [_row(row) for row in await tenants.connection().fetch(CHOSEN, list(payout_ids))]


async def behind(payout: Payout) -> list[Mapping[str, Any]]:
    """The commission lines that made it up; refunds taken back since, and what was left over, stand in the account."""
    return [
        dict(row)
        for row in await tenants.connection().fetch(BEHIND, payout.promoter, payout.currency, payout.requested_at)
    ]


async def counts() -> dict[str, int]:
    return dict(await tenants.connection().fetchrow(COUNTS) or {})


def _row(row: dict[str, object]) -> Row:
    facts = dict(row)
    name, email = str(facts.pop("promoter_name")), str(facts.pop("promoter_email"))
    payout = msgspec.convert(facts | {"confirm": msgspec.json.decode(str(facts["confirm"]))}, Payout)
    return Row(payout, name, email)
