"""Rows of contests: who stands against whom, what counted in the end, and what was won."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Contest(Table):
    """A time in which sides are compared by one figure."""

    id = key()
    title = Text(default=None)
    words = Text(default="")
    metric = Text(default=None)
    scope = Text(default="store")
    live_session = reference("live", "LiveSession", null=True)
    campaign = reference("group_buying", "Campaign", null=True)
    by_team = Boolean(default=False)
    split = Text(default="by_score")
    starts_at = Timestamptz(default=None)
    ends_at = Timestamptz(default=None)
    window_days = Integer(default=None)
    least_score = BigInt(default=1)
    cap_bps = Integer(default=None, null=True)
    is_public = Boolean(default=False)
    currency = Text(default=None)
    status = Text(default=None)
    event_seq = Integer(default=0)
    created_by = Text(default=None)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    closed_at = Timestamptz(default=None, null=True)
    settles_by = Timestamptz(default=None, null=True)
    finalized_at = Timestamptz(default=None, null=True)
    paid_at = Timestamptz(default=None, null=True)


class ContestEvent(Table):
    """One step of a contest; never changed."""

    id = key()
    contest = reference("contests", "Contest")
    seq = Integer(default=None)
    from_status = Text(default=None)
    to_status = Text(default=None)
    actor = Text(default=None)
    words = Text(default="")
    at = Timestamptz(default=None)
    contest_seq_is_unique = Unique([contest, seq])


class ContestProduct(Table):
    """A product whose sales count, where not all do."""

    id = key()
    contest = reference("contests", "Contest")
    product = reference("catalog", "Product")
    product_counts_once = Unique([contest, product])


class ContestSide(Table):
    """A team, or somebody who stands alone."""

    id = key()
    contest = reference("contests", "Contest")
    position = Integer(default=None)
    name = Text(default=None)
    side_is_of_one_contest = Unique([contest, id])
    position_is_taken_once = Unique([contest, position])


class ContestEntrant(Table):
    """A promoter on the one side they are on."""

    id = key()
    contest = reference("contests", "Contest")
    side = reference("contests", "ContestSide")
    promoter = reference("promoters", "Promoter")
    promoter_is_on_one_side = Unique([contest, promoter])


class ContestPrize(Table):
    """What a place wins."""

    id = key()
    contest = reference("contests", "Contest")
    place = Integer(default=None)
    amount = BigInt(default=None)
    place_has_one_prize = Unique([contest, place])


class ContestResult(Table):
    """What a side ended with; never changed."""

    id = key()
    contest = reference("contests", "Contest")
    side = reference("contests", "ContestSide")
    place = Integer(default=None)
    score = BigInt(default=None)
    net_amount = BigInt(default=None)
    orders = Integer(default=None)
    reached_at = Timestamptz(default=None, null=True)
    prize_amount = BigInt(default=0)
    side_has_one_result = Unique([contest, side])
    place_has_one_side = Unique([contest, place])


class ContestOrder(Table):
    """An order as it was when the result became final, and why it counted or not; never changed."""

    id = key()
    contest = reference("contests", "Contest")
    side = reference("contests", "ContestSide")
    promoter = reference("promoters", "Promoter")
    order_id = reference("orders", "Order")
    number = Text(default=None)
    paid_at = Timestamptz(default=None)
    gross_amount = BigInt(default=None)
    net_amount = BigInt(default=None)
    units = Integer(default=None)
    units_back = Integer(default=None)
    score = BigInt(default=None)
    reason = Text(default=None)
    order_counts_once_each = Unique([contest, order_id, promoter])


class ContestAward(Table):
    """One person's prize: owed when the result is final, paid into their balance once."""

    id = key()
    contest = reference("contests", "Contest")
    result = reference("contests", "ContestResult")
    promoter = reference("promoters", "Promoter")
    score = BigInt(default=None)
    amount = BigInt(default=None)
    currency = Text(default=None)
    corrected_amount = BigInt(default=0)
    created_at = Timestamptz(default=None)
    paid_at = Timestamptz(default=None, null=True)
    one_award_each = Unique([contest, promoter])


class ContestCorrection(Table):
    """A part of a prize that was taken back, and why; never changed."""

    id = key()
    award = reference("contests", "ContestAward")
    amount = BigInt(default=None)
    reason = Text(default=None)
    actor = Text(default=None)
    at = Timestamptz(default=None)


class LeaderboardSetting(Table):
    """What the store's promoters see of each other: one row."""

    id = key()
    only_one = Boolean(default=True)
    shows = Text(default="own_place")
    metric = Text(default="net_sales")
    updated_at = Timestamptz(default=None)
    there_is_one_leaderboard = Unique([only_one])


class PromoterNickname(Table):
    """How somebody is called on the leaderboard."""

    id = key()
    promoter = reference("promoters", "Promoter")
    nickname = Text(default=None)
    updated_at = Timestamptz(default=None)
    one_nickname_each = Unique([promoter])
