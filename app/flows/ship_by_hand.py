"""The merchant ships himself: a carrier and a tracking number, typed or in a file, and the parcel has left.

What follows is the same as when a warehouse tells of a parcel. Everything of the work order that has not left goes into
this parcel. The same number again for the same work order changes nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

import tenants
from app import fulfillment, orders
from app.flows import take_shipment
from app.flows.merchant_acts import Actor, record_act
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from infra.carrier import codes
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice

MOST_ROWS = 2_000
LONGEST_NUMBER = 40
MAY_LEAVE = ("open", "submitted", "accepted", "incomplete")
ENCODINGS = ("utf-8-sig", "gb18030")


class NotToShip(Refusal):
    """The work order is held, canceled or has left already."""

    code = "fulfillment.not_to_ship"
    status = 409
    message = "This order is not waiting to be shipped. Nothing was changed."


class Row(NamedTuple):
    """One line of a file or form; `line` is its number there."""

    line: int
    reference: str
    carrier: str
    tracking_number: str


class Bad(NamedTuple):
    row: Row
    why: str


class Told(NamedTuple):
    shipped: int
    bad: list[Bad]


async def ship_by_hand(reference: str, carrier: str, tracking_number: str, *, actor: Actor) -> bool:
    """False when this parcel was known. Raises InvalidInput, NotFound, NotToShip."""
    number = "".join(tracking_number.split()).upper()
    if not number or len(number) > LONGEST_NUMBER or not (number.isascii() and number.replace("-", "").isalnum()):
        raise InvalidInput({"tracking_number": N_("A tracking number has letters and digits, 40 at most.")})
    if not carrier.strip():
        raise InvalidInput({"carrier": N_("Say which carrier has it.")})
    known = codes.find(carrier) or codes.guess(number)
    await record_act(actor, "fulfillment.ship_by_hand", reference, "", {"tracking_number": number})
    async with tenants.transaction():
        order_id = (await fulfillment.by_reference(reference)).order_id
        order = await orders.lock(order_id)
        work_order = await fulfillment.lock_by_reference(reference)
        if work_order.status == "closed" and await _has(order_id, number):
            return False
        if work_order.status not in MAY_LEAVE or order.status != "placed":
            raise NotToShip
        left = [line for line in await fulfillment.progress(work_order.id) if line.asked > line.gone]
        lines = tuple(ParcelLine(str(line.order_line), "", line.asked - line.gone) for line in left)
        parcel = Parcel(
            number, known.code if known else carrier.strip()[:40], known.name if known else carrier.strip()[:40],
            now(), lines,
        )  # fmt: skip
        notice = ShipmentNotice(f"hand:{reference}:{number}", reference, parcel, complete=True)
        _outcome, status = await take_shipment.take(notice)
    return status == "processed"


async def _has(order_id: object, number: str) -> bool:
    found = await tenants.connection().fetchval(
        "SELECT 1 FROM fulfillment WHERE order_id = $1 AND tracking_number = $2", order_id, number
    )
    return found is not None


async def ship_rows(rows: Sequence[Row], *, actor: Actor) -> Told:
    """Each row is a transaction of its own, so a bad one costs only itself and says why."""
    shipped, bad = 0, list[Bad]()
    for row in rows:
        try:
            shipped += await ship_by_hand(row.reference, row.carrier, row.tracking_number, actor=actor)
        except NotFound:
            bad.append(Bad(row, N_("There is no such order to ship.")))
        except InvalidInput as refusal:
            bad.append(Bad(row, next(iter(refusal.fields.values()))))
        except Refusal as refusal:
            bad.append(Bad(row, refusal.message))
    return Told(shipped, bad)


def rows_of_file(content: bytes) -> list[Row]:
    """Reference, carrier, tracking number; a first row of headings is left out. Raises InvalidInput."""
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InvalidInput({"file": N_("This file cannot be read. Save it as CSV in UTF-8.")})
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\0", ""))))
    except csv.Error as error:
        raise InvalidInput({"file": N_("This file cannot be read. Save it as CSV in UTF-8.")}) from error
    rows = [_row(place, cells) for place, cells in enumerate(lines, 1) if any(cell.strip() for cell in cells)]
    if rows and not any(letter.isdigit() for letter in rows[0].reference):
        rows = rows[1:]
    if not rows:
        raise InvalidInput({"file": N_("This file has no rows.")})
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"file": N_("A file has 2,000 rows at most.")})
    return rows


def _row(line: int, cells: Sequence[str]) -> Row:
    """Formula signs of spreadsheets in front of a text are no part of it."""
    padded = [cell.strip().lstrip("'=").strip('"')[:80] for cell in [*cells, "", "", ""][:3]]
    return Row(line, *padded)
