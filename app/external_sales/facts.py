"""What a platform says of one line, and what all it ever said adds up to: a rule without a world around it.

Files and answers come late, twice and in any order. So a line is never set to what came last: it is what all sightings
together say, and that is the same whatever came first. A state never goes back, what was refunded never shrinks, and a
sharer the platform has settled on is never replaced by one it was still thinking about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import msgspec

PLATFORMS = ("wechat_channels", "douyin", "tiktok", "cps")
STATUSES = ("placed", "paid", "shipped", "received", "closed")
PAID, RECEIVED = STATUSES.index("paid"), STATUSES.index("received")
LONGEST = 200


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One sighting. `sale_amount` is what was paid for the goods of the line; the commission's base is a part of it."""

    platform: str
    order_number: str
    line_key: str
    title: str
    quantity: int
    sale_amount: int
    base_amount: int
    currency: str
    status: str
    placed_at: datetime
    sku_code: str = ""
    refunded_amount: int = 0
    paid_at: datetime | None = None
    received_at: datetime | None = None
    sharer: str = ""
    sharer_name: str = ""
    sharer_final: bool = False
    offer: UUID | None = None
    as_of: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.platform, self.order_number, self.line_key

    @property
    def digest(self) -> str:
        """The same words are the same sighting, whoever brings them."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    @property
    def version(self) -> str:
        """What is further along is newer; of equals the later one, then any fixed order."""
        at = self.as_of or max(filter(None, (self.placed_at, self.paid_at, self.received_at)))
        along = f"{STATUSES.index(self.status)}{self.refunded_amount:020d}"
        return f"{along}:{at.astimezone(UTC).isoformat()}:{self.digest}"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What all sightings so far add up to."""

    title: str
    sku_code: str
    quantity: int
    sale_amount: int
    base_amount: int
    refunded_amount: int
    status: str
    placed_at: datetime
    paid_at: datetime | None
    received_at: datetime | None
    sharer: str
    sharer_name: str
    sharer_final: bool
    facts_version: str
    sharer_version: str


def first(fact: Fact) -> Known:
    """What one sighting alone says."""
    return Known(
        title=fact.title, sku_code=fact.sku_code, quantity=fact.quantity, sale_amount=fact.sale_amount,
        base_amount=fact.base_amount, refunded_amount=fact.refunded_amount, status=fact.status,
        placed_at=fact.placed_at, paid_at=fact.paid_at, received_at=fact.received_at, sharer=fact.sharer,
        sharer_name=fact.sharer_name, sharer_final=fact.sharer_final and bool(fact.sharer), facts_version=fact.version,
        sharer_version=f"{int(fact.sharer_final)}:{fact.version}" if fact.sharer else "",
    )  # fmt: skip


def merge(known: Known, fact: Fact) -> Known:
    """The same in any order, and the same twice as once."""
    one = first(fact)
    newer, shared = max((known, one), key=_facts), max((known, one), key=_sharer)
    return Known(
        title=newer.title, sku_code=newer.sku_code, quantity=newer.quantity, sale_amount=newer.sale_amount,
        base_amount=newer.base_amount, refunded_amount=max(known.refunded_amount, one.refunded_amount),
        status=max(known.status, one.status, key=STATUSES.index), placed_at=min(known.placed_at, one.placed_at),
        paid_at=_earliest(known.paid_at, one.paid_at), received_at=_earliest(known.received_at, one.received_at),
        sharer=shared.sharer, sharer_name=shared.sharer_name, sharer_final=shared.sharer_final,
        facts_version=newer.facts_version, sharer_version=shared.sharer_version,
    )  # fmt: skip


def add_up(facts: Iterable[Fact]) -> Known:
    known: Known | None = None
    for fact in facts:
        known = first(fact) if known is None else merge(known, fact)
    if known is None:
        raise ValueError("nothing was seen")
    return known


def _facts(known: Known) -> str:
    return known.facts_version


def _sharer(known: Known) -> str:
    return known.sharer_version


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)
