"""A supplier who works with mails: one mail per order, with a sheet to fill in and a link to give it back.

A mail cannot be asked about. One that was certainly not taken is sent again; one that may have been taken waits for a
person, because a second sheet might be packed a second time. The reference stands in the subject and makes the
Message-ID, so that copies of a mail are recognized as copies.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

import xlsxwriter

from infra.messaging.port import Attachment, Mail, Mailer, MailRejected, MailUnavailable, MailUncertain
from infra.signatures import UntrustedNotice
from infra.warehouse.cells import plain
from infra.warehouse.port import (
    NobodyToAsk,
    Notice,
    Receipt,
    ReturnOrder,
    ShipmentPage,
    StockPage,
    WarehouseOrder,
    WarehouseOrderState,
    WarehouseRejected,
    WarehouseUnavailable,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("reference", "line_id", "sku", "name", "quantity", "shipped", "carrier", "tracking_number")
HORIZON_S = 60
TEXT = """{reference}

请按附件备货发货，填写 shipped（实发件数）、carrier（快递）和 tracking_number（运单号）后，用下面的链接交回：
請依附件備貨出貨，填寫 shipped（實發件數）、carrier（快遞）和 tracking_number（運單號）後，用下面的連結交回：
Please pack what the attached sheet lists, fill in shipped, carrier and tracking_number, and give it back here:

{url}

收件 / Ship to
{receiver}
{phone}
{address}
{remark}"""


class Mailed:
    """Keeps what a mail can keep of the promises of `WarehouseGateway`."""

    acknowledgment = b""
    pulls = False
    horizon_s = HORIZON_S

    def __init__(self, recipient: str, store: str, mailer: Mailer | None) -> None:
        self._recipient, self._store, self._mailer = recipient, store, mailer

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        message_id = f"<{order.reference}.{self._store}@packing.invalid>"
        await self._send(
            Mail(
                message_id,
                self._recipient,
                f"[{order.reference}] 发货单 / Packing sheet",
                _text(order),
                attachments=(Attachment(f"{order.reference}.xlsx", XLSX, sheet(order)),),
            )
        )
        return Receipt(order.reference, message_id)

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        raise WarehouseRejected("cancel_refused", "a mail cannot be taken back; ask the supplier")

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        raise NobodyToAsk("the mail may have arrived; ask the supplier before it is sent again")

    async def push_return(self, order: ReturnOrder) -> Receipt:
        parcel = f".{sha256(order.tracking_number.encode()).hexdigest()[:12]}" if order.tracking_number else ""
        message_id = f"<{order.reference}{parcel}.{self._store}@returns.invalid>"
        lines = "\n".join(f"{line.sku} {line.name} × {line.quantity}" for line in order.lines)
        text = f"{order.order_reference}\n\n{lines}\n\n{order.carrier_code} {order.tracking_number}\n{order.reason}\n"
        await self._send(Mail(message_id, self._recipient, f"[{order.reference}] 退货通知 / Goods come back", text))
        return Receipt(order.reference, message_id)

    async def pull_stock(self, cursor: str = "") -> StockPage:
        return StockPage((), cursor, more=False)

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        """Nothing is ever fetched."""

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        return ShipmentPage((), cursor, more=False)

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        """Nothing is ever fetched."""

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        raise UntrustedNotice("a supplier who works with mails answers on a page")

    async def _send(self, mail: Mail) -> None:
        if self._mailer is None:
            raise WarehouseRejected("no_mail", "this installation sends no mail")
        try:
            await self._mailer.send(mail)
        except MailRejected as error:
            raise WarehouseRejected("order_refused", str(error)) from error
        except MailUnavailable as error:
            raise WarehouseUnavailable(str(error)) from error
        except MailUncertain as error:
            # An OSError behind it says that it may still be on its way.
            raise WarehouseUnavailable(str(error)) from OSError(str(error))


def sheet(order: WarehouseOrder) -> bytes:
    """What to pack, with empty cells for what was sent; no cell is a formula or a link."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        page, bold = book.add_worksheet("packing"), book.add_format({"bold": True})
        page.write_row(0, 0, COLUMNS, bold)
        for row, line in enumerate(order.lines, 1):
            for column, text in enumerate((order.reference, line.line_id, line.sku, line.name)):
                page.write_string(row, column, plain(text))
            page.write_number(row, 4, line.quantity)
    return file.getvalue()


def _text(order: WarehouseOrder) -> str:
    to = order.receiver
    address = " ".join(filter(None, (to.country, to.state, to.city, to.district, to.address, to.zip)))
    return TEXT.format(
        reference=order.reference, url=order.answer_url, receiver=to.name, phone=to.phone, address=address,
        remark=order.remark,
    )  # fmt: skip
