"""A freight template: what delivery costs, by piece, by weight or flat, region by region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from app.freight.places import Destination

ChargedBy = Literal["flat", "piece", "weight"]
CHARGED_BY: tuple[ChargedBy, ...] = get_args(ChargedBy)


@dataclass(frozen=True, slots=True)
class Load:
    """What travels together; `amount` is what its goods cost after every price cut."""

    pieces: int
    grams: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What one part of the world costs.

    `areas` are names of provinces, cities or districts, none for the whole country; without a country it is everywhere
    else. `free_from_*`: whichever is reached first makes delivery free.
    """

    country: str = ""
    areas: tuple[str, ...] = ()
    delivers: bool = True
    first_units: int = 1
    first_amount: int = 0
    further_units: int = 1
    further_amount: int = 0
    free_from_amount: int | None = None
    free_from_pieces: int | None = None

    def holds(self, to: Destination) -> bool:
        if not self.country:
            return True
        return self.country == to.country and (not self.areas or any(map(to.lies_in, self.areas)))

    def frees(self, load: Load) -> bool:
        by_amount = self.free_from_amount is not None and load.amount >= self.free_from_amount
        by_pieces = self.free_from_pieces is not None and load.pieces >= self.free_from_pieces
        return by_amount or by_pieces

    def price(self, charged_by: ChargedBy, load: Load) -> int:
        """The first unit, and every further one that was begun."""
        if self.frees(load):
            return 0
        units = {"flat": 0, "piece": load.pieces, "weight": load.grams}[charged_by]
        further = -(-max(units - self.first_units, 0) // self.further_units)
        return self.first_amount + further * self.further_amount

    def missing_for_free(self, load: Load) -> int:
        """How much more has to be bought until delivery costs nothing; 0 when it does already or never will."""
        if self.free_from_amount is None or self.frees(load) or not (self.first_amount or self.further_amount):
            return 0
        return self.free_from_amount - load.amount


@dataclass(frozen=True, slots=True)
class Template:
    """`id` is None for the one price of a store that never made a template."""

    id: UUID | None
    name: str
    charged_by: ChargedBy
    regions: tuple[Region, ...]
    is_default: bool = False

    def region_for(self, to: Destination) -> Region | None:
        """The closest fit: named places win over a whole country, and that over everywhere else; None if nothing fits.

        The earlier row wins among equals.
        """
        fitting = [region for region in self.regions if region.holds(to)]
        return min(fitting, key=lambda region: (not region.areas, not region.country), default=None)

    def usual_region(self, country: str) -> Region | None:
        """What is shown before an address is known: the rest of the store's own country, if goods are sent there."""
        usual = self.region_for(Destination(country))
        if usual and usual.delivers:
            return usual
        return next((region for region in self.regions if region.delivers), usual)


def flat_template(amount: int, free_from: int | None) -> Template:
    """The store's one price for delivery, nothing from a certain amount of goods on."""
    return Template(None, "", "flat", (Region(first_amount=amount, free_from_amount=free_from),), True)


def kilograms(grams: int) -> str:
    """As people write a weight: `0.5`."""
    return f"{grams // 1000}.{grams % 1000:03}".rstrip("0").rstrip(".")
