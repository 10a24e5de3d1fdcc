"""Who earns what of one line: a rule without a world around it.

A line is paid from the seller outwards. What does not fit under the plan's cap is cut from whoever is farthest from the
shopper. A cut of rates does not reach for thirty days whoever shared before it; a raise counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from app.commissions.plans import NOBODY, OWN_RATE, SCOPES, Plan, Rule, Term
from app.commissions.shares import flat_ceiling, share_amount
from app.kernel.money import floor_share

KEPT_FOR = timedelta(days=30)


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """One order line: what was paid for its goods after every cut, without freight and tax, and how many units."""

    base_amount: int
    units: int = 1
    campaign: UUID | None = None
    variant: UUID | None = None
    product: UUID | None = None
    category: str = ""


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who sold, or somebody above; `since` is when they came to the store."""

    promoter: UUID
    level: UUID | None = None
    own_rate_bps: int = 0
    is_active: bool = True
    since: datetime | None = None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one person earns of the line. `listed_bps` is what the rule says, before the cap; for a fee per unit
    `rate_bps` is the most of the base it may be."""

    promoter: UUID
    depth: int
    rule: Rule
    plan: Plan
    listed_bps: int
    rate_bps: int
    cap_bps: int
    amount: int
    flat_amount: int = 0
    units: int = 0
    kept_until: datetime | None = None


class _Seat(msgspec.Struct, frozen=True):
    """A place in the line above the shopper; one of the house is counted and not paid."""

    depth: int
    party: Party
    is_house: bool = False


def rule_for(plan: Plan, sold: Sold, seller: Party) -> Rule:
    """The explicit priority, then the most specific, then the newest."""
    targets = {
        "campaign": str(sold.campaign or ""), "variant": str(sold.variant or ""), "product": str(sold.product or ""),
        "category": sold.category, "promoter_level": str(seller.level or ""), "tenant": "",
    }  # fmt: skip
    fitting = [
        rule for rule in plan.rules
        if rule.target == targets[rule.scope] and (rule.scope == "tenant" or rule.target)
    ]  # fmt: skip
    if not fitting:
        return Rule(id=NOBODY, shape=OWN_RATE)
    return max(fitting, key=lambda rule: (rule.priority, -SCOPES.index(rule.scope), rule.created_at, rule.id))


def evaluate(
    plan: Plan, sold: Sold, chain: Sequence[Party], *, most_bps: int = 10_000, on_inactive: str = "skip"
) -> list[Share]:
    """The shares of one plan, the seller's first and never missing; `most_bps` is what others leave of the line."""
    rule = rule_for(plan, sold, chain[0])
    seats = _seats(rule, chain, on_inactive)
    listed = _listed(rule, sold, seats)
    cap_bps = min(plan.cap_bps, most_bps)
    room, found = max(0, cap_bps), []
    for seat, bps in zip(seats, listed, strict=True):
        rate_bps = min(bps, room)
        room -= rate_bps
        if not seat.is_house and (bps or seat.depth == 0):
            fee = rule.fees[seat.depth] if rule.shape == "flat" else 0
            found.append(_share(plan, rule, sold, seat, (bps, rate_bps, cap_bps), fee))
    return found


def evaluate_over_time(
    terms: Sequence[Term], sold: Sold, chain: Sequence[Party], *, most_bps: int = 10_000, on_inactive: str = "skip"
) -> list[Share]:
    """What everybody earns now: by the first of these plans, or by one that ended lately and gave more to whoever was
    there while it was in force. The cap is then the largest of the plans that pay."""
    best: dict[UUID, Share] = {}
    since = {party.promoter: party.since for party in chain}
    for term in terms:
        for share in evaluate(term.plan, sold, chain, most_bps=most_bps, on_inactive=on_inactive):
            known, came = best.get(share.promoter), since[share.promoter]
            if term is terms[0]:
                best[share.promoter] = share
            elif (
                term.ends_at
                and (came is None or came < term.ends_at)
                and (known is None or share.amount > known.amount)
            ):
                best[share.promoter] = msgspec.structs.replace(share, kept_until=term.ends_at + KEPT_FOR)
    kept = [share.rate_bps if share.plan.version == 0 else share.plan.cap_bps for share in best.values()]
    cap_bps = min(most_bps, max(terms[0].plan.cap_bps if terms[0].plan.version else 0, *kept))
    return _within(sold, sorted(best.values(), key=lambda share: share.depth), max(0, cap_bps))


def _within(sold: Sold, shares: Sequence[Share], cap_bps: int) -> list[Share]:
    """All together under one cap, the outermost cut first."""
    room, found = cap_bps, []
    for share in shares:
        rate_bps = min(share.rate_bps, room)
        room -= rate_bps
        amount = share_amount(sold.base_amount, rate_bps, flat_amount=share.flat_amount, units=share.units)
        found.append(msgspec.structs.replace(share, rate_bps=rate_bps, cap_bps=cap_bps, amount=amount))
    return found


def _seats(rule: Rule, chain: Sequence[Party], on_inactive: str) -> list[_Seat]:
    """Skipped: the place above stays empty. Compressed: the next one moves up to it. House: the store takes it."""
    above = list(chain[1:])
    if on_inactive == "compress":
        above = [party for party in above if party.is_active]
    seats = [_Seat(depth, party, not party.is_active) for depth, party in enumerate(above, start=1)]
    if on_inactive == "skip":
        seats = [seat for seat in seats if not seat.is_house]
    return [seat for seat in (_Seat(0, chain[0]), *seats) if seat.depth < rule.depth]


def _listed(rule: Rule, sold: Sold, seats: Sequence[_Seat]) -> list[int]:
    """What the rule gives each seat, in basis points of the base."""
    if rule.shape == OWN_RATE:
        return [seat.party.own_rate_bps for seat in seats]
    if rule.shape == "flat":
        fees = [rule.fees[seat.depth] for seat in seats]
        return [flat_ceiling(sold.base_amount, fee, sold.units) if fee else 0 for fee in fees]
    if rule.shape == "differential":
        return _differences([_of_level(rule, seat.party) for seat in seats])
    rates = [rule.rates[seat.depth] for seat in seats]
    return rates if rule.shape == "parallel" else _cascade(rates)


def _of_level(rule: Rule, party: Party) -> int:
    return rule.by_level.get(str(party.level), rule.rates[0])


def _differences(rates: Sequence[int]) -> list[int]:
    """Everybody gets their level's percentage less the highest below them."""
    highest, found = 0, []
    for rate in rates:
        found.append(max(0, rate - highest))
        highest = max(highest, rate)
    return found


def _cascade(rates: Sequence[int]) -> list[int]:
    """Whoever is above is paid out of the share before; what is rounded off stays with the nearer one."""
    gross = [rates[0]]
    for rate in rates[1:]:
        gross.append(floor_share(gross[-1], rate))
    return [mine - passed_on for mine, passed_on in zip(gross, [*gross[1:], 0], strict=True)]


def _share(plan: Plan, rule: Rule, sold: Sold, seat: _Seat, bps: tuple[int, int, int], flat_amount: int) -> Share:
    listed_bps, rate_bps, cap_bps = bps
    units = sold.units if flat_amount else 0
    return Share(
        promoter=seat.party.promoter, depth=seat.depth, rule=rule, plan=plan, listed_bps=listed_bps, rate_bps=rate_bps,
        cap_bps=cap_bps, flat_amount=flat_amount, units=units,
        amount=share_amount(sold.base_amount, rate_bps, flat_amount=flat_amount, units=units),
    )  # fmt: skip
