"""Gifts on air: what comes with a product while it is shown, to so many orders.

    asked -> granted -> announced -> closed
          -> refused

The host asks, the merchant grants a number and says what a return does to it, and the host announces it while the
product is on air. Never more are given than were granted: the row counts them, and an order that falls away gives back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id

MOST_GIFTS = 50
ON_RETURN = {
    "asked_back": N_("It comes back with the goods"),
    "kept": N_("The shopper keeps it"),
}


class GiftGone(Refusal):
    """The last one went to somebody else, or the host has moved on."""

    code = "live.gift_gone"
    status = 409
    message = "The gift that came with it is gone. Nothing was charged; order without it, or leave it."


class GiftNotAsked(Refusal):
    """Nothing to answer: it was answered, or its product is over."""

    code = "live.gift_not_asked"
    status = 409
    message = "Nobody waits for an answer about this gift any more."


class GiftNotGranted(Refusal):
    """Only what the merchant has granted is announced, once."""

    code = "live.gift_not_granted"
    status = 409
    message = "The merchant has not granted this gift, or it was announced before."


class TooManyGifts(Refusal):
    """More than a show can announce."""

    code = "live.too_many_gifts"
    message = "A session has up to 50 gifts."


class Gift(msgspec.Struct, frozen=True, kw_only=True):
    """`units` of `variant` for each order with `for_variant` in it, or for every so many units of that."""

    id: UUID
    session: UUID
    slot: UUID
    variant: UUID
    for_variant: UUID
    asked_by: UUID
    per: Literal["order", "units"]
    every_units: int
    units: int
    quota: int
    given: int
    on_return: Literal["asked_back", "kept"]
    status: Literal["asked", "granted", "refused", "announced", "closed"]
    words: str
    announced_at: datetime | None
    closed_at: datetime | None
    created_at: datetime

    @property
    def left(self) -> int:
        return self.quota - self.given

    def earned_by(self, quantity: int) -> int:
        """How many units somebody gets who buys so many; never more than are left."""
        if quantity <= 0:
            return 0
        times = 1 if self.per == "order" else quantity // self.every_units
        return min(times * self.units, self.left)


COLUMNS = """id, session, slot, variant, for_variant, asked_by, per, every_units, units, quota, given, on_return,
    status, words, announced_at, closed_at, created_at"""
OF_SESSION = f"SELECT {COLUMNS} FROM live_gift WHERE session = $1 ORDER BY created_at, id"  # noqa: S608 - constants only
BY_ID = f"SELECT {COLUMNS} FROM live_gift WHERE id = $1"  # noqa: S608 - constants only
ASK = f"""
INSERT INTO live_gift (id, session, slot, variant, for_variant, asked_by, per, every_units, units, quota, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING {COLUMNS}
"""  # noqa: S608 - constants only


def _gift(row: Mapping[str, Any] | None) -> Gift:
    if row is None:
        raise NotFound
    return Gift(**row)


async def gifts_of(session: UUID) -> list[Gift]:
    return [_gift(row) for row in await tenants.connection().fetch(OF_SESSION, session)]


async def find_gift(gift_id: UUID, *, lock: bool = False) -> Gift:
    """With `lock` nobody else gives or moves it until COMMIT. Raises NotFound."""
    return _gift(await tenants.connection().fetchrow(BY_ID + (" FOR NO KEY UPDATE" if lock else ""), gift_id))


async def ask_gift(
    session: UUID, slot: UUID, variant: UUID, for_variant: UUID, *, by: UUID, per: str, every_units: int, units: int,
    quota: int,
) -> Gift:  # fmt: skip
    """The caller holds the session's row. Raises TooManyGifts."""
    if await tenants.connection().fetchval("SELECT count(*) FROM live_gift WHERE session = $1", session) >= MOST_GIFTS:
        raise TooManyGifts
    row = await tenants.connection().fetchrow(
        ASK, new_id(), session, slot, variant, for_variant, by, per, every_units, units, quota, now()
    )
    return _gift(row)


async def answer_gift(gift_id: UUID, *, quota: int | None, on_return: str, words: str) -> None:
    """Grant so many, or (None) refuse with a word why. Raises GiftNotAsked."""
    answered = await tenants.connection().fetchval(
        "UPDATE live_gift SET status = $2, quota = coalesce($3, quota), on_return = $4, words = $5"
        " WHERE id = $1 AND status = 'asked' RETURNING true",
        gift_id, "refused" if quota is None else "granted", quota, on_return, words.strip()[:300],
    )  # fmt: skip
    if not answered:
        raise GiftNotAsked


async def announce(gift_id: UUID) -> None:
    """From now on orders get it. Said twice is once. Raises GiftNotGranted."""
    status = await tenants.connection().fetchval(
        "UPDATE live_gift SET status = 'announced', announced_at = coalesce(announced_at, $2)"
        " WHERE id = $1 AND status IN ('granted', 'announced') RETURNING status",
        gift_id, now(),
    )  # fmt: skip
    if status is None:
        raise GiftNotGranted


async def close_gifts(*, slot: UUID | None = None, session: UUID | None = None, gift: UUID | None = None) -> list[UUID]:
    """The gifts of a slot, a session, or just this one are over: no order gets them any more. Answers which were not.

    One that was granted for a product that is off the air is over too.
    """
    rows = await tenants.connection().fetch(
        "UPDATE live_gift SET status = 'closed', closed_at = $4 WHERE status IN ('granted', 'announced')"
        " AND (slot = $1 OR session = $2 OR id = $3) RETURNING id",
        slot, session, gift, now(),
    )  # fmt: skip
    return sorted(row["id"] for row in rows)


async def give(order_id: UUID, wanted: Mapping[UUID, int]) -> None:
    """So many of each gift are this order's. Raises GiftGone; then nothing may be kept.

    Rows are touched in the order of their ids, late in the transaction: everybody who orders waits for them.
    """
    for gift_id in sorted(wanted):
        given = await tenants.connection().fetchval(
            "UPDATE live_gift SET given = given + $2 WHERE id = $1 AND status = 'announced' AND given + $2 <= quota"
            " RETURNING true",
            gift_id, wanted[gift_id],
        )  # fmt: skip
        if not given:
            raise GiftGone
        await tenants.connection().execute(
            "INSERT INTO live_gift_order (id, gift, order_id, units, given_at) VALUES ($1, $2, $3, $4, $5)",
            new_id(), gift_id, order_id, wanted[gift_id], now(),
        )  # fmt: skip


async def give_back(order_id: UUID, gift: UUID | None = None) -> None:
    """The order fell away: others can have its gifts, or just this one. Twice is once."""
    rows = await tenants.connection().fetch(
        "UPDATE live_gift_order SET status = 'given_back' WHERE order_id = $1 AND status = 'given'"
        " AND gift = coalesce($2, gift) RETURNING gift, units",
        order_id, gift,
    )  # fmt: skip
    for row in sorted(rows, key=lambda row: row["gift"]):
        await tenants.connection().execute(
            "UPDATE live_gift SET given = given - $2 WHERE id = $1", row["gift"], row["units"]
        )


async def gifts_by_id(gift_ids: Sequence[UUID]) -> dict[UUID, Gift]:
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM live_gift WHERE id = ANY($1::uuid[])",  # noqa: S608 - constants only
        list(gift_ids),
    )
    return {row["id"]: _gift(row) for row in rows}
