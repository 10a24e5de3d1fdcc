"""What routing is asked with and what it answers: rules, warehouses, wanted goods, and the route with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

CRITERIA = ("parcels", "region", "cost", "cutoff", "position")
ENDLESS = 10**9  # units of a shelf that nobody counts


class Preference(msgspec.Struct, frozen=True):
    """Parcels to a place leave from this warehouse if it has the goods, or never. No region means the whole country."""

    country: str
    region: str
    warehouse: UUID
    never: bool = False


class Pin(msgspec.Struct, frozen=True):
    """This product always leaves from this warehouse; a supplier that ships by itself has a warehouse too."""

    product: UUID
    warehouse: UUID


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What counts first, second and so on, and what the merchant settled by hand."""

    criteria: tuple[str, ...] = CRITERIA
    most_parcels: int = 3
    preferences: tuple[Preference, ...] = ()
    pins: tuple[Pin, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """A warehouse as far as it matters here. `cutoff_minute` is until when it sends the same day."""

    id: UUID
    name: str
    country: str = ""
    region: str = ""
    parcel_amount: int = 0
    position: int = 0
    active: bool = True
    cutoff_minute: int | None = None


class Need(msgspec.Struct, frozen=True):
    """So many units of an order line. `only` is the warehouse that sends it whatever the rules say; a `gift` costs
    nothing, and is not worth a parcel of its own.
    """

    line: UUID
    variant: UUID
    product: UUID
    quantity: int
    only: UUID | None = None
    gift: bool = False


class Goal(Protocol):
    """Where it goes, as the room that knows names of places says it."""

    @property
    def country(self) -> str: ...

    def lies_in(self, area: str) -> bool: ...


class Share(NamedTuple):
    """So many units of a line from this warehouse."""

    line: UUID
    warehouse: UUID
    units: int


class Reason(msgspec.Struct, frozen=True):
    """Why: a code that faces put into words, with what they need for it."""

    code: str
    params: dict[str, str | int] = {}


class Route(msgspec.Struct, frozen=True):
    """The decision. Without shares nobody has everything: what was promised stands."""

    shares: tuple[Share, ...] = ()
    reasons: tuple[Reason, ...] = ()
    amount: int = 0
    places: tuple[UUID, ...] = ()

    @property
    def parcels(self) -> int:
        return len(self.places)


Levels = Mapping[tuple[UUID, UUID], int]  # (variant, warehouse) -> units that can be had
