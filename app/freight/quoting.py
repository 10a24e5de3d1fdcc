"""What delivery of a cart costs, parcel by parcel.

Goods that share a template travel together and pay its first unit once. Goods with a template of their own travel in a
parcel of their own, chilled, bulky or from another farm, because that is why they have one; so the templates of a cart
are added up. The other rule in use, the dearest first unit and further units of everything else, lets a light parcel
ride on a heavy one, and the merchant pays for it; and a shopper could not check it against what each product promised.

Free delivery is earned template by template, with the goods that travel together, by what they cost after price cuts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import msgspec

from app.freight.places import Destination
from app.freight.templates import ChargedBy, Load, Region, Template, flat_template
from app.kernel.errors import Refusal


class NotDeliveredThere(Refusal):
    """Some of the goods are not sent to this address."""

    code = "freight.not_delivered_there"
    status = 409
    message = "Not delivered to this address: %(titles)s. Take it out of the cart, or choose another address."

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(titles=", ".join(titles))


class Line(Protocol):
    """A line of a cart or an order as delivery sees it."""

    @property
    def quantity(self) -> int: ...
    @property
    def weight_grams(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Goods:
    """What decides into which parcel a line goes."""

    title: str
    template: UUID | None = None
    ships: bool = True


class Parcel(msgspec.Struct, frozen=True):
    """What travels together: lines by their place, and what the template says for where they go."""

    template: str
    charged_by: ChargedBy
    region: Region
    lines: tuple[int, ...]

    def load(self, lines: Sequence[Line], worth: Sequence[int]) -> Load:
        inside = [lines[place] for place in self.lines]
        return Load(
            pieces=sum(line.quantity for line in inside),
            grams=sum(line.weight_grams * line.quantity for line in inside),
            amount=sum(worth[place] for place in self.lines),
        )


class Delivery(msgspec.Struct, frozen=True):
    """How a cart travels; plain data that an order keeps. `refused` names goods that are not sent there.

    `varies` says that another address could change the price, `is_known` that there is an address.
    """

    sent: tuple[Parcel, ...]
    refused: tuple[str, ...] = ()
    varies: bool = False
    is_known: bool = True

    @property
    def is_certain(self) -> bool:
        return self.is_known or not self.varies

    def parcels(self, lines: Sequence[Line], worth: Sequence[int]) -> Sequence[tuple[int, Sequence[bool]]]:
        """What each parcel costs and which of the lines are in it; `worth` is each line's goods after all cuts."""
        return [
            (
                parcel.region.price(parcel.charged_by, parcel.load(lines, worth)),
                [place in parcel.lines for place in range(len(lines))],
            )
            for parcel in self.sent
        ]

    def missing_for_free(self, lines: Sequence[Line], worth: Sequence[int]) -> tuple[int, int]:
        """How much more has to be bought until delivery costs nothing, and from where that is; 0 if it never will.

        Told for one parcel only: with two, more goods of which kind?
        """
        if len(self.sent) != 1:
            return 0, 0
        (parcel,) = self.sent
        return parcel.region.missing_for_free(parcel.load(lines, worth)), parcel.region.free_from_amount or 0

    def record(self) -> dict[str, Any]:
        return {"kind": "templates", "sent": msgspec.to_builtins(self.sent)}

    def require_delivered(self) -> None:
        """Raises NotDeliveredThere."""
        if self.refused:
            raise NotDeliveredThere(self.refused)


def restore(record: Mapping[str, Any]) -> Delivery:
    """The undo of `Delivery.record`: what an order was delivered for, whatever the templates say today."""
    return Delivery(msgspec.convert(record["sent"], tuple[Parcel, ...]))


@dataclass(frozen=True)
class Tariff:
    """Everything that decides what delivery costs in a store. `home` is the country it sells in."""

    default: Template
    others: Mapping[UUID, Template]
    home: str

    def template_of(self, goods: Goods) -> Template:
        """Its own, or the store's default when it has none."""
        return self.others.get(goods.template, self.default) if goods.template else self.default

    def deliver(self, goods: Sequence[Goods], to: Destination | None) -> Delivery:
        """`to` None: no address yet, and what the store's own country usually costs is shown."""
        sent: list[Parcel] = []
        refused: list[str] = []
        varies = False
        for template, places in self._groups(goods):
            region = template.region_for(to) if to else template.usual_region(self.home)
            varies = varies or len(template.regions) > 1
            if region and region.delivers:
                sent.append(Parcel(template.name, template.charged_by, region, tuple(places)))
            elif to:
                refused += [goods[place].title for place in places]
        return Delivery(tuple(sent), tuple(dict.fromkeys(refused)), varies, to is not None)

    def _groups(self, goods: Sequence[Goods]) -> list[tuple[Template, list[int]]]:
        """Places of the goods that travel together, template by template in the order of the cart."""
        groups: dict[UUID | None, tuple[Template, list[int]]] = {}
        for place, each in enumerate(goods):
            if each.ships:
                template = self.template_of(each)
                groups.setdefault(template.id, (template, []))[1].append(place)
        return list(groups.values())


FREE = Tariff(flat_template(0, None), {}, "")  # picked up where it is brought anyway
