"""News in our own protocol, in callbacks and on the page that is fetched."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from infra.warehouse import generic_records as wire
from infra.warehouse import generic_wire
from infra.warehouse.simulator.records import Account, Back, Body, Lacked, Sent, Shelf, Step, Stopped
from infra.warehouse.simulator.voices import VOICES, Call


def voice(account: Account, body: Body, now: datetime) -> Call:
    content = msgspec.json.encode(wire.Callback([worded(body)]))
    return Call(account.callback_url, content, generic_wire.signed_callback(
        account.app_secret, account.app_key, content, now
    ))  # fmt: skip


VOICES["generic"] = voice


def worded(body: Body) -> wire.News:
    match body:
        case Sent():
            return wire.Shipment(f"{body.reference}:{body.tracking}", body.reference, parcel(body), body.last)
        case Shelf():
            return stock(body)
        case Stopped():
            return wire.Canceled(f"{body.reference}:canceled", body.reference, _time(body.at), body.remark)
        case Step():
            step = f"{body.reference}:{'packed' if body.packed else 'picked'}:{body.picked}"
            return wire.Progress(step, body.reference, body.picked, body.packed, _time(body.at))
        case Lacked():
            lines = [wire.Lacking(one.line_id, one.sku, one.missing, one.found_sku) for one in body.lines]
            return wire.Short(f"{body.reference}:short", body.reference, lines, _time(body.at), body.remark)
        case Back():
            found = [wire.Found(one.line_id, one.sku, one.good, one.damaged) for one in body.lines]
            return wire.Returned(f"{body.reference}:returned", body.reference, found, _time(body.at), body.remark)


def parcel(sent: Sent) -> wire.Sent:
    lines = [wire.Line(line.line_id, line.sku, line.quantity) for line in sent.lines]
    return wire.Sent(sent.tracking, sent.carrier, sent.carrier_name, _time(sent.at), lines)


def stock(shelf: Shelf) -> wire.Stock:
    available = max(shelf.quantity - shelf.held, 0)
    return wire.Stock(f"{shelf.sku}:{shelf.changes}", shelf.sku, available, _time(shelf.at))


def _time(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
