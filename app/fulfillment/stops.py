"""Wishes to take a work order back from its warehouse. While one is asked, nobody pushes the work order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id

Purpose = Literal["cancel", "address", "move", "hold", "refund"]
Answer = Literal["asked", "stopped", "failed"]


class AlreadyStopping(Refusal):
    """The warehouse was asked for something else and has not answered."""

    code = "fulfillment.already_stopping"
    status = 409
    message = "The warehouse is being asked to stop this work order already. Wait for its answer."


class Wish(msgspec.Struct, frozen=True):
    """What was asked of the warehouses last for a whole order. `partly`: one agreed, another did not."""

    purpose: Purpose
    params: dict[str, Any]
    status: Answer
    has_left: bool
    partly: bool


class Stop(msgspec.Struct, frozen=True):
    """`params` are what shall follow, for example the new address."""

    id: UUID
    work_order: UUID
    purpose: Purpose
    params: dict[str, Any]
    asked_by: str
    asked_at: datetime


ASK = """
INSERT INTO fulfillment_stop (id, fulfillment_order, purpose, params, asked_by, asked_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (fulfillment_order) WHERE status = 'asked' DO NOTHING RETURNING id
"""


async def ask_stop(work_order: UUID, purpose: Purpose, params: Mapping[str, Any], *, by: str) -> bool:
    """False when it is asked for the same already. Raises AlreadyStopping."""
    encoded = msgspec.json.encode(params).decode()
    if await tenants.connection().fetchval(ASK, new_id(), work_order, purpose, encoded, by, now()) is not None:
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET stopping_at = now(), updated_at = now() WHERE id = $1", work_order
        )
        return True
    known = await open_stop(work_order)
    if known is None or (known.purpose, known.params) != (purpose, msgspec.json.decode(encoded)):
        raise AlreadyStopping
    return False


async def open_stop(work_order: UUID) -> Stop | None:
    row = await tenants.connection().fetchrow(
        "SELECT id, fulfillment_order AS work_order, purpose, params, asked_by, asked_at FROM fulfillment_stop"
        " WHERE fulfillment_order = $1 AND status = 'asked'",
        work_order,
    )
    return Stop(**{**row, "params": msgspec.json.decode(row["params"])}) if row else None


async def settle_stop(stop: Stop, *, stopped: bool, outcome: str = "") -> None:
    """The warehouse answered; the work order may be pushed again if it was not stopped."""
    await tenants.connection().execute(
        "UPDATE fulfillment_stop SET status = $2, outcome = $3, settled_at = $4 WHERE id = $1 AND status = 'asked'",
        stop.id, "stopped" if stopped else "failed", outcome[:500], now(),
    )  # fmt: skip
    await tenants.connection().execute("UPDATE fulfillment_order SET stopping_at = NULL WHERE id = $1", stop.work_order)


async def answers_for(order_id: UUID, source: str) -> dict[Answer, dict[str, Any]]:
    """What the warehouses of an order say to one wish, with the wish itself."""
    rows = await tenants.connection().fetch(
        "SELECT DISTINCT ON (stop.status) stop.status, stop.params FROM fulfillment_stop AS stop"
        " JOIN fulfillment_order AS work ON work.id = stop.fulfillment_order"
        " WHERE work.order_id = $1 AND stop.params->>'source' = $2",
        order_id, source,
    )  # fmt: skip
    return {row["status"]: msgspec.json.decode(row["params"]) for row in rows}


async def keep_unsent(order_id: UUID, keep: bool) -> list[UUID]:
    """While an order is being called off, what no warehouse has stays here; if that fails, it may go again."""
    change = "now()" if keep else "NULL"
    rows = await tenants.connection().fetch(
        f"UPDATE fulfillment_order SET stopping_at = {change} WHERE order_id = $1 AND submitted_at IS NULL"  # noqa: S608 - constants
        " AND status IN ('scheduled', 'open', 'on_hold') RETURNING id, status",
        order_id,
    )
    return [row["id"] for row in rows if row["status"] == "open"]


async def stopping(order_id: UUID) -> bool:
    """Whether a warehouse is being asked about anything of the order."""
    found = await tenants.connection().fetchval(
        "SELECT 1 FROM fulfillment_stop AS stop JOIN fulfillment_order AS work ON work.id = stop.fulfillment_order"
        " WHERE work.order_id = $1 AND stop.status = 'asked' LIMIT 1",
        order_id,
    )
    return found is not None


LAST_WISH = """
WITH last AS (
    SELECT stop.purpose, stop.params, stop.asked_by, stop.asked_at FROM fulfillment_stop AS stop
    JOIN fulfillment_order AS work ON work.id = stop.fulfillment_order
    WHERE work.order_id = $1 AND stop.purpose = ANY($2::text[]) ORDER BY stop.asked_at DESC, stop.id DESC LIMIT 1
)
SELECT stop.purpose, stop.params, stop.status, stop.outcome FROM fulfillment_stop AS stop
JOIN fulfillment_order AS work ON work.id = stop.fulfillment_order
JOIN last ON last.purpose = stop.purpose AND last.params = stop.params AND last.asked_by = stop.asked_by
WHERE work.order_id = $1 AND stop.asked_at > last.asked_at - interval '1 second'
"""
WEIGHTIEST: tuple[Answer, ...] = ("asked", "failed", "stopped")
LEFT = "already_shipped"  # how an outcome begins when it was too late


async def last_wish(order_id: UUID, *purposes: Purpose) -> Wish | None:
    """To call the order off, or to send it elsewhere, unless others are named: each of its warehouses was asked, and
    answers for itself.
    """
    rows = await tenants.connection().fetch(LAST_WISH, order_id, list(purposes or ("cancel", "address")))
    if not rows:
        return None
    answers: set[Answer] = {row["status"] for row in rows}
    status = next(each for each in WEIGHTIEST if each in answers)
    return Wish(
        rows[0]["purpose"], msgspec.json.decode(rows[0]["params"]), status,
        has_left=any(row["outcome"].startswith(LEFT) for row in rows), partly={"failed", "stopped"} <= answers,
    )  # fmt: skip
