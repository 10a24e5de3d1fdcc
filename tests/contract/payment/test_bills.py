"""What the vendors' daily bills say of a day of ours, and what is no bill."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from infra.http import Outside
from infra.payment.alipay import Alipay
from infra.payment.port import PaymentUnavailable
from infra.payment.statement_port import StatementLine, StatementSource
from infra.payment.wechat import WeChatPay
from tests.contract.payment import alipay_notices, bills, wechat_notices
from tests.contract.payment.alipay_server import AlipayServer
from tests.contract.payment.serving import serving
from tests.contract.payment.wechat_server import WeChatServer

DAY = date(2026, 1, 22)  # From eight in the morning to eight the next morning in Beijing.
NOON = "2026-01-22 12:00:00"
SHOP = "http://shop.invalid/x"


@pytest.fixture
async def at_wechat() -> AsyncIterator[WeChatServer]:
    opened = WeChatServer()
    async with serving(opened):
        yield opened


@pytest.fixture
async def at_alipay() -> AsyncIterator[AlipayServer]:
    opened = AlipayServer()
    async with serving(opened):
        yield opened


@pytest.fixture
def wechat(at_wechat: WeChatServer, outside: Outside) -> WeChatPay:
    return WeChatPay(wechat_notices.account(at_wechat.url), outside, notify_url=SHOP)


@pytest.fixture
def alipay(at_alipay: AlipayServer, outside: Outside) -> Alipay:
    return Alipay(alipay_notices.account(at_alipay.gateway), outside, notify_url=SHOP)


async def test_our_day_is_cut_from_two_of_wechats(wechat: WeChatPay, at_wechat: WeChatServer) -> None:
    at_wechat.bills = {
        "2026-01-22": bills.wechat(
            bills.wechat_payment("2026-01-22 07:59:59", "T1-1", "9.00", "0.05000"),
            bills.wechat_payment("2026-01-22 08:00:00", "T2-1", "43.90", "0.26000", title="tea, honey `and` more"),
        ),
        "2026-01-23": bills.wechat(
            bills.wechat_refund("2026-01-23 07:59:59", "T2-1", "T2-1-R1@2", "3.90", "-0.02000"),
            bills.wechat_payment("2026-01-23 08:00:00", "T3-1", "7.00", "0.04000"),
        ),
    }

    assert isinstance(wechat, StatementSource)
    assert await wechat.statement(DAY) == [
        StatementLine("T2-1", "payment", "42T2-1", 4_390, 26, "CNY", datetime(2026, 1, 22, tzinfo=UTC)),
        StatementLine(
            "T2-1-R1", "refund", "50T2-1-R1@2", 390, -2, "CNY", datetime(2026, 1, 22, 23, 59, 59, tzinfo=UTC)
        ),
    ]


async def test_our_day_is_cut_from_two_of_alipays(alipay: Alipay, at_alipay: AlipayServer) -> None:
    at_alipay.bills = {
        "2026-01-22": bills.alipay(
            bills.alipay_row("2026-01-22 07:00:00", "T1-1", "交易", "9.00", "-0.05"),
            bills.alipay_row("2026-01-22 20:00:00", "T2-1", "交易", "43.90", "-0.26"),
        ),
        "2026-01-23": bills.alipay(
            bills.alipay_row("2026-01-23 01:00:00", "T2-1", "退款", "-3.90", "0.02", request="T2-1-R1")
        ),
    }

    assert isinstance(alipay, StatementSource)
    assert await alipay.statement(DAY) == [
        StatementLine("T2-1", "payment", "2026T2-1", 4_390, 26, "CNY", datetime(2026, 1, 22, 12, tzinfo=UTC)),
        StatementLine("T2-1-R1", "refund", "2026T2-1", 390, -2, "CNY", datetime(2026, 1, 22, 17, tzinfo=UTC)),
    ]


async def test_a_day_without_a_file_was_quiet_once_its_time_has_come(wechat: WeChatPay, alipay: Alipay) -> None:
    today = datetime.now(UTC).date()
    for source in (wechat, alipay):
        assert await source.statement(DAY) == []
        with pytest.raises(PaymentUnavailable, match="not written yet"):
            await source.statement(today)


async def test_a_file_that_is_not_the_one_wechat_signed_for_is_none(wechat: WeChatPay, at_wechat: WeChatServer) -> None:
    row = bills.wechat_payment(NOON, "T2-1", "43.90", "0.26000")
    at_wechat.bills, at_wechat.broken_bills = {"2026-01-22": bills.wechat(row)}, True

    with pytest.raises(PaymentUnavailable, match="not the one"):
        await wechat.statement(DAY)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>busy</html>",
        bills.wechat(bills.wechat_payment(NOON, "T2-1", "43.90", "0.26", mchid="1900000001")),
        bills.wechat(bills.wechat_payment(NOON, "T2-1", "43.9O", "0.26")),
        bills.wechat(bills.wechat_payment("yesterday", "T2-1", "43.90", "0.26")),
        bills.wechat("`2026-01-22 12:00:00,`too short"),
        bills.wechat(bills.wechat_payment(NOON, "T2-1", "43.90", "0.26")).split("总".encode())[0],
    ],
)
async def test_a_senseless_file_of_wechat_is_asked_for_again(
    wechat: WeChatPay, at_wechat: WeChatServer, text: bytes
) -> None:
    at_wechat.bills = {"2026-01-22": text}

    with pytest.raises(PaymentUnavailable, match="file"):
        await wechat.statement(DAY)


def _packed(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr("rows.csv", text.encode("gbk"))
    return packed.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"<html>busy</html>",
        _packed("#账号:[20886219560912340156]\r\nnothing else"),
        _packed(f"#账号:[20886219560912340156]\r\n{bills.ALIPAY_COLUMNS}\r\n"),
        bills.alipay(bills.alipay_row(NOON, "T2-1", "交易", "43.90", "-0.26"), seller="2088000000000000"),
        bills.alipay(bills.alipay_row(NOON, "T2-1", "交易", "1,043.90", "-0.26")),
        bills.alipay(bills.alipay_row("noon", "T2-1", "交易", "43.90", "-0.26")),
    ],
)
async def test_a_senseless_file_of_alipay_is_asked_for_again(
    alipay: Alipay, at_alipay: AlipayServer, file: bytes
) -> None:
    at_alipay.bills = {"2026-01-22": file}

    with pytest.raises(PaymentUnavailable, match="file"):
        await alipay.statement(DAY)
