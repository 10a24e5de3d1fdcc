"""A parcel's way as plain facts, and how each dialect tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.carrier import codes
from infra.carrier.calls import BEIJING

KUAIDI100 = {
    "in_transit": "0", "picked_up": "1", "exception": "2", "delivered": "3", "returned": "4", "out_for_delivery": "5",
    "returning": "6", "forwarded": "7", "customs": "10", "cleared": "12", "held": "13", "refused": "14",
}  # fmt: skip
KDNIAO = {
    "picked_up": "1", "in_transit": "2", "out_for_delivery": "202", "delivered": "301", "exception": "405",
    "refused": "404", "returning": "407", "returned": "406", "forwarded": "5", "customs": "602", "held": "604",
}  # fmt: skip
GENERIC = (
    "picked_up", "in_transit", "out_for_delivery", "delivered", "exception", "refused", "returning", "returned",
    "forwarded", "customs",
)  # fmt: skip
WORDS = {"delivered": "您的快件已签收，签收人：{signed_by}，感谢使用", "out_for_delivery": "快递员正在派件"}


@dataclass
class Way:
    """One parcel. `steps` are (moment, what happened), as they happened."""

    number: str
    carrier: str = "shunfeng"
    steps: list[tuple[datetime, str]] = field(default_factory=list)
    signed_by: str = "门卫"
    picture_url: str = ""
    expected_on: str = ""

    def go(self, kind: str, at: datetime | None = None) -> None:
        last = self.steps[-1][0] if self.steps else datetime(2026, 11, 20, 8, tzinfo=UTC)
        self.steps.append((at or last + timedelta(hours=3), kind))

    @property
    def state(self) -> str:
        return max(self.steps)[1]

    def words(self, kind: str) -> str:
        return WORDS.get(kind, "快件：" + kind).format(signed_by=self.signed_by)


def as_kuaidi100(way: Way) -> dict[str, Any]:
    """`lastResult` of a push, and nearly the whole of an answer."""
    events = [
        {"context": way.words(kind), "ftime": beijing(at), "statusCode": KUAIDI100[kind]}
        for at, kind in reversed(way.steps)
    ]
    return {
        "message": "ok", "state": KUAIDI100[way.state], "status": "200", "nu": way.number, "com": way.carrier,
        "ischeck": "1" if way.state == "delivered" else "0", "data": events, "arrivalTime": way.expected_on,
    }  # fmt: skip


def as_kdniao(way: Way, business_id: str) -> dict[str, Any]:
    carrier = codes.find(way.carrier)
    fine = KDNIAO[way.state]
    traces = [
        {"AcceptTime": beijing(at), "AcceptStation": way.words(kind), "Action": KDNIAO[kind]} for at, kind in way.steps
    ]
    return {
        "EBusinessID": business_id, "ShipperCode": carrier.short if carrier else way.carrier,
        "LogisticCode": way.number, "Success": True, "Reason": None, "State": fine[:1], "StateEx": fine,
        "Traces": traces, "EstimatedDeliveryTime": way.expected_on,
    }  # fmt: skip


def as_generic(way: Way) -> dict[str, Any]:
    events = [{"at": at.isoformat(), "text": way.words(kind), "status": kind} for at, kind in way.steps]
    signed = {"signed_by": way.signed_by, "picture_url": way.picture_url} if way.state == "delivered" else {}
    expected = {"expected_on": way.expected_on} if way.expected_on else {}
    return {
        "carrier": way.carrier, "tracking_number": way.number, "status": way.state, "events": events, **signed,
        **expected,
    }  # fmt: skip


def beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
