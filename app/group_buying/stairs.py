"""The steps of a ladder: what a unit costs at which count, and what may be changed once people have joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol
from uuid import UUID

import msgspec

from app.group_buying.campaigns import Campaign
from app.group_buying.items import Item, Tier
from app.group_buying.kinds import LadderTerms, Terms
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

MOST_STEPS = 5


class Stairs(msgspec.Struct, frozen=True):
    """The steps of an item, the first one from nobody on, and which of them holds at a count."""

    steps: tuple[Tier, ...]
    now: int
    count: int

    @property
    def price_amount(self) -> int:
        return self.steps[self.now].price_amount

    @property
    def next(self) -> Tier | None:
        """None at the last step."""
        return self.steps[self.now + 1] if self.now + 1 < len(self.steps) else None

    @property
    def missing(self) -> int:
        """How many more until the next step."""
        return self.next.from_count - self.count if self.next else 0


def stairs_of(item: Item, count: int) -> Stairs:
    steps = (Tier(0, item.price_amount), *item.tiers)
    return Stairs(steps, max(place for place, step in enumerate(steps) if step.from_count <= count), count)


def check_stairs(price_amount: int, tiers: Sequence[Tier]) -> str:
    """What is wrong with an item's steps, as an English msgid; nothing when they can be climbed."""
    steps = [Tier(0, price_amount), *tiers]
    if not 1 <= len(tiers) < MOST_STEPS:
        return N_("Give it at least one step below the first price, and at most five prices in all.")
    for before, after in pairwise(steps):
        if after.from_count <= max(before.from_count, 1):
            return N_("Every step needs a higher count than the one before.")
        if not 0 < after.price_amount < before.price_amount:
            return N_("Every step needs a lower price than the one before.")
    return ""


def keeps_promise(before: Item, price_amount: int, tiers: Sequence[Tier], count: int) -> bool:
    """Whether nobody who joined for the old steps is worse off: from this count on, no count costs more than it did."""
    counts = {count} | {tier.from_count for tier in (*before.tiers, *tiers) if tier.from_count > count}
    after = msgspec.structs.replace(before, price_amount=price_amount, tiers=tuple(tiers))
    return all(after.price_at(each) <= before.price_at(each) for each in counts)


class Offered(Protocol):
    """One variant as somebody wants to offer it."""

    @property
    def variant(self) -> UUID: ...
    @property
    def price_amount(self) -> int: ...
    @property
    def tiers(self) -> Sequence[Tier]: ...


def check_ladder(terms: Terms, items: Sequence[Offered], known: Campaign | None, before: Mapping[UUID, Item]) -> None:
    """Steps can be climbed; and what people joined for can only become better. Raises InvalidInput."""
    if not isinstance(terms, LadderTerms):
        return
    wrong = {f"steps_{each.variant}": check_stairs(each.price_amount, each.tiers) for each in items}
    if known and known.last_sequence and isinstance(known.terms, LadderTerms):
        count = known.taken_people if known.terms.counts == "people" else known.taken_units
        worse = [
            each.variant
            for each in items
            if each.variant in before and not keeps_promise(before[each.variant], each.price_amount, each.tiers, count)
        ]
        better = N_("People have joined for these steps: they can only get better.")
        wrong |= {f"steps_{variant}": better for variant in worse}
        if not _still_promised(known.terms, terms):
            wrong["min_count"] = N_("People have joined by these rules: they can only become easier.")
    if wrong := {field: text for field, text in wrong.items() if text}:
        raise InvalidInput(wrong)


def _still_promised(before: LadderTerms, after: LadderTerms) -> bool:
    """What is counted, when it is sent and what happens below the minimum stays; the minimum may only fall."""
    same = (before.counts, before.ships, before.below_min) == (after.counts, after.ships, after.below_min)
    return same and after.min_count <= before.min_count
