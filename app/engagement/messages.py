"""Messages to shoppers and to the store, written in the transaction of what they tell.

    queued -> sending -> sent
                 |  +-> queued   (the mail server clearly did not take it: once more later)
                 +-> failed      (refused, or nobody can say whether it went out)
    kept: there is no mail server, or nobody to write to; the pages show it all the same

A message leaves at most once: `sending` is on record before the mail server is called, and a message found there by a
later attempt is not sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class Message(msgspec.Struct, frozen=True):
    id: UUID
    recipient: str
    address: str
    locale: str
    kind: str
    facts: dict[str, Any]
    status: str
    failure: str
    created_at: datetime
    sent_at: datetime | None


COLUMNS = "id, recipient, address, locale, kind, facts, status, failure, created_at, sent_at"


async def write_message(
    kind: str,
    *,
    recipient: str,
    address: str,
    locale: str,
    facts: Mapping[str, Any],
    by_mail: bool,
    order_id: UUID | None = None,
    aftersale: UUID | None = None,
) -> UUID | None:
    """Put a message down; its id when it is to be sent, None when it is only kept."""
    message_id, mailed = new_id(), by_mail and bool(address)
    await tenants.connection().execute(
        "INSERT INTO message (id, order_id, aftersale, recipient, address, locale, kind, facts, status, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        message_id, order_id, aftersale, recipient, address, locale, kind,
        msgspec.json.encode(dict(facts)).decode(), "queued" if mailed else "kept", now(),
    )  # fmt: skip
    return message_id if mailed else None


async def take_message(message_id: UUID) -> Message | None:
    """Take it to be sent now. None when there is nothing to do.

    One that is `sending` already was in the hands of an attempt that died: it may have gone out, so it is failed.
    """
    row = await tenants.connection().fetchrow(
        f"UPDATE message SET status = CASE status WHEN 'queued' THEN 'sending' ELSE 'failed' END,"  # noqa: S608 - constants only
        " failure = CASE status WHEN 'queued' THEN '' ELSE 'interrupted' END, attempts = attempts + 1"
        f" WHERE id = $1 AND status IN ('queued', 'sending') RETURNING {COLUMNS}",
        message_id,
    )
    if row is None or row["status"] == "failed":
        return None
    return _message(row)


async def settle_message(message_id: UUID, status: str, failure: str = "") -> None:
    """What became of the attempt: `sent`, `failed`, or `queued` for another one."""
    await tenants.connection().execute(
        "UPDATE message SET status = $2, failure = $3, sent_at = CASE WHEN $2 = 'sent' THEN $4::timestamptz END"
        " WHERE id = $1 AND status = 'sending'",
        message_id, status, failure[:300], now(),
    )  # fmt: skip


async def messages_about(aftersale: UUID) -> list[Message]:
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM message WHERE aftersale = $1 ORDER BY created_at, id",  # noqa: S608 - constants only
        aftersale,
    )
    return [_message(row) for row in rows]


async def messages_of_order(order_id: UUID) -> list[Message]:
    """Everything that was told about this order, the first message first."""
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM message WHERE order_id = $1 ORDER BY created_at, id",  # noqa: S608 - constants only
        order_id,
    )
    return [_message(row) for row in rows]


def _message(row: Any) -> Message:
    return Message(**{**row, "facts": msgspec.json.decode(row["facts"])})
