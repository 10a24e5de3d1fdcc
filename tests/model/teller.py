"""What every module of steps stands on: the store, the loop of its pools, and the story so far."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

import tenants
from app.flows import giving_back
from tests import builders_aftersales
from tests.model.bank import Bank
from tests.model.oracle import Case, Purse, Sale, Shelf
from tests.model.stage import Stage

T = TypeVar("T")
ENDED = ("over", "declined")


class Teller(RuleBasedStateMachine):
    """One store's story. `stage` is the store, `runner` runs the event loop its pools belong to."""

    stage: ClassVar[Stage]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.bank, self.sales, self.cases = Bank(), list[Sale](), list[Case]()
        self.shelves: dict[Any, Shelf] = {}
        self.purse = Purse()

    def do(self, deed: Coroutine[Any, Any, T]) -> T:
        """Run in the store, on the loop of its pools."""

        async def inside() -> T:
            with tenants.bind(self.stage.tenant):
                return await deed

        # `runner.run` would get ready for Ctrl-C and look back on it, some hundred thousand times.
        return self.runner.get_loop().run_until_complete(inside())

    def pick(self, number: int, *fates: str) -> Sale:
        found = [sale for sale in self.sales if not fates or sale.fate in fates]
        return found[number % len(found)]

    def has(self, *fates: str) -> bool:
        return any(sale.fate in fates for sale in self.sales)

    def owe(self, sale: Sale, amount: int, *, into_credit: bool = False) -> None:
        """So much is promised back; what a wallet paid is back in it at once."""
        for source, share in sale.owe(amount).items():
            if source or into_credit:
                sale.back += share
                self.purse.held["credit" if into_credit else source] += share

    def take_unsent(self, sale: Sale, units: dict[Any, int]) -> None:
        for order_line, count in units.items():
            sale.unsent[order_line] -= count
            self.shelves[sale.lines[order_line][0]].allocated -= count

    async def requests_follow(self, sale: Sale) -> None:
        """A refund by hand ends the requests about goods with nothing left, and lowers those with less left."""
        async with tenants.transaction():
            left = {part.order_line: part.without_freight for part in await giving_back.left_of(sale.id)}
        for case in self.cases:
            if case.sale is not sale or case.stage in ENDED:
                continue
            row = await builders_aftersales.case(case.id)
            assert row.wanted_amount <= max(left[case.order_line], 0) or row.settled_directly
            nothing = left[case.order_line] <= 0 and (row.wanted_amount > 0 or not any(left.values()))
            assert row.settled_directly == nothing
            case.wanted = row.wanted_amount
            if row.settled_directly:
                case.stage = "over"
