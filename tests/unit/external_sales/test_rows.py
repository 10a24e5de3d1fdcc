"""Exports of the platforms, row by row: what is taken from each, and what is refused with its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from app import external_sales
from app.external_sales import Fact, Problem, Reading
from app.kernel.ids import new_id

OFFER = new_id()
READING = Reading(
    currency="CNY", zone=ZoneInfo("Asia/Shanghai"), now=datetime(2026, 11, 20, tzinfo=UTC), slots={"abc234": OFFER}
)
WECHAT = (
    "订单号,订单状态,订单下单时间,支付时间,订单确认收货时间,商品名称,SKU编码(自定义),商品数量,商品实际价格(总共),"
    "商品已退款金额,分享员OpenID,分享员分佣状态,备注"
)
DOUYIN = (
    "主订单编号,子订单编号,选购商品,商家编码,商品数量,订单应付金额,订单提交时间,支付完成时间,订单完成时间,订单状态,售后状态,"
    "达人ID,达人昵称"
)
TIKTOK = (
    "Order ID,Order Status,Seller SKU,SKU ID,Product Name,Quantity,Sku Quantity of return,"
    "SKU Subtotal After Discount,Created Time,Paid Time,Delivered Time"
)


def found(path: Path, *lines: str, encoding: str = "utf-8") -> list[Fact | Problem]:
    file = path / "export.csv"
    file.write_text("\n".join(lines), encoding=encoding)
    return [one for _number, one in external_sales.read(file, READING)[1]]


def only(path: Path, *lines: str, encoding: str = "utf-8") -> Fact:
    (one,) = found(path, *lines, encoding=encoding)
    assert isinstance(one, Fact), one
    return one


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_an_order_of_wechat_channels_is_read_in_the_stores_clock_and_money(tmp_path: Path, encoding: str) -> None:
    row = "'3705115058471208928,待收货,2026-11-11 20:01:02,2026-11-11 20:01:09,,桃子,P-1,2,87.80,10.5,oA1b,1,快"

    one = only(tmp_path, WECHAT, row, encoding=encoding)

    assert (one.platform, one.order_number, one.line_key) == ("wechat_channels", "3705115058471208928", "P-1")
    assert (one.status, one.quantity, one.sale_amount, one.refunded_amount) == ("shipped", 2, 8_780, 1_050)
    assert one.placed_at == datetime(2026, 11, 11, 12, 1, 2, tzinfo=UTC)
    assert (one.sharer, one.sharer_final) == ("oA1b", True)


def test_a_sharer_of_wechat_channels_is_provisional_until_the_platform_has_handled_it(tmp_path: Path) -> None:
    row = "37051,已完成,2026-11-11 20:01,2026-11-11 20:01,2026-11-15 08:00,桃子,P-1,1,87.80,,oA1b,{state},"

    states = {text: only(tmp_path, WECHAT, row.format(state=text)).sharer_final for text in ("0", "处理中", "1", "")}

    assert states == {"0": False, "处理中": False, "1": True, "": True}


def test_an_order_of_douyin_names_its_author_and_knows_that_everything_went_back(tmp_path: Path) -> None:
    row = '"\t69201","\t69202",皂,S-9,1,29.90,2026-11-01 10:00:00,2026-11-01 10:00:05,-,已发货,{sale},"\t759",黄飞'

    one, back = (only(tmp_path, DOUYIN, row.format(sale=text)) for text in ("-", "退款成功"))

    assert (one.order_number, one.line_key, one.sharer, one.sharer_name) == ("69201", "69202", "759", "黄飞")
    assert (one.refunded_amount, back.refunded_amount, one.sharer_final) == (0, 2_990, False)


def test_an_order_of_tiktok_has_its_day_first_and_returns_in_units(tmp_path: Path) -> None:
    explained = "Platform unique order ID.,Current status,Code,Sku,Name,Sold,Returned,Sum,When,When,When"
    row = "5761,Delivered,T-1,1729,Lamp,3,1,CNY 90.00,03/10/2026 09:00:00,03/10/2026 09:01:00,07/10/2026 12:00:00"

    one = only(tmp_path, TIKTOK, explained, row)

    assert one.placed_at == datetime(2026, 10, 3, 1, 0, tzinfo=UTC)
    assert (one.status, one.sale_amount, one.refunded_amount) == ("received", 9_000, 3_000)


def test_an_order_of_a_network_counts_for_whoever_has_the_slot_and_by_what_the_network_pays(tmp_path: Path) -> None:
    head = "订单号,推广位ID,商品名称,付款金额,预估佣金,订单状态,下单时间,结算时间"

    one, unknown, mad = found(
        tmp_path, head, "J1,abc234,壶,199.00,19.90,已结算,2026-11-01 10:00:00,2026-11-09 10:00:00",
        "J2,zzz,壶,199.00,19.90,已付款,2026-11-01 10:00:00,", "J3,abc234,壶,9.00,19.90,已付款,2026-11-01 10:00:00,",
    )  # fmt: skip

    assert isinstance(one, Fact)
    assert (one.platform, one.offer, one.base_amount, one.sale_amount) == ("cps", OFFER, 1_990, 19_900)
    assert (one.status, one.sharer_final) == ("received", True)
    assert [each.code for each in (unknown, mad) if isinstance(each, Problem)] == ["unknown_slot", "too_much"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("37,谜,2026-11-11 20:01,,,桃,P-1,1,8.00,,,,", "unknown_status"),
        (",待发货,2026-11-11 20:01,,,桃,P-1,1,8.00,,,,", "missing"),
        ("37,待发货,yesterday,,,桃,P-1,1,8.00,,,,", "bad_time"),
        ("37,待发货,2027-11-11 20:01,,,桃,P-1,1,8.00,,,,", "future"),
        ("37,待发货,2026-11-11 20:01,,,桃,P-1,0,8.00,,,,", "bad_number"),
        ("37,待发货,2026-11-11 20:01,,,桃,P-1,1,8.005,,,,", "bad_amount"),
        ("37,待发货,2026-11-11 20:01,,,桃,P-1,1,-8,,,,", "bad_amount"),
        ("37,待发货,2026-11-11 20:01,,,桃,P-1,1,1e9,,,,", "bad_amount"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_and_its_neighbors_are_not(tmp_path: Path, row: str, code: str) -> None:
    good = "38,待发货,2026-11-11 20:01,,,桃,P-1,1,8.00,,,,"

    before, bad, after = found(tmp_path, WECHAT, good, row, good.replace("38", "39"))

    assert isinstance(bad, Problem)
    assert (bad.code, bad.row, isinstance(before, Fact), isinstance(after, Fact)) == (code, 3, True, True)


def test_what_was_paid_for_and_called_off_went_back_as_a_whole(tmp_path: Path) -> None:
    paid = only(tmp_path, WECHAT, "37,已取消,2026-11-11 20:01,2026-11-11 20:02,,桃,P-1,1,8.00,,,,")
    unpaid = only(tmp_path, WECHAT, "37,已取消,2026-11-11 20:01,,,桃,P-1,1,8.00,,,,")

    assert (paid.status, paid.refunded_amount, unpaid.status) == ("paid", 800, "closed")


def test_the_same_goods_twice_in_an_order_are_two_lines(tmp_path: Path) -> None:
    row = "37,待发货,2026-11-11 20:01,,,桃,P-1,1,8.00,,,,"

    assert [one.line_key for one in found(tmp_path, WECHAT, row, row) if isinstance(one, Fact)] == ["P-1", "P-1#2"]


def test_a_spreadsheet_says_the_same_as_a_csv(tmp_path: Path) -> None:
    row = "37051,待收货,2026-11-11 20:01:02,2026-11-11 20:01:09,,桃子,P-1,2,87.80,10.5,oA1b,1,快"
    book = xlsxwriter.Workbook(str(tmp_path / "export.xlsx"))
    sheet = book.add_worksheet()
    for number, line in enumerate((WECHAT, row)):
        sheet.write_row(number, 0, line.split(","))
    book.close()

    ((_number, one),) = external_sales.read(tmp_path / "export.xlsx", READING)[1]

    assert one == only(tmp_path, WECHAT, row)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04nothing", b"\xff\xfe\x00\xd8\x00"])
def test_a_file_no_platform_exports_is_refused_as_a_whole(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content)

    with pytest.raises((external_sales.UnknownTable, external_sales.UnreadableFile)):
        external_sales.read(file, READING)
