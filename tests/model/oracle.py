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
    sources: dict[str, int] = field(default_factory=dict)  # what wallets paid and still may get back, by their names
    prepaid: int = 0
    outside_back: int = 0
    has_account: bool = False
    points_spent: int = 0
    earned: int = 0
    completed: bool = False

    @property
    def statuses(self) -> tuple[str, str]:
        """Of the order and of its payment."""
        if self.fate == "open" and self.prepaid:
            return "placed", "partially_paid"
        if self.fate in UNPAID:
            return UNPAID[self.fate]
        paid = "refunded" if self.back == self.due else "partially_refunded" if self.back else "paid"
        return ("canceled" if self.fate == "canceled" else "completed" if self.completed else "placed"), paid

    @property
    def left(self) -> int:
        return self.due - self.promised_back

    def owe(self, amount: int) -> dict[str, int]:
        """Promise so much back and say out of what: money from outside ("") first, then credit, then cards."""
        self.promised_back += amount
        outside = self.due - self.prepaid - self.outside_back
        left = {"": outside} | {
            name: self.sources[name] for name in sorted(self.sources, key=lambda name: (name != "credit", name))
        }
        shares = {}
        for name, there in left.items():
            if share := min(there, amount):
                shares[name] = share
                amount -= share
                if name:
                    self.sources[name] -= share
        self.outside_back += shares.get("", 0)
        assert amount == 0, "more was promised than was paid"
        return shares

    @property
    def points_moved(self) -> int:
        """Earned ones that stay, less spent ones that did not return; both follow the money that is back."""
        if (self.fate in UNPAID and self.fate != "open") or self.back == self.due:
            return 0
        returned = self.points_spent * self.back // self.due
        return self.earned * (self.due - self.back) // self.due - self.points_spent + returned

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
class Purse:
    """What the shopper has in the store: money by wallet, and points given by hand."""

    held: dict[str, int] = field(default_factory=dict)
    points: int = 0


@dataclass
class Shelf:
    on_hand: int
    reserved: int = 0
    allocated: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated
