"""The oracle: what a shop's money and shelves must look like, told in plain arithmetic.

It knows nothing of tables, ledgers or jobs. Prices are taken from the orders as they were placed; how they come about
has tests of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

UNPAID = {"open": ("placed", "unpaid"), "expired": ("expired", "voided"), "voided": ("canceled", "voided")}


@dataclass
class Sale:
    """One order. `due` is what it costs, `tries` the numbers under which it may be paid at the bank."""

    id: UUID
    number: str
    lines: dict[UUID, tuple[UUID, int]]  # by order line: variant and units
    due: int
    fate: str = "open"  # open, expired, voided (called off unpaid), paid, canceled (called off after it was paid)
    promised_back: int = 0
    back: int = 0
    unsent: Counter[UUID] = field(default_factory=Counter)  # units of order lines still to be sent
    sent: bool = False
    tries: list[str] = field(default_factory=list)
    coupon: bool = False
    arrived: Counter[UUID] = field(default_factory=Counter)  # units of order lines that reached the shopper

    @property
    def statuses(self) -> tuple[str, str]:
        """Of the order and of its payment."""
        if self.fate in UNPAID:
            return UNPAID[self.fate]
        paid = "refunded" if self.back == self.due else "partially_refunded" if self.back else "paid"
        return ("canceled" if self.fate == "canceled" else "placed"), paid

    @property
    def left(self) -> int:
        return self.due - self.promised_back

    @property
    def uses_its_coupon(self) -> bool:
        """Until the order ends unpaid, or everything that was paid is back."""
        return self.coupon and self.fate not in ("expired", "voided") and (self.fate == "open" or self.back < self.due)


@dataclass
class Case:
    """One request about units of one order line, and how far it is."""

    id: UUID
    kind: str
    sale: Sale
    order_line: UUID
    units: int
    wanted: int
    stage: str = "requested"  # requested, awaiting, received, inspected, over


@dataclass
class Shelf:
    on_hand: int
    reserved: int = 0
    allocated: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated
