"""Alipay's daily bill: a signed answer names an address, there lies a packed table in the older Chinese encoding.

The file itself carries no signature, so it must come over TLS and name our seller. Sources:
https://opendocs.alipay.com/apis/api_15/alipay.data.dataservice.bill.downloadurl.query,
https://developer.aliyun.com/article/707638 (the address, its half minute, the encoding),
http://www.gxitsky.com/2020/07/27/Business-07-ali-pay-bill/ (a real file: a fee taken is below zero there).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from infra.payment.alipay_wire import AlipayWire
from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.statement_port import StatementLine
from infra.payment.yuan import fen, from_beijing

METHOD = "alipay.data.dataservice.bill.downloadurl.query"
MOST_BYTES = 200_000_000
FIRST_COLUMN = "支付宝交易号"
SELLER = re.compile(r"#账号:\[(\d{16})")  # followed by four digits nobody needs
NOTHING_THERE = {"isp.bill_not_exist", "BILL_NOT_EXIST"}


class Offer(msgspec.Struct):
    bill_download_url: str


async def bill_of(wire: AlipayWire, theirs: date) -> list[StatementLine] | None:
    """One of Beijing's days; None where there is no file. Raises PaymentUnavailable or PaymentRejected."""
    try:
        offer = await wire.call(METHOD, {"bill_type": "trade", "bill_date": theirs.isoformat()}, Offer)
    except PaymentRejected as error:
        if error.code in NOTHING_THERE:
            return None
        raise
    url = offer.bill_download_url
    if wire.account.base_url.startswith("https://"):
        url = "https://" + url.partition("://")[2]
    packed = await wire.download(url, max_bytes=MOST_BYTES)
    try:
        return list(_lines(_unpacked(packed), wire.account.seller_id))
    except (KeyError, ValueError, csv.Error) as error:
        raise PaymentUnavailable(f"the file makes no sense: {error}") from error


def _unpacked(packed: bytes) -> str:
    """The table of single rows; beside it lies one of sums. Their names are in no encoding one could trust."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as folder:
            if sum(entry.file_size for entry in folder.infolist()) > MOST_BYTES:
                raise PaymentUnavailable("the file is too large")
            texts = [folder.read(entry).decode("gb18030") for entry in folder.infolist()]
    except (zipfile.BadZipFile, UnicodeDecodeError, zlib.error) as error:
        raise PaymentUnavailable("the file is broken") from error
    for text in texts:
        if any(row.startswith(FIRST_COLUMN) for row in text.splitlines()):
            return text
    raise PaymentUnavailable("no table of single rows in the file")


def _lines(text: str, seller_id: str) -> Iterator[StatementLine]:
    rows = text.splitlines()
    named = SELLER.search(text)
    if not named or named[1] != seller_id:
        raise ValueError("another seller's file")
    if not rows or "列表结束" not in text:
        raise ValueError("the file is broken off")
    start = next(at for at, row in enumerate(rows) if row.startswith(FIRST_COLUMN))
    table = csv.reader(row for row in rows[start:] if row and not row.startswith("#"))
    names = [unicodedata.normalize("NFKC", name).strip() for name in next(table)]
    for cells in table:
        if len(cells) != len(names):
            raise ValueError("a row with other columns than the first one says")
        yield _line({name: cell.strip() for name, cell in zip(names, cells, strict=True)})


def _line(row: Mapping[str, str]) -> StatementLine:
    amount = fen(row["订单金额(元)"])
    is_refund = row["业务类型"] == "退款" or amount < 0
    return StatementLine(
        number=row["退款批次号/请求号"] if is_refund else row["商户订单号"],
        kind="refund" if is_refund else "payment",
        provider_ref=row[FIRST_COLUMN],
        amount=abs(amount),
        fee_amount=-fen(row["服务费(元)"]),
        currency="CNY",
        happened_at=from_beijing(row["完成时间"]),
    )
