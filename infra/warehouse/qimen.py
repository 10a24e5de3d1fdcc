"""Qimen 奇门, the interface between shops and warehouses many vendors of both speak: XML, of the callback style.

Sources: https://open.taobao.com/api.htm?cid=20725, the pages of taobao.qimen.deliveryorder.create, order.cancel,
deliveryorder.query, returnorder.create and stock.query, and of the callbacks deliveryorder.confirm (docId=25995),
stockchange.report (docId=25996), returnorder.confirm (docId=25997), orderprocess.report and itemlack.report. An order
is known by our number (`deliveryOrderCode`); a warehouse that refuses it because it has it already has it. Answers are
`<response><flag>success|failure</flag><code/><message/>...`; codes of the platform in between begin with `isp.` or
`accesscontrol.` and may change, others are final. There is no question for what was sent since, so what callbacks
should have told is asked for order by order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.etree.ElementTree import Element

from msgspec import Struct

from infra import clock
from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.signatures import BadSignature
from infra.warehouse import qimen_news, qimen_upload, qimen_wire
from infra.warehouse.jushuitan_wire import beijing
from infra.warehouse.port import (
    Notice,
    Receipt,
    ReturnOrder,
    ShipmentPage,
    StockNotice,
    StockPage,
    WarehouseOrder,
    WarehouseOrderState,
    WarehouseRejected,
    WarehouseUnavailable,
)
from infra.warehouse.qimen_wire import number, text
from infra.warehouse.windows import making_sense

HORIZON_S = 30
PAGE_SIZE = 100
UNKNOWN = "不存在"
TRY_LATER = ("isp.", "accesscontrol.")
TOO_OFTEN = "7"


class QimenAccount(Struct, frozen=True):
    """`customer_id` names the warehouse's side, `owner_code` us in its books, `warehouse_code` one of its houses."""

    app_key: str
    app_secret: str
    customer_id: str
    owner_code: str
    base_url: str
    warehouse_code: str = "OTHER"

    def __repr__(self) -> str:
        return f"QimenAccount({self.app_key!r}, {self.customer_id!r})"


