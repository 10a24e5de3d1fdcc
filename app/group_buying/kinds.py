"""The kinds of campaigns and the rules each of them is played by.

A kind's rules are a struct; a campaign keeps them as JSON in `terms`. Fields have defaults, so that campaigns written
before a rule was invented are still read.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec

Kind = Literal[
    "team_group", "ladder_campaign", "chain_campaign", "community", "presale", "demand_test", "flash_sale"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
NAMES_DAY = frozenset(KINDS) - {"presale", "community"}  # these two have a day of their own


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """The rules every kind has: `ships` says when a paid order may leave.

    `at_once` when it is paid, `confirmed` when its group is complete or the campaign says so. `ships_by` is the last
    day on which parcels leave; without one the store's usual hours count. A pre-sale has a day of its own.
    """

    ships: Literal["at_once", "confirmed"] = "at_once"
    numbered: bool = False
    ships_by: date | None = None


class FlashSaleTerms(Terms, frozen=True):
    """A price for a short time and a few units; everything else is a plain order.

    With a `live_session` it is the price of a slot of that session: open while the slot is on air, and shown there and
    to whoever was given its address, in no list.
    """

    live_session: UUID | None = None


class CommunityTerms(Terms, frozen=True):
    """A list with a cut-off; leaders hand the goods out at pickup points.

    `points` none means every open point of the store. Orders are counted at the cut-off: a point with fewer than
    `point_orders`, or everybody if the campaign has fewer than `least_orders`, is refunded. Who ordered before the
    cut-off may pay for `grace_minutes` after it. `pickup_bps` is the leader's who hands out; whoever brought the
    shopper gets what the cap of the line leaves of the own rate. The goods come `delivery_days` after the cut-off.
    """

    ships: Literal["at_once", "confirmed"] = "confirmed"
    numbered: bool = True
    points: tuple[UUID, ...] = ()
    least_orders: int = 0
    point_orders: int = 0
    grace_minutes: int = 10
    freight: Literal["free", "usual"] = "free"
    pickup_bps: int = 300
    cap_bps: int = 2000
    delivery_days: int = 1
    overdue_days: int = 3

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)


class Question(msgspec.Struct, frozen=True):
    """What the leader of a chain asks everybody who takes part: a text, or one of some choices."""

    label: str
    kind: Literal["text", "choice"] = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


MOST_QUESTIONS = 8


class ChainTerms(Terms, frozen=True):
    """A list where every paid order gets the next number. `help_sell`: other leaders may copy it."""

    numbered: bool = True
    questions: tuple[Question, ...] = ()
    delivery: Literal["express", "pickup", "local"] = "express"
    place: str = ""  # where and when goods are handed out, for pickup
    help_sell: bool = False


class TeamGroupTerms(Terms, frozen=True):
    """`people` within `hours` of the first payment, or everybody gets the money back.

    The leader has one benefit at most: a lower price (`price`), or money back once the team is complete (`reward`);
    `leader_amount` is how much. `at_close` says what becomes of forming teams when the campaign's time is over: they
    fail with it, or have their own time. `completes_itself`: a team whose time is over is completed by the store, with
    whoever is in it; off unless the merchant wants it. Both completions are shown as what they are.
    """

    ships: Literal["at_once", "confirmed"] = "confirmed"
    people: int = 3
    hours: int = 24
    alone: bool = True
    leader_benefit: Literal["none", "price", "reward"] = "none"
    leader_amount: int = 0
    at_close: Literal["fail", "run_out"] = "run_out"
    merchant_completes: bool = True
    completes_itself: bool = False


class LadderTerms(Terms, frozen=True):
    """The price falls as more is sold; at the end everybody pays what the last step says.

    `counts` says what the steps count: paid units, or people. Below `min_count` it comes to nothing: everybody is
    refunded, or everybody keeps what was paid.
    """

    ships: Literal["at_once", "confirmed"] = "confirmed"
    counts: Literal["units", "people"] = "units"
    min_count: int = 0
    below_min: Literal["refund", "keep"] = "refund"


class PresaleTerms(Terms, frozen=True, kw_only=True):
    """Sold before it is there. `ships_at` is promised to everybody; a paid order waits for it.

    With `deposits` (by variant, per unit) the first payment is the deposit, and it counts as `worth` of the price: of
    100 with a deposit of 20 that counts as 50, 20 are paid first and 50 later. The balance can be paid from `opens_at`
    to `due_at`; if it is not, the deposit is kept (`forfeits`) or goes back.
    """

    ships: Literal["at_once", "confirmed"] = "confirmed"
    ships_at: datetime | None = None
    deposits: dict[str, int] = {}
    worth: dict[str, int] = {}
    opens_at: datetime | None = None
    due_at: datetime | None = None
    forfeits: bool = False

    @property
    def takes_deposit(self) -> bool:
        return bool(self.deposits) and self.opens_at is not None and self.due_at is not None

    def deposit_of(self, variant: UUID) -> int:
        return self.deposits.get(str(variant), 0) if self.takes_deposit else 0

    def worth_of(self, variant: UUID) -> int:
        """What the deposit counts as: never less than itself."""
        deposit = self.deposit_of(variant)
        return max(self.worth.get(str(variant), deposit), deposit)


class DemandTestTerms(Terms, frozen=True, kw_only=True):
    """Whether it is wanted: `metric` against `target` (of a conversion: `target_bps`) when the time is over.

    `planned_units` at `unit_cost_amount` is what would be bought; a no-go avoids losing that. An unclear test goes on
    for `extend_hours`, `extensions` times at most.

    With `deposits` (by variant, per unit) only those are paid before the verdict. After a go the balance can be paid
    for `balance_days`; if it is not, the deposit is kept (`forfeits`) or goes back.
    """

    ships: Literal["at_once", "confirmed"] = "confirmed"
    metric: Literal["views", "intents", "deposits", "conversion"] = "deposits"
    target: int = 30
    target_bps: int = 500
    planned_units: int = 0
    unit_cost_amount: int = 0
    extend_hours: int = 72
    extensions: int = 1
    deposits: dict[str, int] = {}
    balance_days: int = 7
    forfeits: bool = False

    def deposit_of(self, variant: UUID) -> int:
        return self.deposits.get(str(variant), 0)

    def worth_of(self, variant: UUID) -> int:
        return self.deposit_of(variant)


# One struct per kind; a kind that is not here yet has the common rules only.
TERMS: dict[str, type[Terms]] = {
    "chain_campaign": ChainTerms,
    "community": CommunityTerms,
    "demand_test": DemandTestTerms,
    "flash_sale": FlashSaleTerms,
    "ladder_campaign": LadderTerms,
    "presale": PresaleTerms,
    "team_group": TeamGroupTerms,
}


def read_terms(kind: str, text: str | bytes) -> Terms:
    """The rules of a campaign of this kind, as they were stored."""
    return msgspec.json.decode(text, type=TERMS.get(kind, Terms))


def write_terms(terms: Terms) -> str:
    return msgspec.json.encode(terms).decode()


def terms_of(kind: str, values: dict[str, Any]) -> Terms:
    """The same from plain values. Raises msgspec.ValidationError."""
    return msgspec.convert(values, TERMS.get(kind, Terms))
