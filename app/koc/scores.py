"""Scores, counted for everybody who agreed in one statement, and candidates as the store sees them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.koc import weights
from app.koc.weights import Facts, parts_of

AGREED = """
SELECT customer FROM (SELECT DISTINCT ON (customer) customer, given FROM customer_consent
    ORDER BY customer, said_at DESC, id DESC) AS said WHERE given
"""
COUNT = f"""
WITH agreed AS MATERIALIZED ({AGREED}),
bought AS (
    SELECT orders.customer, count(*) AS orders, sum(orders.paid_amount) AS paid,
        sum(orders.refunded_amount) AS refunded, max(orders.paid_at) > $3 AS lately
    FROM orders JOIN agreed ON agreed.customer = orders.customer WHERE orders.paid_at > $2 GROUP BY orders.customer),
brought AS (
    SELECT mine.customer, count(DISTINCT theirs.customer) AS friends,
        count(DISTINCT theirs.customer) FILTER (WHERE again.customer IS NOT NULL) AS stayed
    FROM participation JOIN orders AS theirs ON theirs.id = participation.order_id AND theirs.paid_at > $2
    JOIN orders AS mine ON mine.id = participation.invited_by JOIN agreed ON agreed.customer = mine.customer
    LEFT JOIN (SELECT customer FROM orders WHERE paid_at IS NOT NULL GROUP BY customer HAVING count(*) > 1) AS again
        ON again.customer = theirs.customer
    WHERE theirs.customer <> mine.customer GROUP BY mine.customer),
facts AS (
    SELECT bought.customer, bought.orders, coalesce(brought.friends, 0) AS friends,
        coalesce(brought.stayed, 0) AS stayed,
        CASE WHEN bought.paid > 0 THEN div(bought.refunded * 10000, bought.paid) ELSE 0 END AS refund_bps,
        bought.lately, bought.paid - bought.refunded AS net
    FROM bought LEFT JOIN brought ON brought.customer = bought.customer)
INSERT INTO koc_score (customer, score, orders, friends, stayed, refund_bps, lately, net_amount, counted_at)
SELECT customer,
    {weights.REPEAT} * least(orders - 1, {weights.MOST_REPEATS})
    + {weights.FRIEND} * least(friends, {weights.MOST_FRIENDS})
    + {weights.STAYED} * least(stayed, {weights.MOST_STAYED})
    + CASE WHEN lately THEN {weights.LATELY_POINTS} ELSE 0 END
    + CASE WHEN orders > 1 AND refund_bps <= {weights.FEW_REFUNDS_BPS} THEN {weights.FEW_REFUNDS}
        WHEN refund_bps > {weights.MANY_REFUNDS_BPS} THEN {weights.MANY_REFUNDS} ELSE 0 END,
    orders, friends, stayed, refund_bps, lately, net, $1 FROM facts
ON CONFLICT (customer) DO UPDATE SET score = excluded.score, orders = excluded.orders, friends = excluded.friends,
    stayed = excluded.stayed, refund_bps = excluded.refund_bps, lately = excluded.lately,
    net_amount = excluded.net_amount, counted_at = excluded.counted_at
"""  # noqa: S608 - constants only
CANDIDATES = f"""
SELECT score.customer AS id, customer.name, score.score, score.orders, score.friends, score.stayed, score.refund_bps,
    score.lately, score.net_amount, score.counted_at, asked.status, asked.invited_at, asked.expires_at
FROM koc_score AS score JOIN customer ON customer.id = score.customer AND customer.email IS NOT NULL
JOIN ({AGREED}) AS agreed ON agreed.customer = score.customer
LEFT JOIN LATERAL (SELECT status, invited_at, expires_at FROM koc_invitation WHERE customer = score.customer
    ORDER BY invited_at DESC LIMIT 1) AS asked ON true
WHERE score.score >= $1 AND NOT EXISTS (SELECT 1 FROM promoter WHERE lower(promoter.email) = lower(customer.email)
    AND promoter.status IN ('pending', 'approved', 'suspended'))
ORDER BY score.score DESC, score.net_amount DESC, score.customer LIMIT 200
"""  # noqa: S608 - constants only


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who agreed to be asked, is no promoter yet, and how they stand."""

    id: UUID
    name: str
    score: int
    orders: int
    friends: int
    stayed: int
    refund_bps: int
    lately: bool
    net_amount: int
    counted_at: datetime
    status: str | None
    invited_at: datetime | None
    expires_at: datetime | None

    @property
    def parts(self) -> list[tuple[str, int, int]]:
        return parts_of(
            Facts(orders=self.orders, friends=self.friends, stayed=self.stayed, refund_bps=self.refund_bps,
                  lately=self.lately)
        )  # fmt: skip


async def count_scores() -> None:
    """Anew for everybody; who has withdrawn, or bought nothing for a year, has no score any more."""
    moment, database = now(), tenants.connection()
    await database.execute(COUNT, moment, moment - weights.YEAR, moment - weights.LATELY)
    await database.execute("DELETE FROM koc_score WHERE counted_at < $1", moment)


async def candidates(lowest: int = 0) -> list[Candidate]:
    """The best first; a consent withdrawn a moment ago counts already."""
    return [Candidate(**row) for row in await tenants.connection().fetch(CANDIDATES, lowest)]


async def last_counted() -> datetime | None:
    found: datetime | None = await tenants.connection().fetchval("SELECT max(counted_at) FROM koc_score")
    return found
