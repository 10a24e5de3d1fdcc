"""Channels of the merchant: where the store's own links hang, and what each costs.

A channel is nobody who earns. It has links of its own, a rate card in versions (per click, per paid order, a share of
what stays sold) and fixed amounts that were spent. The card in force when an hour begins counts for its clicks, the one
in force when an order is placed for that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.money import LARGEST_AMOUNT

LONGEST_NAME, LONGEST_NOTE = 80, 300
MOST_CHANNELS = 500
_COLUMNS = "id, name, note, status, created_by, created_at"


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel costs beside fixed amounts."""

    click_amount: int = 0
    order_amount: int = 0
    sale_bps: int = 0

    def require_sense(self) -> None:
        """Raises InvalidInput."""
        wrong = {
            name: N_("Enter an amount like 43.90.")
            for name in ("click_amount", "order_amount")
            if not 0 <= getattr(self, name) <= LARGEST_AMOUNT
        }
        if not 0 <= self.sale_bps <= 10_000:
            wrong["sale_bps"] = N_("Between 0 and 100 percent.")
        if wrong:
            raise InvalidInput(wrong)


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    note: str
    status: str
    created_by: str
    created_at: datetime


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a channel's card."""

    version: int
    valid_from: datetime
    click_amount: int
    order_amount: int
    sale_bps: int
    set_by: str

    @property
    def rates(self) -> Rates:
        return Rates(click_amount=self.click_amount, order_amount=self.order_amount, sale_bps=self.sale_bps)


class Spend(msgspec.Struct, frozen=True, kw_only=True):
    spent_on: date
    amount: int
    note: str
    entered_by: str


class ChannelClosed(Refusal):
    """A closed channel has no new links."""

    code = "links.channel_closed"
    message = "This channel is closed. Open it again first."


async def count_of_channel(channel_id: UUID) -> int:
    """How many links it has."""
    count: int = await tenants.connection().fetchval("SELECT count(*) FROM tracked_link WHERE channel = $1", channel_id)
    return count


async def open_channel(name: str, note: str, rates: Rates, *, by: str) -> Channel:
    """A channel with its first card, which counts from the hour it begins in. Raises InvalidInput."""
    rates.require_sense()
    _require_name(name)
    if await tenants.connection().fetchval("SELECT count(*) FROM channel") >= MOST_CHANNELS:
        raise InvalidInput({"name": N_("There are too many channels already.")})
    moment = now()
    channel = Channel(
        id=new_id(), name=name, note=note[:LONGEST_NOTE], status="active", created_by=by, created_at=moment
    )
    try:
        await tenants.connection().execute(
            f"INSERT INTO channel ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)",  # noqa: S608 - constant
            *msgspec.structs.astuple(channel),
        )
    except UniqueViolationError as error:
        raise InvalidInput({"name": N_("There is a channel of this name.")}) from error
    await _write_rate(channel.id, 1, _hour(moment), rates, by)
    return channel


async def change_channel(channel_id: UUID, name: str, note: str, rates: Rates, *, by: str) -> None:
    """Other rates are a new version of the card, from the next full hour on. Raises InvalidInput, NotFound."""
    rates.require_sense()
    _require_name(name)
    await find_channel(channel_id, lock=True)
    try:
        await tenants.connection().execute(
            "UPDATE channel SET name = $2, note = $3 WHERE id = $1", channel_id, name, note[:LONGEST_NOTE]
        )
    except UniqueViolationError as error:
        raise InvalidInput({"name": N_("There is a channel of this name.")}) from error
    newest = (await rates_of(channel_id))[0]
    if newest.rates != rates:
        await _write_rate(channel_id, newest.version + 1, _hour(now()) + timedelta(hours=1), rates, by)


async def close_channel(channel_id: UUID, *, closed: bool) -> list[str]:
    """Links of a closed channel lead where they led and count for nothing. The codes, to be forgotten."""
    await find_channel(channel_id, lock=True)
    await tenants.connection().execute(
        "UPDATE channel SET status = $2 WHERE id = $1", channel_id, "closed" if closed else "active"
    )
    rows = await tenants.connection().fetch(
        "UPDATE tracked_link SET status = $2 WHERE channel = $1 RETURNING code",
        channel_id, "paused" if closed else "active",
    )  # fmt: skip
    return [row["code"] for row in rows]


