"""What is peculiar to files: rows kept apart, a pinned server, no way inside, and formulas that stay texts."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncssh
import pytest

from infra.warehouse import drop_files
from infra.warehouse.drop import CsvDrop
from infra.warehouse.drop_wire import DropAccount
from infra.warehouse.port import Receiver, ShipmentNotice, WarehouseLine, WarehouseOrder, WarehouseRejected
from tests.contract.warehouse.drop_stand_in import PASSWORD, STORE, Dropped

pytestmark = pytest.mark.parametrize("party", ["drop"], indirect=True)
HEAD = "type,reference,at,line_id,sku,quantity,tracking_number,carrier\n"


def place(party: Dropped, name: str, content: bytes) -> None:
    (party.floor.folder("confirmations") / name).write_bytes(content)


async def test_bad_rows_are_kept_apart_with_the_reason_and_the_others_count(party: Dropped) -> None:
    rows = (
        "shipment,S1,2026-11-26T08:00:00Z,l1,TEA,2,SF1,shunfeng\n"
        "shipment,S2,yesterday,l1,TEA,2,SF2,shunfeng\n"
        "?,S3,,,,,,\n"
    )
    place(party, "a.csv", (HEAD + rows).encode())

    page = await party.gateway.pull_shipments()
    await party.gateway.ack_shipments(page.receipts)

    assert [one.reference for one in page.notices if isinstance(one, ShipmentNotice)] == ["S1"]
    rejected = (party.floor.folder("confirmations/rejected") / "a.csv").read_text("utf-8-sig")
    assert "yesterday" in rejected
    assert "type or reference is not known" in rejected
    assert "S1" not in rejected
    assert (party.floor.folder("confirmations/done") / "a.csv").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a,b\n1,2\n", b"x" * 4_000_001])
async def test_a_file_nobody_can_read_is_put_aside_whole(party: Dropped, content: bytes) -> None:
    place(party, "b.csv", content)

    page = await party.gateway.pull_shipments()

    assert not page.notices
    assert (party.floor.folder("confirmations/rejected") / "b.csv.reason.txt").exists()
    assert not (party.floor.folder("confirmations") / "b.csv").exists()


async def test_a_spreadsheet_of_this_country_is_understood(party: Dropped) -> None:
    row = "cancel,S1,2026-11-26 08:00:00,,,,,\n"
    place(
        party,
        "c.csv",
        (HEAD.replace("carrier", "carrier,reason") + row.replace(",\n", ",,地址超区\n")).encode("gb18030"),
    )

    (notice,) = (await party.gateway.pull_shipments()).notices

    assert "地址超区" in repr(notice)


async def test_another_server_than_the_pinned_one_gets_nothing(party: Dropped) -> None:
    gateway = party.gateway
    assert isinstance(gateway, CsvDrop)
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    account = DropAccount("127.0.0.1", gateway._account.port, "qinghe", "/", other, password=PASSWORD)

    with pytest.raises(WarehouseRejected, match="host_key_changed"):
        await CsvDrop(account, STORE, gateway._allowed).query_order("S1")


async def test_no_way_leads_inside(party: Dropped) -> None:
    gateway = party.gateway
    assert isinstance(gateway, CsvDrop)

    with pytest.raises(WarehouseRejected, match="address_refused"):
        await CsvDrop(gateway._account, STORE).query_order("S1")


@pytest.mark.parametrize("reference", ["../S1", "a/b", "", ".hidden", "x" * 80])
async def test_no_reference_names_a_file_elsewhere(party: Dropped, reference: str) -> None:
    with pytest.raises(WarehouseRejected, match="bad_reference"):
        await party.gateway.query_order(reference)


async def test_texts_that_look_like_formulas_stay_texts(party: Dropped) -> None:
    now = datetime.now(UTC)
    to = Receiver("=cmd()", "+8613800000000", "@SUM(A1)")
    order = WarehouseOrder("S1", now, now, "c", to, (WarehouseLine("l", "TEA", "-1+1", 1, 100),), "CNY", 100)

    text = drop_files.order_file(order).decode("utf-8-sig")

    assert "'=cmd()" in text
    assert "'@SUM(A1)" in text
    assert "'-1+1" in text
    assert ",+8613800000000," in text
