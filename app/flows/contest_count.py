"""What counts in a contest, read from the books: orders of its people, net of refunds. Not a journey of its own.

An order counts for whoever the sale was decided for, when it was paid within the contest's time. What is refunded is
taken off as soon as the refund has succeeded. While the board is provisional everything paid counts; when it becomes
final, only what is settled does: received, the return period over, nothing asked back and no money on its way back.
A sale that is held for review never counts, nor does a promoter's own purchase. A customer is new when nobody with the
same account, e-mail or phone ever paid before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import tenants
from app import contests, payouts
from app.contests import Contest, CountedOrder, Side, SideTally, Tally
from app.flows.received_goods import ON_ITS_WAY_BACK, OPEN_CASE, RECEIVED
from app.kernel.clock import now

# Somebody who paid before, by whatever the two orders have in common.
PAID_BEFORE = " OR ".join(
    f"EXISTS (SELECT 1 FROM orders AS earlier WHERE {same}"  # noqa: S608 - constants only
    " AND earlier.paid_at IS NOT NULL AND (earlier.paid_at, earlier.id) < (orders.paid_at, orders.id))"
    for same in (
        "earlier.customer = orders.customer",
        "earlier.email <> '' AND lower(earlier.email) = lower(orders.email)",
        "earlier.phone <> '' AND earlier.phone = orders.phone",
    )
)
# One row for each line of each order: $1 now, $2 days until a parcel is believed, $3 the contest, $4 days of return.
LINES = f"""
SELECT entrant.side, entrant.promoter, contest.metric, orders.id AS order_id, orders.number, orders.paid_at,
    line.status = 'provisional' AS undecided, line.base_amount, goods.quantity,
    CASE WHEN goods.goods_amount = goods.discount_amount THEN line.base_amount ELSE div(line.base_amount::numeric
        * (goods.goods_amount - goods.discount_amount - coalesce(back.amount, 0)),
        goods.goods_amount - goods.discount_amount)::bigint END AS left_amount,
    coalesce(back.quantity, 0) AS units_back,
    CASE contest.metric WHEN 'new_customers' THEN NOT ({PAID_BEFORE}) ELSE true END AS is_new,
    EXISTS (SELECT 1 FROM commission_line AS earned WHERE earned.decision = line.id AND earned.role = 'promotion'
        AND earned.held_because <> '' AND earned.status IN ('estimated', 'held')) AS held,
    EXISTS (SELECT 1 FROM risk_assessment AS look WHERE look.order_id = orders.id AND look.promoter = entrant.promoter
        AND look.outcome IN ('off', 'discount', 'commission')) AS is_own,
    NOT {OPEN_CASE} AND NOT {ON_ITS_WAY_BACK} AND coalesce(greatest({RECEIVED},
        (SELECT max(aftersale.closed_at) FROM aftersale_line AS wish JOIN aftersale ON aftersale.id = wish.aftersale
            WHERE wish.order_line = line.order_line)) + make_interval(days => $4) <= $1 AND {RECEIVED} <= $1, false)
        AS settled
FROM contest JOIN contest_entrant AS entrant ON entrant.contest = contest.id
JOIN attribution_decision AS line ON line.promoter = entrant.promoter AND line.status IN ('final', 'provisional')
JOIN orders ON orders.id = line.order_id AND orders.paid_at >= contest.starts_at AND orders.paid_at < contest.ends_at
JOIN order_line AS goods ON goods.id = line.order_line
LEFT JOIN LATERAL (SELECT sum(part.goods_amount)::bigint AS amount, sum(part.quantity)::integer AS quantity
    FROM refund_line AS part JOIN refund ON refund.id = part.refund AND refund.status = 'succeeded'
    WHERE part.order_line = goods.id) AS back ON true
WHERE contest.id = $3 AND (contest.scope <> 'live_session' OR line.live_session = contest.live_session)
    AND (contest.scope <> 'campaign' OR orders.campaign = contest.campaign)
    AND (contest.scope <> 'products' OR goods.product IN (SELECT product FROM contest_product
        WHERE contest_product.contest = contest.id))
