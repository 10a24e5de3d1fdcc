"""A supplier by mail: what a mail can promise is promised to a real mail server, and what it cannot is said.

It cannot be asked, cannot be taken back and tells nothing by itself, so the suite of the other kinds does not fit it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from app.kernel.table_files import small_table
from infra.messaging.smtp import SmtpMailer
from infra.warehouse.mailed import COLUMNS, Mailed
from infra.warehouse.port import (
    NobodyToAsk,
    Receiver,
    ReturnLine,
    ReturnOrder,
    UntrustedNotice,
    WarehouseLine,
    WarehouseOrder,
    WarehouseRejected,
    WarehouseUnavailable,
)
from tests.builders_mail import Postbox, postbox

CANNOT = {
    "query": "a mail cannot be asked about: an unknown result waits for a person",
    "cancel": "a mail cannot be taken back",
    "news": "the supplier answers on a page, as a person",
    "stock": "nobody counts by mail",
    "refusals of a SKU": "a mail is not answered",
}
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


@pytest.fixture
def supplier() -> Iterator[tuple[Postbox, Mailed]]:
    with postbox() as box:
        yield box, Mailed("boss@supplier.test", "store-7", SmtpMailer(f"smtp://127.0.0.1:{box.port}", "shop@x.test"))


def order(name: str = "Oolong") -> WarehouseOrder:
    to = Receiver("王小明", "+8613800000000", "文一路1号", city="杭州市")
    lines = (WarehouseLine("line-1", "TEA-1", name, 2, 9_900),)
    url = "https://shop.test/packing-sheets/S1.1.x"
    return WarehouseOrder("S1", NOW, NOW, "c", to, lines, "CNY", 9_900, answer_url=url)


async def test_an_order_is_one_mail_with_its_sheet_and_its_link(supplier: tuple[Postbox, Mailed]) -> None:
    box, warehouse = supplier

    receipts = [await warehouse.push_order(order()) for _ in range(2)]

    first, second = box.mails
    assert "S1" in first["Subject"]
    assert first["Message-ID"] == second["Message-ID"] == receipts[0].warehouse_ref
    text = first.get_body(("plain",))
    assert text is not None
    assert "https://shop.test/packing-sheets/S1.1.x" in text.get_content()
    (attached,) = first.iter_attachments()
    names, rows = small_table(attached.get_payload(decode=True), most=10)  # type: ignore[arg-type] # bytes of a part
    assert tuple(names) == COLUMNS
    assert rows[0][1]["line_id"] == "line-1"


async def test_a_return_is_told_again_when_its_parcel_is_known(supplier: tuple[Postbox, Mailed]) -> None:
    box, warehouse = supplier
    to = Receiver("王小明", "+8613800000000", "文一路1号", city="杭州市")
    agreed = ReturnOrder("R1", "S1", to, (ReturnLine("line-1", "TEA-1", "Oolong", 2),))

    for told in (agreed, agreed, msgspec.structs.replace(agreed, carrier_code="SF", tracking_number="SF123")):
        await warehouse.push_return(told)

    first, copy, second = (mail["Message-ID"] for mail in box.mails)
    assert first == copy != second
    assert "SF123" in box.mails[2].get_content()


async def test_a_formula_in_a_sheet_is_a_text(supplier: tuple[Postbox, Mailed]) -> None:
    box, warehouse = supplier
    await warehouse.push_order(order("=HYPERLINK(1)"))

    (attached,) = box.mails[0].iter_attachments()
    with zipfile.ZipFile(io.BytesIO(attached.get_payload(decode=True))) as book:  # type: ignore[arg-type] # the same
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("451 later", WarehouseUnavailable), ("550 nobody here", WarehouseRejected), ("", WarehouseUnavailable)],
)
async def test_a_mail_that_was_not_taken_is_no_shipment(
    supplier: tuple[Postbox, Mailed], answer: str, outcome: type[Exception]
) -> None:
    box, warehouse = supplier
    box.answer = answer

    with pytest.raises(outcome) as refusal:
        await warehouse.push_order(order())

    # Only the one that broke off may have been taken; what may be on its way has an OSError behind it.
    assert isinstance(refusal.value.__cause__, OSError) == (answer == "")


async def test_what_may_have_arrived_waits_for_a_person(supplier: tuple[Postbox, Mailed]) -> None:
    with pytest.raises(NobodyToAsk):
        await supplier[1].query_order("S1")
    with pytest.raises(WarehouseRejected, match="cancel_refused"):
        await supplier[1].cancel_order("S1")
    with pytest.raises(UntrustedNotice):
        supplier[1].parse_callback(headers={}, query="", body=b"", now=NOW)
