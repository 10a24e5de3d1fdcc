"""WeChat Pay's daily bill of payments and refunds: a signed answer names a file and its digest, the file is believed
by the digest.

Sources, under https://pay.weixin.qq.com/: doc/v3/merchant/4012556654 (asking; the digest is of the unpacked file),
docs/merchant/products/bill-download/format-trade.html (columns; a refund is listed when it was asked for). Every cell
begins with a backtick; only together with it a comma ends the cell before.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

import msgspec

from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.statement_port import StatementLine
from infra.payment.wechat_wire import WeChatWire
from infra.payment.yuan import fen, from_beijing, rounded_fen

MOST_BYTES = 200_000_000
PACKED = b"\x1f\x8b"
CELL, BETWEEN = "`", ",`"
TOTALS = "总交易单数"


class Offer(msgspec.Struct):
    hash_type: str
    hash_value: str
    download_url: str


async def bill_of(wire: WeChatWire, theirs: date) -> list[StatementLine] | None:
    """One of Beijing's days; None where there is no file. Raises PaymentUnavailable or PaymentRejected."""
    path = f"/v3/bill/tradebill?bill_date={theirs.isoformat()}&bill_type=ALL&tar_type=GZIP"
    try:
        offer = await wire.call("GET", path, Offer)
    except PaymentRejected as error:
        if error.code == "NO_STATEMENT_EXIST":
            return None
        if error.code == "STATEMENT_CREATING":
            raise PaymentUnavailable(error.code) from error
        raise
    address = urlsplit(offer.download_url)
    packed = await wire.download(f"{address.path}?{address.query}", max_bytes=MOST_BYTES)
    text = _unpacked(packed.body)
    digest = hashlib.sha1(text, usedforsecurity=False).hexdigest()
    if offer.hash_type != "SHA1" or not hmac.compare_digest(digest, offer.hash_value.lower()):
        raise PaymentUnavailable("the file is not the one WeChat signed for")
    try:
        return list(_lines(text.decode("utf-8-sig"), wire.account.mchid))
    except (KeyError, ValueError) as error:
        raise PaymentUnavailable(f"the file makes no sense: {error}") from error


def _unpacked(body: bytes) -> bytes:
    """Never more than a bill can have: a packed bomb ends here."""
    if not body.startswith(PACKED):
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        text = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise PaymentUnavailable("the file is broken") from error
    if not unpacking.eof:
        raise PaymentUnavailable("the file is broken off or too large")
    return text


def _lines(text: str, mchid: str) -> Iterator[StatementLine]:
    rows = iter(text.splitlines())
    names = next(rows, "").split(",")
    for row in rows:
        if row.startswith(TOTALS):
            return
        cells = row.removeprefix(CELL).split(BETWEEN)
        if not row.startswith(CELL) or len(cells) != len(names):
            raise ValueError("a row with other columns than the first one says")
        named = dict(zip(names, cells, strict=True))
        if named["商户号"] != mchid:
            raise ValueError("another merchant's row")
        yield _line(named)
    raise ValueError("the file ends without its totals")


def _line(row: Mapping[str, str]) -> StatementLine:
    """Old merchants' files have older names for the amounts. What a counter takes back has no refund number."""
    paid = row["交易状态"] == "SUCCESS"
    refund_number = row["商户退款单号"].partition("@")[0]
    amounts = ("订单金额", "总金额") if paid else ("申请退款金额", "退款金额")
    return StatementLine(
        number=row["商户订单号"] if paid or refund_number in ("", "0") else refund_number,
        kind="payment" if paid else "refund",
        provider_ref=row["微信订单号" if paid else "微信退款单号"],
        amount=fen(next(row[name] for name in amounts if name in row)),
        fee_amount=rounded_fen(row["手续费"]),
        currency=row["货币种类"],
        happened_at=from_beijing(row["交易时间"]),
    )