"""  # noqa: S608 - constants only
# One row for each order of each promoter: $5 whether only what is settled counts.
ORDERS = f"""
WITH sold AS (
    SELECT side, promoter, metric, order_id, number, paid_at, bool_or(undecided) AS undecided,
        sum(base_amount)::bigint AS gross_amount, sum(left_amount)::bigint AS net_amount,
        sum(quantity)::integer AS units, least(sum(quantity), sum(units_back))::integer AS units_back,
        bool_and(is_new) AS is_new, bool_or(held) AS held, bool_or(is_own) AS is_own,
        bool_and(settled) AS settled
    FROM ({LINES}) AS lines GROUP BY side, promoter, metric, order_id, number, paid_at
), judged AS (
    SELECT *, CASE WHEN undecided THEN 'undecided' WHEN held THEN 'held'
        WHEN is_own THEN 'own_purchase'
        WHEN units_back >= units OR (net_amount = 0 AND gross_amount > 0) THEN 'refunded'
        WHEN NOT is_new THEN 'not_new' WHEN $5 AND NOT settled THEN 'unsettled'
        WHEN net_amount < gross_amount OR units_back > 0 THEN 'partly_refunded' ELSE 'counted' END AS reason
    FROM sold
)
SELECT side, promoter, order_id, number, paid_at, gross_amount, net_amount, units, units_back,
    CASE WHEN reason NOT IN ('counted', 'partly_refunded') THEN 0
        WHEN metric = 'net_sales' THEN net_amount WHEN metric = 'net_units' THEN units - units_back ELSE 1 END AS score,
    reason, settled
FROM judged
"""  # noqa: S608 - constants only
FOUND = f"SELECT * FROM ({ORDERS}) AS found ORDER BY paid_at DESC, order_id"  # noqa: S608 - constants only
OF_ONE = f"SELECT * FROM ({ORDERS}) AS found WHERE promoter = $6 ORDER BY paid_at DESC, order_id LIMIT $7"  # noqa: S608
TALLIES = f"""
SELECT promoter, sum(score)::bigint AS score, count(*) FILTER (WHERE score > 0) AS orders,
    coalesce(sum(net_amount) FILTER (WHERE score > 0), 0)::bigint AS net_amount,
    max(paid_at) FILTER (WHERE score > 0) AS reached_at
FROM ({ORDERS}) AS found GROUP BY promoter
"""  # noqa: S608 - constants only
# What a later day may still decide: no decision yet, held for review, or not settled and not gone.
OPEN_QUESTIONS = f"""
SELECT count(*) FROM ({ORDERS}) AS found
WHERE reason IN ('undecided', 'held') OR (NOT settled AND reason NOT IN ('refunded', 'not_new', 'own_purchase'))
"""  # noqa: S608 - constants only


async def _terms(contest_id: UUID) -> tuple[object, ...]:
    policy = await payouts.read_policy()
    return now(), policy.received_after_days, contest_id, policy.freeze_days


async def tallies(contest_id: UUID, sides: Iterable[Side]) -> list[SideTally]:
    """What every side has so far, nobody left out, in the order they were entered."""
    rows = await tenants.connection().fetch(TALLIES, *await _terms(contest_id), False)
    return added_up(sides, {row["promoter"]: Tally(**row) for row in rows})


def added_up(sides: Iterable[Side], of: dict[UUID, Tally]) -> list[SideTally]:
    return [
        SideTally(
            side=side.id, position=side.position,
            members=tuple(of.get(promoter) or Tally(promoter=promoter) for promoter in side.promoters),
        )
        for side in sides
    ]  # fmt: skip


async def final_orders(contest_id: UUID) -> list[CountedOrder]:
    """Every order of its people with what it brings when only settled ones count."""
    return [_order(row) for row in await tenants.connection().fetch(FOUND, *await _terms(contest_id), True)]


async def orders_of(contest_id: UUID, promoter: UUID, *, most: int = 100) -> list[CountedOrder]:
    """What one promoter brought so far, the newest first."""
    rows = await tenants.connection().fetch(OF_ONE, *await _terms(contest_id), False, promoter, most)
    return [_order(row) for row in rows]


async def open_questions(contest_id: UUID) -> int:
    """How many orders may still change what counts."""
    count: int = await tenants.connection().fetchval(OPEN_QUESTIONS, *await _terms(contest_id), False)
    return count


def tallied(sides: Iterable[Side], found: Iterable[CountedOrder]) -> list[SideTally]:
    """The same sums from orders that were read."""
    of: dict[UUID, list[CountedOrder]] = {}
    for order in found:
        if order.score:
            of.setdefault(order.promoter, []).append(order)
    sums = {
        promoter: Tally(
            promoter=promoter, score=sum(one.score for one in mine), net_amount=sum(one.net_amount for one in mine),
            orders=len(mine), reached_at=max(one.paid_at for one in mine),
        )
        for promoter, mine in of.items()
    }  # fmt: skip
    return added_up(sides, sums)


async def with_prizes(contest: Contest, sides: Sequence[SideTally]) -> list[tuple[SideTally, int]]:
    """The first place first, each side with what its place wins as things stand."""
    prizes = await contests.prizes_of(contest.id)
    return [
        (side, contests.prize_for(side, place, prizes, least_score=contest.least_score, cap_bps=contest.cap_bps))
        for place, side in enumerate(contests.ranked(sides), start=1)
    ]


def _order(row: object) -> CountedOrder:
    return CountedOrder(**{name: value for name, value in dict(row).items() if name != "settled"})  # type: ignore[call-overload]