async def add_spend(channel_id: UUID, spent_on: date, amount: int, note: str, *, by: str) -> None:
    """A fixed amount; a negative one takes back what was entered wrongly. Raises InvalidInput, NotFound."""
    if not amount or abs(amount) > LARGEST_AMOUNT:
        raise InvalidInput({"amount": N_("Enter an amount like 43.90.")})
    await find_channel(channel_id)
    await tenants.connection().execute(
        "INSERT INTO channel_spend (id, channel, spent_on, amount, note, entered_by, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), channel_id, spent_on, amount, note[:LONGEST_NOTE], by, now(),
    )  # fmt: skip


async def find_channel(channel_id: UUID, *, lock: bool = False) -> Channel:
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM channel WHERE id = $1" + (" FOR NO KEY UPDATE" if lock else ""),  # noqa: S608 - constant
        channel_id,
    )
    if row is None:
        raise NotFound
    return Channel(**dict(row))


async def channels() -> list[Channel]:
    """Those in use first, by name."""
    rows = await tenants.connection().fetch(f"SELECT {_COLUMNS} FROM channel ORDER BY status, name, id")  # noqa: S608 - constant
    return [Channel(**dict(row)) for row in rows]


async def rates_of(channel_id: UUID) -> list[Rate]:
    """Every version of the card, the newest first."""
    rows = await tenants.connection().fetch(
        "SELECT version, valid_from, click_amount, order_amount, sale_bps, set_by FROM channel_rate"
        " WHERE channel = $1 ORDER BY version DESC",
        channel_id,
    )
    return [Rate(**dict(row)) for row in rows]


async def spends_of(channel_id: UUID, *, most: int = 100) -> list[Spend]:
    """The newest first."""
    rows = await tenants.connection().fetch(
        "SELECT spent_on, amount, note, entered_by FROM channel_spend WHERE channel = $1"
        " ORDER BY spent_on DESC, id DESC LIMIT $2",
        channel_id, most,
    )  # fmt: skip
    return [Spend(**dict(row)) for row in rows]


_CREDIT = """
INSERT INTO channel_order (id, order_id, channel, link, touch, order_amount, sale_bps, credited_at)
SELECT $1, $2, came.channel, came.link, came.id, card.order_amount, card.sale_bps, $3
FROM (SELECT id, channel, link FROM touch WHERE visitor_id = ANY($4::uuid[]) AND kind = 'channel'
    AND occurred_at BETWEEN $5 AND $6 ORDER BY occurred_at DESC, id DESC LIMIT 1) AS came
CROSS JOIN LATERAL (SELECT order_amount, sale_bps FROM channel_rate
    WHERE channel_rate.channel = came.channel AND (valid_from <= $6 OR version = 1)
    ORDER BY version DESC LIMIT 1) AS card
ON CONFLICT (order_id) DO NOTHING
"""


async def credit(order_id: UUID, visitors: Sequence[UUID], placed_at: datetime, window_days: int) -> None:
    """The last channel through which the shopper came in time has brought the order, beside whoever earns from it."""
    oldest = placed_at - timedelta(days=window_days)
    await tenants.connection().execute(_CREDIT, new_id(), order_id, now(), list(visitors), oldest, placed_at)


def _require_name(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput({"name": N_("A name of at most 80 letters.")})


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


async def _write_rate(channel_id: UUID, version: int, valid_from: datetime, rates: Rates, by: str) -> None:
    values: dict[str, Any] = msgspec.structs.asdict(rates)
    await tenants.connection().execute(
        "INSERT INTO channel_rate (id, channel, version, valid_from, click_amount, order_amount, sale_bps, set_by,"
        " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new_id(), channel_id, version, valid_from, *values.values(), by, now(),
    )  # fmt: skip
