"""The merchant sees what a supplier is owed, answers a dispute, writes a transfer down once and makes a statement."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import purchasing
from app.flows.settle_suppliers import dispute_entry
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_supply import drop_shipped, entries, lines, shipped, standing


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def test_a_dispute_is_answered_a_transfer_written_down_and_a_statement_made(owner: Any) -> None:
    orchard, _order, purchase = await drop_shipped()
    await shipped(orchard)
    await standing(orchard)
    [entry] = await entries(orchard)
    await dispute_entry(entry.id, wanted_amount=100, reason="new price", by="Gu", supplier=orchard)
    page = admin(f"/suppliers/{orchard}/money")
    assert "new price" in (await owner.get(page)).text
    async with tenants.transaction():
        [dispute] = await purchasing.disputes_of(orchard)

    await owner.submit(admin(f"/suppliers/disputes/{dispute.id}"), {"act": "accept", "words": ""}, page=page)
    form = {"amount": "61", "reference": "ICBC-1", "paid_on": "2026-07-01"}
    too_much = await owner.submit(f"{page[:-6]}/payments", form | {"amount": "62"}, page=page)
    await owner.submit(f"{page[:-6]}/payments", form, page=page)
    made = await owner.submit(f"{page[:-6]}/statements", {}, page=page)

    assert too_much.status_code == 422
    assert (await standing(orchard)).owed == 0
    statement = admin(made.headers["location"])
    assert "ICBC-1" in (await owner.get(statement)).text
    assert (await owner.get(f"{statement}/file?kind=pdf")).content.startswith(b"%PDF")
    [line] = await lines(purchase)
    claim = {"line": str(line.id), "units": "1", "words": "broken"}
    await owner.submit(admin("/suppliers/claims"), claim, page=admin(f"/purchasing/orders/{purchase.id}"))
    assert (await standing(orchard)).owed == -2_000


async def test_only_who_may_move_money_writes_a_transfer_down(owner: Any, shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    await sign_in(owner, await staff_of(shop, "picker"))

    assert (await owner.get(admin(f"/suppliers/{orchard}/money"))).status_code == 403
