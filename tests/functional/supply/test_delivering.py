"""A supplier accepts, ships, looks at its money and disagrees; another supplier of the store sees nothing of it."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import pytest

from app.flows import invite_supplier
from app.flows.settle_suppliers import state_supplier
from app.identity import Viewer
from app.kernel.ids import new_id
from tenants import Tenant
from tests.builders_backoffice import PASSWORD
from tests.builders_selling import SHIP_TO, offer
from tests.builders_supply import (
    batch,
    comes_from,
    drop_shipped,
    entries,
    handed_over,
    lines,
    planned,
    reload,
    shelves,
    shipped,
    standing,
    supplier,
)
from tests.functional.conftest import own_address
from tests.pdf_text import text_of

OWNER = Viewer("merchant", new_id(), "Owner", "owner@example.test", "owner", None, b"", "")


def supply(path: str) -> str:
    return own_address("supply", path)


async def _enter(visitor: Any, supplier_id: UUID) -> None:
    invitation = await invite_supplier.invite(supplier_id, f"{secrets.token_hex(4)}@orchard.test", "Gu", by=OWNER)
    visitor.headers["Accept-Language"] = "en"
    await visitor.submit(supply("/welcome"), {"code": invitation.code, "password": PASSWORD})


@pytest.fixture
async def ordered(visitor: Any, shop: Tenant) -> Any:
    """Four of some tea that the signed-in supplier ships, not accepted yet."""
    tea, kiln = await offer(title="Oolong", stock=0), await supplier()
    await comes_from(kiln, tea, cost=1_234, drop_ship=True)
    await handed_over(await planned(tea, quantity=4))
    [purchase] = await batch()
    await _enter(visitor, kiln)
    return purchase


async def test_a_part_is_accepted_with_a_reason(visitor: Any, ordered: Any) -> None:
    page = supply(f"/purchase-orders/{ordered.id}")
    assert "To accept" in (await visitor.get(supply("/"))).text
    assert SHIP_TO["recipient"] not in (await visitor.get(page)).text
    [line] = await lines(ordered)
    form = {"version": "1", "act": "part", f"accepted_{line.id}": "3", "words": ""}

    without = await visitor.submit(f"{page}/answers", form, page=page)
    await visitor.submit(f"{page}/answers", form | {"words": "frost"}, page=page)

    assert without.status_code == 422
    assert ((await reload(ordered)).status, (await lines(ordered))[0].accepted_quantity) == ("accepted", 3)
    assert "37.02" in (await visitor.get(page)).text
    data = (await visitor.get(f"{page}/data.json")).json()
    assert (data["total_amount"], data["lines"][0]["accepted_quantity"]) == (3 * 1_234, 3)
    assert "Oolong" in text_of((await visitor.get(f"{page}/paper.pdf")).content)


async def test_what_was_accepted_is_shipped_and_owed(visitor: Any, ordered: Any) -> None:
    page = supply(f"/purchase-orders/{ordered.id}")
    await visitor.submit(f"{page}/answers", {"version": "1", "act": "all", "words": ""}, page=page)
    waiting = await visitor.get(supply("/shipping"))
    assert SHIP_TO["recipient"] in waiting.text
    assert SHIP_TO["recipient"] in text_of((await visitor.get(supply("/shipping/packing.pdf"))).content)
    [shelf] = await shelves(ordered.supplier)

    bad = await visitor.submit(
        supply("/shipping/table"), {"rows": f"order,carrier,tracking_number\nX,SF,SF1\n{shelf.reference},SF,1\n"},
        page=supply("/shipping"),
    )  # fmt: skip
    one = supply(f"/shipping/{shelf.id}")
    await visitor.submit(f"{one}/parcels", {"carrier": "", "tracking_number": "SF1234567890123"}, page=one)

    assert bad.status_code == 422
    assert "No order of yours that waits to be sent has this number." in bad.text
    assert (await standing(ordered.supplier)).owed == 4 * 1_234
    assert "49.36" in (await visitor.get(supply("/money"))).text
    assert "SF1234567890123" in (await visitor.get(supply("/shipping?view=sent"))).text


async def test_an_entry_is_disputed_and_a_statement_confirmed(visitor: Any, shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    await shipped(orchard)
    statement = await state_supplier(orchard, by="Su He")
    await _enter(visitor, orchard)
    [entry] = await entries(orchard)

    page = supply(f"/money/entries/{entry.id}")
    await visitor.submit(f"{page}/disputes", {"wanted": "61", "reason": "price"}, page=page)
    said = supply(f"/money/statements/{statement}")
    await visitor.submit(f"{said}/confirmation", {}, page=said)

    assert (await standing(orchard)).disputed == 6_000
    assert "Confirmed" in (await visitor.get(said)).text
    for kind, words in (("pdf", b"%PDF"), ("csv", b"60.00"), ("xlsx", b"PK")):
        assert words in (await visitor.get(f"{said}/file?kind={kind}")).content


async def test_another_supplier_of_the_store_sees_and_does_nothing_of_it(visitor: Any, shop: Tenant) -> None:
    orchard, _order, purchase = await drop_shipped()
    [shelf] = await shelves(orchard)
    await shipped(orchard)
    statement = await state_supplier(orchard, by="Su He")
    [entry] = await entries(orchard)
    await _enter(visitor, await supplier())

    for path in (
        f"/purchase-orders/{purchase.id}", f"/purchase-orders/{purchase.id}/paper.pdf",
        f"/purchase-orders/{purchase.id}/data.json", f"/shipping/{shelf.id}", f"/money/entries/{entry.id}",
        f"/money/statements/{statement}", f"/money/statements/{statement}/file?kind=csv",
    ):  # fmt: skip
        assert (await visitor.get(supply(path))).status_code == 404, path
    for path, form in (
        (f"/purchase-orders/{purchase.id}/answers", {"version": "1", "act": "none", "words": "x"}),
        (f"/shipping/{shelf.id}/parcels", {"carrier": "SF", "tracking_number": "SF0000000000001"}),
        (f"/money/entries/{entry.id}/disputes", {"wanted": "1", "reason": "x"}),
        (f"/money/statements/{statement}/confirmation", {}),
    ):
        assert (await visitor.submit(supply(path), form, page=supply("/money"))).status_code == 404, path
    for path in ("/", "/purchase-orders", "/shipping", "/shipping?view=sent", "/money"):
        text = (await visitor.get(supply(path))).text
        assert purchase.number not in text, path
        assert SHIP_TO["recipient"] not in text, path


async def test_a_supplier_changes_how_it_is_reached_and_not_its_terms(visitor: Any, ordered: Any) -> None:
    form = {"contact": "Gu Changgen", "email": "new@orchard.test", "phone": "1", "locale": "zh-Hant"}
    await visitor.submit(supply("/profile"), form, page=supply("/profile"))
    cheeky = await visitor.submit(supply("/profile"), form | {"due_days": "0"}, page=supply("/profile"))

    assert "Gu Changgen" in (await visitor.get(supply("/profile"))).text
    assert cheeky.status_code == 422
