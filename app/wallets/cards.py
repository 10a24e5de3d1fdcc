"""Gift cards: issued by the store, found by their code, switched off and on. Their balance is the ledger's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.kernel.paging import Page, cut, decode_cursor
from app.wallets.codes import digest, new_code, read_code

PER_PAGE = 50
MOST_AT_ONCE = 500


class UnknownGiftCard(Refusal):
    """No such code; a card that was switched off or ran out says the same, so that trying tells nothing."""

    code = "wallets.unknown_gift_card"
    status = 409
    message = "This gift card code is not valid here. Check it, or ask whoever gave it to you."


class EmptyGiftCard(Refusal):
    """Everything on it was spent."""

    code = "wallets.empty_gift_card"
    status = 409
    message = "There is nothing left on this gift card."


class GiftCard(msgspec.Struct, frozen=True):
    id: UUID
    last4: str
    initial_amount: int
    currency: str
    origin: str
    status: str
    batch: UUID
    email: str
    note: str
    expires_at: datetime | None
    issued_by: str
    issued_at: datetime

    def is_usable(self, at: datetime) -> bool:
        return self.status == "active" and (self.expires_at is None or self.expires_at > at)


class Listed(msgspec.Struct, frozen=True):
    """A card in the list, with what it still holds."""

    card: GiftCard
    balance: int


class NewCards(msgspec.Struct, frozen=True, kw_only=True):
    """`count` cards of the same kind. `sold` ones were paid for; `promotional` ones cost the store their value."""

    amount: int
    currency: str
    origin: str
    count: int = 1
    email: str = ""
    note: str = ""
    expires_at: datetime | None = None
    issued_by: str = ""


COLUMNS = "id, last4, initial_amount, currency, origin, status, batch, email, note, expires_at, issued_by, issued_at"
INSERT = (
    f"INSERT INTO gift_card ({COLUMNS}, code_hash)"  # noqa: S608 - constants only
    " VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $9, $10, $11, $12)"
)
LIST = f"""
SELECT {", ".join(f"card.{name.strip()}" for name in COLUMNS.split(","))}, coalesce(kept.amount, 0) AS balance
FROM gift_card AS card
LEFT JOIN ledger_account AS account ON account.kind = 'gift_card' AND account.owner = card.id
LEFT JOIN ledger_balance AS kept ON kept.account = account.id
WHERE ($1 = '' OR card.last4 = $1 OR strpos(lower(card.email), $2) > 0 OR strpos(lower(card.note), $2) > 0)
    AND ($3 = '' OR card.status = $3) AND ($4::timestamptz IS NULL OR (card.issued_at, card.id) < ($4, $5::uuid))
ORDER BY card.issued_at DESC, card.id DESC LIMIT $6
"""  # noqa: S608 - constants only


async def write_cards(new: NewCards) -> list[tuple[GiftCard, str]]:
    """The cards with their codes, which are told here and never again."""
    batch, moment = new_id(), now()
    made = []
    for _card in range(new.count):
        code = new_code()
        card = GiftCard(
            new_id(), code[-4:], new.amount, new.currency, new.origin, "active", batch, new.email, new.note,
            new.expires_at, new.issued_by, moment,
        )  # fmt: skip
        made.append((card, code))
    await tenants.connection().executemany(INSERT, [_row(card, code) for card, code in made])
    return made


def _row(card: GiftCard, code: str) -> Sequence[Any]:
    return (
        card.id, card.last4, card.initial_amount, card.currency, card.origin, card.batch, card.email, card.note,
        card.expires_at, card.issued_by, card.issued_at, digest(read_code(code) or ""),
    )  # fmt: skip


async def find_card(card_id: UUID) -> GiftCard:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"SELECT {COLUMNS} FROM gift_card WHERE id = $1", card_id)  # noqa: S608
    if row is None:
        raise NotFound
    return GiftCard(**row)


async def usable_card(typed: str) -> GiftCard:
    """The card with this code, which nobody switches off before COMMIT. Raises UnknownGiftCard."""
    code = read_code(typed)
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM gift_card WHERE code_hash = $1 FOR SHARE",  # noqa: S608 - constants only
        digest(code or ""),
    )
    if code is None or row is None or not (card := GiftCard(**row)).is_usable(now()):
        raise UnknownGiftCard
    return card


async def switch_card(card_id: UUID, status: str) -> None:
    """`active` or `disabled`; what it holds stays on it. Raises NotFound."""
    done = await tenants.connection().fetchval(
        "UPDATE gift_card SET status = $2 WHERE id = $1 RETURNING id", card_id, status
    )
    if done is None:
        raise NotFound


async def recode(card_id: UUID) -> tuple[GiftCard, str]:
    """Another code for the same card, which is switched on. Raises NotFound."""
    code = new_code()
    row = await tenants.connection().fetchrow(
        f"UPDATE gift_card SET code_hash = $2, last4 = $3, status = 'active' WHERE id = $1 RETURNING {COLUMNS}",  # noqa: S608
        card_id, digest(read_code(code) or ""), code[-4:],
    )  # fmt: skip
    if row is None:
        raise NotFound
    return GiftCard(**row), code


async def list_cards(*, query: str = "", status: str = "", after: str = "") -> Page[Listed]:
    """The newest first; `query` is the last four of a code, or part of an e-mail or note."""
    at, last = decode_cursor(after, datetime, UUID) or (None, None)
    rows = await tenants.connection().fetch(
        LIST, query.strip().upper()[-4:], query.strip().lower(), status, at, last, PER_PAGE + 1
    )
    found = [
        Listed(GiftCard(**{name: row[name] for name in GiftCard.__struct_fields__}), row["balance"]) for row in rows
    ]
    return cut(found, PER_PAGE, lambda one: (one.card.issued_at, one.card.id))
