"""What Qimen's callbacks and answers say, in the port's words (the vendor's pages of the methods named here)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from infra.warehouse.jushuitan_wire import from_beijing
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    OrderStatus,
    Parcel,
    ParcelLine,
    ProgressNotice,
    ReturnedLine,
    ReturnNotice,
    ShipmentNotice,
    ShortLine,
    ShortNotice,
    WarehouseOrderState,
)
from infra.warehouse.qimen_wire import CARRIERS, CONFIRM, LACK, PROCESS, RETURN_CONFIRM, number, text

LAST = "0"  # confirmType: 1 is one of several, 0 the last
GOOD = "ZP"
PICKED = frozenset({"PICK", "CHECK"})
PACKED = frozenset({"PACKAGE", "WEIGH", "READY"})
REFUSED = frozenset({"CANCELED", "CLOSED", "REJECT"})
STATUS: dict[str, OrderStatus] = {
    "DELIVERED": "shipped", "SIGN": "shipped", "PARTDELIVERED": "partially_shipped",
    **dict.fromkeys(REFUSED, "canceled"),
}  # fmt: skip


def notices(method: str, said: Element) -> list[Notice]:
    """Other methods are news about things we do not follow.

    So is `stockchange.report`: it tells differences, which cannot be added to a count of unknown age; the levels
    themselves are asked for.
    """
    if method == CONFIRM:
        return list(_shipments(said))
    if method == RETURN_CONFIRM:
        return [_returned(said)]
    if method == LACK:
        return [_short(said)]
    return _process(said) if method == PROCESS else []


def state(reference: str, said: Element) -> WarehouseOrderState:
    order = said.find("deliveryOrder")
    if order is None:
        raise ValueError("the answer holds no order")
    packages = parcels(said)
    status = STATUS.get(text(order, "status"), "partially_shipped" if packages else "accepted")
    return WarehouseOrderState(reference, text(order, "deliveryOrderId"), status, tuple(packages))


def _shipments(said: Element) -> Iterator[ShipmentNotice]:
    """One notice for each package; only the last of the last confirmation says that nothing follows."""
    reference = _required(said, "deliveryOrder/deliveryOrderCode")
    complete = text(said, "deliveryOrder/confirmType") in ("", LAST)
    found = parcels(said)
    for at, parcel in enumerate(found, 1):
        notice_id = f"{reference}:{parcel.tracking_number}"
        yield ShipmentNotice(notice_id, reference, parcel, complete and at == len(found))


def parcels(said: Element) -> list[Parcel]:
    if said.find("packages/package") is None:
        return []
    at = from_beijing(text(said, "deliveryOrder/orderConfirmTime") or text(said, "deliveryOrder/operateTime"))
    lines = _Lines(said)
    return [
        Parcel(
            tracking_number=_required(package, "expressCode"),
            carrier_code=carrier(text(package, "logisticsCode")),
            carrier_name=text(package, "logisticsName") or text(package, "logisticsCode"),
            shipped_at=at,
            lines=tuple(
                line
                for item in package.iterfind("items/item")
                for line in lines.take(text(item, "itemCode"), number(item, "quantity"))
            ),
        )
        for package in said.iterfind("packages/package")
    ]


class _Lines:
    """Packages name goods, lines name our lines: each piece counts for the first line it fits that is not full yet."""

    def __init__(self, said: Element) -> None:
        self._left = [
            (text(line, "orderLineNo"), text(line, "itemCode"), number(line, "actualQty"))
            for line in said.iterfind("orderLines/orderLine")
        ]

    def take(self, sku: str, quantity: int) -> Iterator[ParcelLine]:
        """Pieces no line has room for are told with their number only; nobody ordered them."""
        for at, (line_id, of, left) in enumerate(self._left):
            taken = min(quantity, left) if of == sku else 0
            if taken > 0:
                self._left[at] = (line_id, of, left - taken)
                quantity -= taken
                yield ParcelLine(line_id, sku, taken)
        if quantity > 0:
            yield ParcelLine("", sku, quantity)


def _returned(said: Element) -> ReturnNotice:
    """A line may be there twice, once with what is good and once with what is damaged. Each receipt has its own id."""
    reference = _required(said, "returnOrder/returnOrderCode")
    counted: dict[tuple[str, str], list[int]] = {}
    for line in said.iterfind("orderLines/orderLine"):
        pair = counted.setdefault((text(line, "orderLineNo"), text(line, "itemCode")), [0, 0])
        damaged = text(line, "inventoryType") not in ("", GOOD)
        pair[damaged] += number(line, "actualQty")
    lines = tuple(ReturnedLine(line, sku, good, damaged) for (line, sku), (good, damaged) in counted.items())
    at = from_beijing(text(said, "returnOrder/orderConfirmTime"))
    notice_id = f"{reference}:{text(said, 'returnOrder/outBizCode') or text(said, 'returnOrder/returnOrderId')}"
    return ReturnNotice(notice_id, reference, lines, at, text(said, "returnOrder/remark"))


def _short(said: Element) -> ShortNotice:
    """The vendor names goods and not lines, unless the warehouse adds the line's number."""
    reference = _required(said, "deliveryOrderCode")
    items = list(said.iterfind("items/item"))
    lines = tuple(
        ShortLine(text(item, "orderLineNo"), text(item, "itemCode"), number(item, "lackQty"))
        for item in items
        if number(item, "lackQty") > 0
    )
    reason = next((text(item, "reason") for item in items), "")
    missing = ",".join(sorted(f"{line.line_id}{line.sku}={line.missing}" for line in lines))
    return ShortNotice(f"{reference}:lack:{missing}", reference, lines, reason, from_beijing(text(said, "createTime")))


def _process(said: Element) -> list[Notice]:
    """Steps inside the warehouse, and its refusal. How many pieces are picked only some warehouses say."""
    reference, status = _required(said, "order/orderCode"), text(said, "process/processStatus")
    at = from_beijing(text(said, "process/operateTime"))
    if status in REFUSED:
        return [CancelNotice(f"{reference}:canceled", reference, text(said, "process/remark"), at)]
    if status in PICKED | PACKED:
        picked = number(said, "process/extendProps/pickedQty")
        return [ProgressNotice(f"{reference}:{status}:{picked}", reference, picked, status in PACKED, at)]
    return []


def carrier(code: str) -> str:
    return CARRIERS.get(code, code.lower())


def _required(said: Element, path: str) -> str:
    found = text(said, path)
    if not found:
        raise ValueError(f"{path} is missing")
    return found
