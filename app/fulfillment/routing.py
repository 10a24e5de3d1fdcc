"""Which warehouses send an order: a decision without a world around it, the same for the same facts.

Candidates are tried alone, then in pairs, then in threes; of those that have everything the rules choose the best. Only
what no three warehouses have together leaves in more parcels. A gift travels with the goods, if there is a way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from uuid import UUID

from app.fulfillment.routing_facts import ENDLESS, Goal, Levels, Need, Place, Preference, Reason, Route, Rules, Share

MOST_CANDIDATES = 14  # all threes of them are looked at
NEAR = ("preferred", "same_region", "same_country")  # by distance; further away is not worth a word
Score = tuple[object, ...]


def route(
    needs: Sequence[Need], levels: Levels, places: Iterable[Place], to: Goal, rules: Rules, *, minute: int = 0
) -> Route:
    """Which warehouse sends how many of which line. `minute` of the day is for what would leave today."""
    question = _Question(needs, levels, _candidates(needs, levels, places, to, rules, minute), rules)
    return question.best() or question.in_many() or Route(reasons=(Reason("as_promised"),))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A warehouse with how well it suits: `rank` is the order in which those of one choice are asked for a line."""

    place: Place
    distance: int
    late: bool
    rank: Score

    @property
    def id(self) -> UUID:
        return self.place.id


def _candidates(
    needs: Sequence[Need], levels: Levels, places: Iterable[Place], to: Goal, rules: Rules, minute: int
) -> list[_Candidate]:
    """Warehouses that have anything of it and may send it there; of very many, those with the most of it."""
    usable = [place for place in places if place.active and not _has(place, to, rules, never=True)]
    having = [(had, _look_at(place, to, rules, minute)) for place in usable if (had := _had(place.id, needs, levels))]
    having.sort(key=lambda each: (-each[0], each[1].rank))
    return sorted((one for _had, one in having[:MOST_CANDIDATES]), key=lambda one: one.rank)


def _had(place: UUID, needs: Sequence[Need], levels: Levels) -> int:
    return sum(min(need.quantity, levels.get((need.variant, place), 0)) for need in needs)


def _look_at(place: Place, to: Goal, rules: Rules, minute: int) -> _Candidate:
    far, late = _distance(place, to, rules), place.cutoff_minute is not None and minute >= place.cutoff_minute
    facts = {"region": far, "cost": place.parcel_amount, "cutoff": late, "position": place.position}
    ordered = [facts[name] for name in rules.criteria if name in facts]
    return _Candidate(place, far, late, (*ordered, place.position, place.name, place.id.hex))


def _distance(place: Place, to: Goal, rules: Rules) -> int:
    """0 where the merchant prefers it, 1 in the region, 2 in the country, 3 elsewhere."""
    if _has(place, to, rules, never=False):
        return 0
    if place.country and place.country == to.country:
        return 1 if place.region and to.lies_in(place.region) else 2
    return 3


def _has(place: Place, to: Goal, rules: Rules, *, never: bool) -> bool:
    return any(one.warehouse == place.id and one.never == never and _fits(one, to) for one in rules.preferences)


def _fits(one: Preference, to: Goal) -> bool:
    return one.country == to.country and (not one.region or to.lies_in(one.region))


