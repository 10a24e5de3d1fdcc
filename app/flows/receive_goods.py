"""Goods of a purchase order arrive and are on the shelf their orders are sent from. One transaction."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app import purchasing, store
from app.flows import expected_goods
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from tenants import outbox


class NotExpected(Refusal):
    """The supplier has not accepted it, or everything of it is here."""

    code = "purchasing.not_expected"
    status = 409
    message = "Nothing of this purchase order is expected."


async def receive_goods(purchase_id: UUID, got: Mapping[UUID, int], *, by: str) -> int:
    """How many units were taken in. Raises NotFound, NotExpected, InvalidInput."""
    async with tenants.transaction():
        purchase = await purchasing.find_purchase(purchase_id, lock=True)
        if purchase.status != "accepted":
            raise NotExpected
        lines = {line.id: line for line in await purchasing.lines_of(purchase_id) if not line.drop_ship}
        missing = await purchasing.missing_of(list(lines))
        wrong = {
            f"got_{line}": N_("Enter a number between 0 and what is missing.")
            for line, units in got.items()
            if not 0 <= units <= missing.get(line, 0)
        }
        if wrong:
            raise InvalidInput(wrong)
        arrived: list[purchasing.Arrived] = []
        for line, units in got.items():
            arrived += await purchasing.receive(line, units, by=by) if units else []
        closed = await purchasing.close_done(purchase_id)
        await store.touch()
        if arrived:
            await outbox.post("purchasing.settle", key=f"settle:{purchase.supplier}", supplier_id=purchase.supplier)
        await expected_goods.take_in(purchase_id, _merged(arrived), by=by)
        if closed:
            await expected_goods.call_off(purchase_id, by=by)
    return sum(one.units for one in arrived)


def _merged(arrived: list[purchasing.Arrived]) -> list[purchasing.Arrived]:
    """Each shelf once, in the order in which stock is always touched."""
    units: dict[tuple[UUID, UUID], int] = {}
    for one in arrived:
        units[one.variant, one.warehouse] = units.get((one.variant, one.warehouse), 0) + one.units
    return [purchasing.Arrived(*place, count) for place, count in sorted(units.items())]