class Qimen:
    """Keeps the promises of `WarehouseGateway` in Qimen's dialect."""

    acknowledgment = qimen_wire.ACKNOWLEDGED
    pulls = False
    horizon_s = HORIZON_S

    def __init__(self, account: QimenAccount, outside: Outside) -> None:
        self._account = account
        self._outside = outside

    async def push_order(self, order: WarehouseOrder) -> Receipt:
        """Refused because it is there already is there all the same."""
        account = self._account
        form = qimen_upload.order_form(order, account.owner_code, account.warehouse_code, clock.now())
        try:
            answer = await self._call(qimen_wire.CREATE, form)
        except WarehouseRejected:
            known = await self.query_order(order.reference)
            if known is None or known.status == "canceled":
                raise
            return Receipt(order.reference, known.warehouse_ref)
        return Receipt(order.reference, text(answer, "deliveryOrderId"))

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        if await self._stopped(reference):
            return
        account = self._account
        asked = {
            "warehouseCode": account.warehouse_code,
            "ownerCode": account.owner_code,
            "orderCode": reference,
            "orderType": qimen_upload.SALE,
            "cancelReason": reason,
        }
        refusal: WarehouseRejected | None = None
        try:
            await self._call(qimen_wire.CANCEL, asked)
        except WarehouseRejected as error:
            refusal = error
        if not await self._stopped(reference):
            raise WarehouseRejected("cancel_refused", reference) from refusal

    async def _stopped(self, reference: str) -> bool:
        state = await self.query_order(reference)
        if state is None:
            raise WarehouseRejected("unknown_order", reference)
        if state.parcels or state.status == "shipped":
            raise WarehouseRejected("already_shipped", reference)
        return state.status == "canceled"

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        """No code says that an order is unknown; the words do."""
        asked = {"orderCode": reference, "ownerCode": self._account.owner_code, "page": 1, "pageSize": PAGE_SIZE}
        try:
            answer = await self._call(qimen_wire.QUERY, asked)
        except WarehouseRejected as refusal:
            if UNKNOWN in str(refusal.args[1]):
                return None
            raise
        with making_sense():
            return qimen_news.state(reference, answer)

    async def push_return(self, order: ReturnOrder) -> Receipt:
        form = qimen_upload.return_form(order, self._account.owner_code, self._account.warehouse_code)
        answer = await self._call(qimen_wire.RETURN_CREATE, form)
        return Receipt(order.reference, text(answer, "returnOrderId"))

    async def pull_stock(self, cursor: str = "") -> StockPage:
        """All of it, page by page, from the beginning again at the next round; the cursor is the page."""
        page, account = int(cursor or 1), self._account
        asked = {
            "warehouseCode": account.warehouse_code, "ownerCode": account.owner_code,
            "inventoryType": qimen_news.GOOD, "page": page, "pageSize": PAGE_SIZE,
        }  # fmt: skip
        answer = await self._call(qimen_wire.STOCK_QUERY, asked)
        now = clock.now()
        with making_sense():
            levels = tuple(self._level(item, now) for item in answer.iterfind("items/item"))
        more = len(levels) >= PAGE_SIZE
        return StockPage(levels, str(page + 1) if more else "", more)

    def _level(self, item: Element, now: datetime) -> StockNotice:
        available = max(number(item, "quantity") - number(item, "lockQuantity"), 0)
        sku, house = text(item, "itemCode"), text(item, "warehouseCode")
        return StockNotice(f"{house}:{sku}:{beijing(now)}:{available}", sku, house, available, now)

    async def ack_stock(self, receipts: Sequence[str]) -> None:
        """Levels that are asked for need no receipts."""

    async def pull_shipments(self, cursor: str = "") -> ShipmentPage:
        return ShipmentPage((), "", more=False)

    async def ack_shipments(self, receipts: Sequence[str]) -> None:
        """There is nothing to acknowledge but the callbacks themselves."""

    def parse_callback(self, *, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> list[Notice]:
        account, params = self._account, _params(query)
        qimen_wire.verify_params(account.app_secret, params, body, now)
        if params.get("app_key") != account.app_key or params.get("customerId") != account.customer_id:
            raise BadSignature("signed for another account")
        try:
            return qimen_news.notices(qimen_wire.method_of(params), qimen_wire.read(body))
        except (ValueError, OverflowError) as error:
            raise BadSignature("signed, but not what the method says") from error

    async def _call(self, method: str, said: Mapping[str, Any]) -> Element:
        account, body = self._account, qimen_wire.written("request", said)
        named = {"method": qimen_wire.FRONT + method, "app_key": account.app_key, "customerId": account.customer_id}
        params = qimen_wire.signed_params(account.app_secret, named, body, clock.now())
        try:
            answer = await self._outside.request(
                "POST",
                f"{account.base_url.rstrip('/')}{qimen_wire.PATH}?{urlencode(params)}",
                content=body,
                headers={"Content-Type": "text/xml;charset=utf-8"},
                party=f"{account.customer_id}:{account.app_key}@{account.base_url}",
            )
        except AddressRefused as error:
            raise WarehouseRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise WarehouseUnavailable(str(error)) from error
        if answer.status != 200:
            raise WarehouseUnavailable(f"answered {answer.status}")
        return opened(answer.body)


def opened(body: bytes) -> Element:
    """An answer that went well; raises what it says otherwise. The platform in between words its own refusals."""
    try:
        said = qimen_wire.read(body)
    except qimen_wire.NotXml as error:
        raise WarehouseUnavailable("the answer is broken off or makes no sense") from error
    if text(said, "flag") == "success":
        return said
    code, message = text(said, "sub_code") or text(said, "code"), text(said, "message") or text(said, "msg")
    if text(said, "code") == TOO_OFTEN or code.startswith(TRY_LATER):
        raise WarehouseUnavailable(f"{code} {message}")
    if text(said, "flag") != "failure" and said.tag != "error_response":
        raise WarehouseUnavailable("the answer says neither yes nor no")
    raise WarehouseRejected(code or "failure", message)


def _params(query: str) -> dict[str, str]:
    """Each name once: a second value for a name could be read differently here and there."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise BadSignature("not an address") from error
    params = dict(pairs)
    if len(params) != len(pairs):
        raise BadSignature("a parameter was given twice")
    return params