class _Question:
    """What is wanted and who could send it."""

    def __init__(self, needs: Sequence[Need], levels: Levels, candidates: Sequence[_Candidate], rules: Rules) -> None:
        self.needs, self.levels, self.candidates, self.rules = needs, levels, candidates, rules
        self.goods = [need for need in needs if not need.gift]
        self.gifts = {need.line for need in needs if need.gift}
        self.variant_of = {need.line: need.variant for need in needs}
        self.known = {one.id: one for one in candidates}
        self.bound = self._bound()

    def _bound(self) -> dict[UUID, UUID]:
        """Lines that one warehouse sends whatever the rules say; one that does not have enough binds nothing."""
        pins = {pin.product: pin.warehouse for pin in self.rules.pins}
        wanted = [(need, need.only or pins.get(need.product)) for need in self.needs]
        return {
            need.line: place
            for need, place in wanted
            if place and place in self.known and self.levels.get((need.variant, place), 0) >= need.quantity
        }

    def best(self) -> Route | None:
        """Of few parcels the best; with parcels as the first rule, of as few as it takes. If gifts can travel with the
        goods without making more parcels of them, they do.
        """
        found = self._found(self.needs)
        riding = self._riding(found)
        return self._told(min(riding or found, key=lambda one: one[0])[1]) if found else None

    def _found(self, needs: Sequence[Need]) -> list[tuple[Score, tuple[Share, ...]]]:
        found: list[tuple[Score, tuple[Share, ...]]] = []
        for size in range(1, min(len(self.candidates), max(self.rules.most_parcels, 1)) + 1):
            if found and self.rules.criteria[:1] == ("parcels",):
                break
            filled = (self._fill(needs, chosen) for chosen in combinations(self.candidates, size))
            found += [(self._score(shares), shares) for shares in filled if shares]
        return found

    def _riding(self, found: Sequence[tuple[Score, tuple[Share, ...]]]) -> list[tuple[Score, tuple[Share, ...]]]:
        """Those of which every parcel has goods in it, and that are not more parcels than the goods alone would be."""
        if not self.gifts or not self.goods or not found:
            return []
        alone = min(self._found(self.goods), key=lambda one: one[0])[1]
        most = len(_places(alone))
        return [one for one in found if len(places := _places(one[1])) <= most and places == self._with_goods(one[1])]

    def _with_goods(self, shares: Iterable[Share]) -> set[UUID]:
        return _places(share for share in shares if share.line not in self.gifts)

    def in_many(self) -> Route | None:
        """More are needed: whoever adds the most comes next, until everything is there; for gifts at last."""
        missing = {need.line: need.quantity for need in self.needs}
        chosen, rest = list[_Candidate](), list(self.candidates)
        for needs in (self.goods, self.needs):
            while rest and any(missing[need.line] for need in needs):
                gains = [sum(min(missing[n.line], self._left(n, one)) for n in needs) for one in rest]
                chosen.append(one := rest.pop(gains.index(max(gains))))
                for need in self.needs:
                    missing[need.line] -= min(missing[need.line], self._left(need, one))
        shares = self._fill(self.needs, chosen)
        return self._told(shares) if shares else None

    def _left(self, need: Need, one: _Candidate) -> int:
        return self.levels.get((need.variant, one.id), 0)

    def _fill(self, needs: Sequence[Need], chosen: Sequence[_Candidate]) -> tuple[Share, ...]:
        """Every line from the first warehouse that has all of it, else from several, the fullest first. Nothing if
        they do not have it all, or if one of them is not needed.
        """
        left = {(need.variant, one.id): self._left(need, one) for need in needs for one in chosen}
        shares: list[Share] = []
        for need in sorted(needs, key=lambda need: need.line not in self.bound):
            places = [one.id for one in chosen if self.bound.get(need.line, one.id) == one.id]
            whole = [place for place in places if left[need.variant, place] >= need.quantity]
            taken = _take(need, whole[:1] or sorted(places, key=lambda place: -left[need.variant, place]), left)
            if not taken:
                return ()
            shares += taken
        return tuple(shares) if _places(shares) == {one.id for one in chosen} else ()

    def _used(self, shares: Iterable[Share]) -> list[_Candidate]:
        return [self.known[place] for place in dict.fromkeys(share.warehouse for share in shares)]

    def _score(self, shares: Sequence[Share]) -> Score:
        """The smaller the better. At the same rank, shelves that are counted come before those nobody counts."""
        used = self._used(shares)
        uncounted = sum(self.levels[self.variant_of[share.line], share.warehouse] >= ENDLESS for share in shares)
        facts: dict[str, object] = {
            "parcels": len(used),
            "region": sum(self.known[share.warehouse].distance * share.units for share in shares),
            "cost": (uncounted, sum(one.place.parcel_amount for one in used)),
            "cutoff": sum(one.late for one in used),
            "position": sorted(one.place.position for one in used),
        }
        return (*(facts[name] for name in self.rules.criteria), len(used), sorted(one.rank for one in used))

    def _told(self, shares: tuple[Share, ...]) -> Route:
        used = self._used(shares)
        most = self.rules.most_parcels
        near = (Reason(NEAR[one.distance], {"name": one.place.name}) for one in used if one.distance < len(NEAR))
        pinned = (Reason("pinned", {"name": one.place.name}) for one in used if one.id in set(self.bound.values()))
        count = Reason("split", {"parcels": len(used)}) if len(used) > 1 else Reason("one_parcel")
        many = [Reason("more_than_wanted", {"most": most})] if len(used) > most else []
        reasons = tuple(chain([count], near, pinned, many))
        return Route(shares, reasons, sum(one.place.parcel_amount for one in used), tuple(one.id for one in used))


def _places(shares: Iterable[Share]) -> set[UUID]:
    return {share.warehouse for share in shares}


def _take(need: Need, places: Sequence[UUID], left: dict[tuple[UUID, UUID], int]) -> list[Share]:
    """The units of one line, place after place; nothing if there are too few."""
    shares, wanted = list[Share](), need.quantity
    for place in places:
        if units := min(wanted, max(left[need.variant, place], 0)):
            shares.append(Share(need.line, place, units))
            left[need.variant, place] -= units
            wanted -= units
    return [] if wanted else shares
