"""Steps about goods on their way: two warehouses that split, miss, give back and send again, and their news.

The warehouses are the oracle's own: what they are asked for is read once, what they do is decided here, and what they
tell comes twice, backwards, or once more much later. Between two steps no warehouse is packing anything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from msgspec import structs

import tenants
from app import aftersales, fulfillment, inventory, payments
from app.flows import giving_back
from app.flows.announce_return import announce_return
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.refund_unsent import ask_to_refund
from app.flows.refund_wish import RefundWish
from app.flows.request_refund import SHORT_PICK, NothingToRefund, request_refund
from app.flows.reship_parcel import reship_parcel
from app.flows.settle_short import NobodyHasIt, reroute_short
from app.flows.stop_work_order import ask_to_stop, stop_at_warehouse
from app.flows.take_notice import take_notice
from app.fulfillment import SentAgain
from app.inventory import NotEnoughStock
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from app.payments import RefundLine
from infra.warehouse.port import (
    Notice,
    Parcel,
    ParcelLine,
    Receipt,
    ReturnedLine,
    ReturnNotice,
    ReturnOrder,
    ShipmentNotice,
    ShortLine,
    ShortNotice,
    WarehouseRejected,
)
from tests import builders_selling
from tests.builders_aftersales import context
from tests.model.oracle import Case, Sale
from tests.model.teller import Teller
from workers import fulfillment as jobs

PICK = st.integers(min_value=0, max_value=10_000)
BY = "Su He"
WAITING = """
SELECT work.id, work.reference, work.warehouse, work.status, line.order_line, line.quantity
FROM fulfillment_order AS work JOIN fulfillment_order_line AS line ON line.fulfillment_order = work.id
WHERE work.order_id = $1 AND work.submitted_at IS NULL AND work.status IN ('open', 'on_hold')
ORDER BY work.reference, line.order_line
"""


@dataclass
class Depot:
    """Every warehouse at once, as whoever asks something back meets it."""

    refuses: bool = False
    horizon_s = 0

    async def cancel_order(self, reference: str, reason: str = "") -> None:
        if self.refuses:
            raise WarehouseRejected("already_shipped", "on the truck")

    async def push_return(self, order: ReturnOrder) -> Receipt:
        return Receipt(order.reference, f"R-{order.reference}")


DEPOT = Depot()


@dataclass
class Work:
    """What one warehouse will be asked to send, by order line."""

    id: UUID
    reference: str
    warehouse: UUID
    status: str
    units: Counter[UUID] = field(default_factory=Counter)

    def one(self, dice: int) -> tuple[UUID, int]:
        """One line of it, and some of its units."""
        line, units = sorted(self.units.items())[dice % len(self.units)]
        return line, 1 + dice % units


class Shipping(Teller):
    """The steps about warehouses."""

    home: UUID
    east: UUID

    def __init__(self) -> None:
        super().__init__()
        self.news = list[Notice]()

    async def open_warehouses(self) -> None:
        """The second one stays for all stories."""
        async with tenants.transaction():
            known = await fulfillment.warehouses()
        self.home = next(one.id for one in known if one.is_default)
        others = [one.id for one in known if not one.is_default]
        self.east = others[0] if others else await builders_selling.warehouse("East")

    def a_parcel_leaves(self, which: int) -> None:
        """Everything of one order that waits, from wherever it is."""
        sale = self._waiting(which)
        for work in self.do(self._works(sale)):
            self._leaves(sale, work, 0)

    def a_warehouse_works(self, which: int, dice: int, trouble: int) -> None:
        """One of the work orders of an order: it leaves, is taken back, is short, or is paid back in time."""
        sale = self._waiting(which)
        works = self.do(self._works(sale))
        deed = (self._leaves, self._taken_back, self._is_short, self._paid_back)[trouble]
        deed(sale, works[dice % len(works)], dice)

    @precondition(lambda self: self.news)
    @rule(which=PICK, renamed=st.booleans(), lost=st.booleans())
    def old_news_come_again(self, which: int, renamed: bool, lost: bool) -> None:
        """The same bytes, or the same parcel under another number of the notice: nothing happens twice. Or a parcel is
        lost, and sent again for nothing.
        """
        if lost and which % 3 == 0 and any(sale.sent for sale in self.sales):
            self._sent_again(which)
            return
        notice = self.news[which % len(self.news)]
        if renamed and isinstance(notice, ShipmentNotice):
            notice = structs.replace(notice, notice_id=new_id().hex)
        self.do(take_notice(notice, "{}"))

    def _sent_again(self, which: int) -> None:
        sent = [sale for sale in self.sales if sale.sent]
        sale = sent[which % len(sent)]
        parcel, contents = self.do(self._parcel(sale, which))
        wanted = Counter[UUID]()
        for line, units in contents.items():
            wanted[sale.lines[line][0]] += units
        enough = all(self.shelves[variant].available >= units for variant, units in wanted.items())
        try:
            self.do(reship_parcel(sale.id, parcel, reason="lost", words="", by=BY))
        except SentAgain:
            return
        except NotEnoughStock:
            assert not enough
            return
        assert enough
        for variant, units in wanted.items():
            self.shelves[variant].allocated += units

    def comes_back(self, case: Case, good: int) -> None:
        """The warehouse receives what was announced to it, counts it, and tells so twice."""
        self.do(announce_return(case.id))
        reference = self.do(self._number(case))
        lines = (ReturnedLine(str(case.order_line), "", good, case.units - good),)
        self._tell([ReturnNotice(new_id().hex, reference, lines, now())], 3)
        self.shelves[case.sale.lines[case.order_line][0]].on_hand += good
        case.stage = "inspected"

    def waits(self) -> bool:
        return any(sale.fate == "paid" and +sale.unsent for sale in self.sales)

    def _waiting(self, which: int) -> Sale:
        waiting = [sale for sale in self.sales if sale.fate == "paid" and +sale.unsent]
        return waiting[which % len(waiting)]

    def _leaves(self, sale: Sale, work: Work, dice: int) -> None:
        self.do(self._hand_over(work))
        self._tell(self._parcels(work, work.units, dice), dice)
        self._left(sale, work.units)

    def _taken_back(self, sale: Sale, work: Work, dice: int) -> None:
        """To be held, or to leave from the other warehouse; one that refuses sends it."""
        self.do(self._hand_over(work))
        target = self.east if work.warehouse == self.home else self.home
        purpose, params = ("move", {"warehouse": str(target)}) if dice % 2 else ("hold", {})
        self.do(ask_to_stop(work.id, purpose, params, actor=BY))  # type: ignore[arg-type] # one of two words
        if not self._stopped(work, dice):
            self._tell(self._parcels(work, work.units, dice), dice)
            self._left(sale, work.units)

    def _paid_back(self, sale: Sale, work: Work, dice: int) -> None:
        """Some units of one line, if the warehouse gives them back; else all of it leaves."""
        line, units = work.one(dice)
        self.do(self._hand_over(work))
        wish = RefundWish(new_id(), [RefundLine(line, units, None)], reason="merchant")
        self.do(ask_to_refund(sale.id, wish, actor=BY))
        stopped = self._stopped(work, dice)
        job = context("payments.refund_stopped")
        for _twice in range(2):
            self.do(jobs.refund_stopped(job, order_id=str(sale.id), source=str(wish.source)))
        given = self.do(self._given(wish.source))
        assert stopped or not given
        if given:
            self._gave_back(sale, given, line, units)
        if not stopped:
            self._tell(self._parcels(work, work.units, dice), dice)
            self._left(sale, work.units)

    def _is_short(self, sale: Sale, work: Work, dice: int) -> None:
        """What it misses comes from the other warehouse, is paid back, or comes all the same."""
        line, units = work.one(dice)
        shelf = self.shelves[sale.lines[line][0]]
        self.do(self._hand_over(work))
        free = self.do(self._free(sale.lines[line][0], work.warehouse))
        rest = work.units - Counter({line: units})
        short = ShortNotice(new_id().hex, work.reference, (ShortLine(str(line), "", units),), "not found", now())
        self._tell([short, *self._parcels(work, rest, dice, complete=False)], dice)
        self._left(sale, rest)
        shelf.on_hand -= free  # what cannot be found is not there for anybody else either
        if self._rerouted(work, dice) or self._missing_paid_back(sale, line, units):
            shelf.on_hand -= units
            return
        self._tell(self._parcels(work, Counter({line: units}), dice), dice)
        self._left(sale, Counter({line: units}))

    def _rerouted(self, work: Work, dice: int) -> bool:
        if dice % 4 > 1:
            return False
        try:
            self.do(reroute_short(work.id, by=BY))
        except NobodyHasIt:
            return False
        return True

    def _missing_paid_back(self, sale: Sale, line: UUID, units: int) -> bool:
        """Not when the money of that line is back already."""
        try:
            refunds = self.do(request_refund(sale.id, lines=[RefundLine(line, units, None)], reason=SHORT_PICK))
        except (NothingToRefund, InvalidInput):
            assert self.do(self._money_left(sale, line)) <= 0
            return False
        self._gave_back(sale, sum(refund.amount for refund in refunds), line, units)
        return True

    def _gave_back(self, sale: Sale, amount: int, line: UUID, units: int) -> None:
        self.owe(sale, amount)
        self.do(self.requests_follow(sale))
        self.take_unsent(sale, {line: units} if sale.left else dict(sale.unsent))

    def _stopped(self, work: Work, dice: int) -> bool:
        DEPOT.refuses = dice % 3 == 0
        for _twice in range(2):
            self.do(stop_at_warehouse(work.id))
        return not DEPOT.refuses

    def _left(self, sale: Sale, units: Counter[UUID]) -> None:
        for line, count in units.items():
            shelf = self.shelves[sale.lines[line][0]]
            shelf.allocated -= count
            shelf.on_hand -= count
        sale.arrived += units
        sale.unsent -= units
        sale.sent = sale.sent or bool(units)

    def _parcels(self, work: Work, units: Counter[UUID], dice: int, *, complete: bool = True) -> list[Notice]:
        """One parcel, or two."""
        first = Counter(dict(list(units.items())[:1])) if dice % 2 and len(units) > 1 else Counter[UUID]()
        groups = [group for group in (first, units - first) if group]
        return [self._parcel_of(work, group, complete=complete and group is groups[-1]) for group in groups]

    def _parcel_of(self, work: Work, units: Counter[UUID], *, complete: bool) -> Notice:
        number = f"SF{new_id().hex[-10:].upper()}"
        lines = tuple(ParcelLine(str(line), "", count) for line, count in units.items())
        return ShipmentNotice(number, work.reference, Parcel(number, "sf", "SF", now(), lines), complete)

    def _tell(self, notices: list[Notice], dice: int) -> None:
        """Backwards for every other throw, and twice for every third."""
        told = notices[::-1] if dice % 2 else notices
        for notice in told * (2 if dice % 3 == 0 else 1):
            self.do(take_notice(notice, "{}"))
        self.news += notices

    async def _works(self, sale: Sale) -> list[Work]:
        await plan_fulfillment(sale.id)
        found: dict[UUID, Work] = {}
        async with tenants.transaction():
            for row in await tenants.connection().fetch(WAITING, sale.id):
                work = found.setdefault(row["id"], Work(row["id"], row["reference"], row["warehouse"], row["status"]))
                work.units[row["order_line"]] = row["quantity"]
        asked = sum((work.units for work in found.values()), Counter[UUID]())
        assert asked == +sale.unsent, "warehouses are asked for other units than the order waits for"
        return list(found.values())

    async def _hand_over(self, work: Work) -> None:
        async with tenants.transaction():
            if work.status == "on_hold":
                await fulfillment.let_out(work.id)
            await fulfillment.mark_submitted(work.id)
            await fulfillment.mark_accepted(work.id, f"W-{work.reference}")

    async def _free(self, variant: UUID, warehouse: UUID) -> int:
        async with tenants.transaction():
            return (await inventory.free_units_of([variant])).get((variant, warehouse)) or 0

    async def _given(self, source: UUID) -> int:
        async with tenants.transaction():
            return sum(refund.amount for refund in await payments.refunds_for(source))

    async def _money_left(self, sale: Sale, line: UUID) -> int:
        async with tenants.transaction():
            return sum(part.without_freight for part in await giving_back.left_of(sale.id) if part.order_line == line)

    async def _parcel(self, sale: Sale, which: int) -> tuple[UUID, dict[UUID, int]]:
        async with tenants.transaction():
            parcels = await fulfillment.parcels_of(sale.id)
            parcel = parcels[which % len(parcels)]
            return parcel.id, await fulfillment.parcel_contents(parcel.id, sale.id)

    async def _number(self, case: Case) -> str:
        async with tenants.transaction():
            return (await aftersales.find(case.id)).number
