"""News as Jushuitan writes it, in callbacks and in the answers of its queries."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from infra.warehouse import jushuitan_wire
from infra.warehouse.jushuitan_records import (
    Canceled,
    Item,
    Lack,
    Lacking,
    Progress,
    Received,
    ReturnItem,
    Shipment,
    Stock,
)
from infra.warehouse.jushuitan_wire import OUR_CARRIERS, beijing, signed_params
from infra.warehouse.simulator.records import Account, Back, Body, Lacked, Sent, Shelf, Step, Stopped
from infra.warehouse.simulator.voices import FORM, VOICES, Call


def voice(account: Account, body: Body, now: datetime) -> Call:
    method, record = _worded(body)
    params = {"app_key": account.app_key, "method": method}
    form = signed_params(account.app_secret, params, [record], now)
    return Call(account.callback_url, urlencode(form).encode(), FORM)


VOICES["jushuitan"] = voice


def _worded(body: Body) -> tuple[str, object]:
    match body:
        case Sent():
            return jushuitan_wire.PUSH_SHIPMENT, shipment(body)
        case Shelf():
            return jushuitan_wire.PUSH_STOCK, stock(body)
        case Stopped():
            canceled = Canceled(body.reference, body.number, _time(body.at), body.remark)
            return jushuitan_wire.PUSH_CANCEL, canceled
        case Step():
            progress = Progress(body.reference, body.number, body.picked, body.packed, _time(body.at))
            return jushuitan_wire.PUSH_PROGRESS, progress
        case Lacked():
            lacking = [Lacking(one.sku, one.missing, one.line_id, one.found_sku) for one in body.lines]
            return jushuitan_wire.PUSH_LACK, Lack(body.reference, body.number, _time(body.at), lacking, body.remark)
        case Back():
            return jushuitan_wire.PUSH_RETURN, received(body)


def shipment(sent: Sent) -> Shipment:
    return Shipment(
        so_id=sent.reference,
        o_id=sent.number,
        l_id=sent.tracking,
        lc_id=OUR_CARRIERS[sent.carrier],
        logistics_company=sent.carrier_name,
        send_date=_time(sent.at),
        items=[
            Item(line.sku, line.quantity, line.line_id, name=line.name, referrer_id=line.referrer_id)
            for line in sent.lines
        ],
        is_send_all=sent.last,
    )


def stock(shelf: Shelf) -> Stock:
    return Stock(shelf.sku, shelf.quantity, _time(shelf.at), shelf.held)


def received(back: Back) -> Received:
    items = [
        ReturnItem(one.sku, one.good + one.damaged, one.line_id, r_qty=one.good, defective_qty=one.damaged)
        for one in back.lines
    ]
    return Received(back.reference, back.number, back.order_reference, _time(back.at), items, back.remark)


def _time(moment: int) -> str:
    return beijing(datetime.fromtimestamp(moment, UTC))
