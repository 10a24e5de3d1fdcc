"""What somebody asks for, as the forms of shoppers and of the store say it. Not a flow: it reads and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.kernel.errors import InvalidInput
from app.kernel.money import InvalidAmount, parse_amount
from app.kernel.uploads import PrivatePicture


@dataclass(frozen=True, slots=True)
class WishedLine:
    order_line: UUID
    quantity: int
    exchange_variant: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """`amount` is for claims; None means what the units are worth."""

    kind: str
    reason: str
    words: str
    lines: Sequence[WishedLine]
    amount: int | None = None
    pictures: Sequence[PrivatePicture] = ()


def wish_of(values: Mapping[str, str], currency: str) -> Wish:
    """From the texts of a form whose fields are named after order lines: `quantity_<id>`, `instead_<id>`.

    Raises InvalidInput for an amount that is none; lines that are none are not wished for.
    """
    lines = []
    for name, text in values.items():
        line, count = _id_in(name, "quantity_"), text.strip()
        if line and count.isdecimal() and int(count[:6]) > 0:
            lines.append(WishedLine(line, int(count[:6]), _id_in(values.get(f"instead_{line}", ""), "")))
    try:
        amount = parse_amount(values["amount"], currency) if values.get("amount", "").strip() else None
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error
    return Wish(values.get("kind", ""), values.get("reason", ""), values.get("words", ""), lines, amount)


def _id_in(text: str, start: str) -> UUID | None:
    try:
        return UUID(text.removeprefix(start)) if text.startswith(start) else None
    except ValueError:
        return None
