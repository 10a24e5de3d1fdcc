"""What a purchase order says, version after version, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

Cause = Literal["made", "recomputed", "answered", "called_off"]


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """So many of one variant for one destination. `label` is how people call the place."""

    variant: UUID
    title: str
    sku: str
    supplier_sku: str
    drop_ship: bool
    cost_amount: int
    destination_kind: str
    destination: UUID
    label: str
    quantity: int

    @property
    def place(self) -> tuple[UUID, bool, str, UUID]:
        return (self.variant, self.drop_ship, self.destination_kind, self.destination)

    @property
    def amount(self) -> int:
        return self.cost_amount * self.quantity


class Difference(msgspec.Struct, frozen=True):
    """One variant at one destination: how many before, how many now."""

    portion: Portion
    before: int
    after: int

    @property
    def kind(self) -> str:
        return "added" if not self.before else "removed" if not self.after else "changed"


class Version(msgspec.Struct, frozen=True):
    version: int
    cause: Cause
    content: list[Portion]
    made_by: str
    made_at: datetime


# By variant and destination; labels are what the places are called now.
_CONTENT = """
SELECT line.variant, line.title, line.sku, line.supplier_sku, line.drop_ship, line.cost_amount,
    unit.destination_kind, unit.destination, count(*)::integer AS quantity,
    coalesce(CASE unit.destination_kind WHEN 'point' THEN (SELECT name FROM pickup_point WHERE id = unit.destination)
        WHEN 'leader' THEN (SELECT name FROM promoter WHERE id = unit.destination)
        WHEN 'warehouse' THEN (SELECT name FROM warehouse WHERE id = unit.destination)
        ELSE (SELECT number FROM orders WHERE id = unit.destination) END, '') AS label
FROM supply_unit AS unit JOIN purchase_line AS line ON line.id = unit.purchase_line
WHERE line.purchase_order = $1 AND unit.back_entry IS NULL
GROUP BY line.id, unit.destination_kind, unit.destination
ORDER BY line.title, line.id, label, unit.destination
"""


async def content_of(purchase: UUID) -> list[Portion]:
    """What it says at this moment."""
    return [Portion(**row) for row in await tenants.connection().fetch(_CONTENT, purchase)]


async def write_version(purchase: UUID, number: int, cause: Cause, *, by: str) -> None:
    content = msgspec.json.encode(await content_of(purchase)).decode()
    await tenants.connection().execute(
        "INSERT INTO purchase_version (id, purchase_order, version, cause, content, made_by, made_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), purchase, number, cause, content, by, now(),
    )  # fmt: skip


async def versions_of(purchase: UUID) -> list[Version]:
    """Newest first."""
    rows = await tenants.connection().fetch(
        "SELECT version, cause, content, made_by, made_at FROM purchase_version WHERE purchase_order = $1"
        " ORDER BY version DESC",
        purchase,
    )
    return [Version(**{**row, "content": msgspec.json.decode(row["content"], type=list[Portion])}) for row in rows]


def differences(before: Iterable[Portion], after: Sequence[Portion]) -> list[Difference]:
    """What was added, taken away or changed, variant by variant and place by place."""
    old, new = {each.place: each for each in before}, {each.place: each for each in after}
    found = [
        Difference(new.get(place) or old[place], _quantity(old.get(place)), _quantity(new.get(place)))
        for place in {**old, **new}
    ]
    return [each for each in found if each.before != each.after]


def _quantity(portion: Portion | None) -> int:
    return portion.quantity if portion else 0
