"""What a live session came to, beside what the books say of its orders. Not a journey.

The report adds up order lines, refunds and commission lines; the books are the ledger's transfers about the same
orders. Both are read in one transaction, so they agree, or the page shows by how much they do not. A line of such an
order whose sale was given to somebody outside the session is no sale of the session; the books know it, so it stands
beside the comparison.

The report is provisional until the session's refund window is over: the store's days for returns have passed since it
ended, nothing can still be paid, and no commission waits for goods to arrive or to stay. Then it is written down once;
what changes later is a correction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import aftersales, contests, reports
from app.flows.session_sales import Sold, sales_of
from app.kernel.clock import now
from app.live import LiveSession

SLOTS = """
SELECT slot.id, slot.host, slot.status, slot.on_air_at, slot.quota, product.title, host.name AS host_name,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    coalesce(item.taken, 0) AS taken
FROM live_slot AS slot JOIN variant ON variant.id = slot.variant JOIN product ON product.id = variant.product
JOIN promoter AS host ON host.id = slot.host LEFT JOIN campaign_item AS item ON item.campaign = slot.campaign
WHERE slot.session = $1 AND slot.status <> 'canceled' ORDER BY slot.seq
"""
GIFTS = """
SELECT product.title, CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    gift.slot, gift.quota, gift.given
FROM live_gift AS gift JOIN variant ON variant.id = gift.variant JOIN product ON product.id = variant.product
WHERE gift.session = $1 AND gift.status IN ('granted', 'announced', 'closed') ORDER BY gift.created_at, gift.id
"""
EARNED = """
SELECT one.promoter, promoter.name, one.role, one.status, one.held_because <> '' AS held,
    sum(one.amount - one.reversed_amount)::bigint AS amount, sum(one.reversed_amount)::bigint AS reversed_amount
FROM attribution_decision AS sale JOIN commission_line AS one ON one.decision = sale.id
JOIN promoter ON promoter.id = one.promoter
WHERE sale.live_session = $1 AND sale.status <> 'void' AND one.status <> 'canceled'
GROUP BY one.promoter, promoter.name, one.role, one.status, one.held_because <> '' ORDER BY promoter.name, one.promoter
"""
ORDERS = "SELECT order_id FROM attribution_decision WHERE live_session = $1 AND status <> 'void'"
BOOKED = f"""
SELECT coalesce(sum(moved.amount) FILTER (WHERE credit.kind = 'merchant_sales'), 0)::bigint AS gross_amount,
    coalesce(sum(moved.amount) FILTER (WHERE debit.kind = 'merchant_sales'), 0)::bigint AS refunded_amount,
    (coalesce(sum(moved.amount) FILTER (WHERE debit.kind = 'commission_expense'), 0)
        - coalesce(sum(moved.amount) FILTER (WHERE credit.kind = 'commission_expense'), 0))::bigint
        AS commission_amount
FROM ledger_transfer AS moved JOIN ledger_account AS debit ON debit.id = moved.debit
JOIN ledger_account AS credit ON credit.id = moved.credit WHERE moved.order_id IN ({ORDERS})
"""  # noqa: S608 - constants only
# Lines of the session's orders whose sale is somebody else's, and commission of all lines of these orders.
ELSEWHERE = f"""
SELECT coalesce(sum(line.goods_amount - line.discount_amount), 0)::bigint AS gross_amount,
    coalesce(sum((SELECT sum(part.goods_amount) FROM refund_line AS part JOIN refund ON refund.id = part.refund
        WHERE part.order_line = line.id AND refund.status = 'succeeded')), 0)::bigint AS refunded_amount
FROM order_line AS line JOIN orders ON orders.id = line.order_id
WHERE line.order_id IN ({ORDERS}) AND orders.payment_status IN ('paid', 'partially_refunded', 'refunded')
    AND NOT EXISTS (SELECT 1 FROM attribution_decision AS sale WHERE sale.order_line = line.id
        AND sale.live_session = $1 AND sale.status <> 'void' AND line.gift IS NULL)
"""  # noqa: S608 - constants only
OWED = f"""
SELECT coalesce(sum(amount - reversed_amount), 0)::bigint FROM commission_line
WHERE order_id IN ({ORDERS}) AND status NOT IN ('canceled', 'estimated')
"""  # noqa: S608 - constants only
UNSETTLED = f"""
SELECT EXISTS (SELECT 1 FROM orders WHERE id IN ({ORDERS}) AND status = 'placed'
        AND payment_status NOT IN ('paid', 'partially_refunded', 'refunded'))
    OR EXISTS (SELECT 1 FROM commission_line WHERE order_id IN ({ORDERS})
        AND status IN ('estimated', 'accrued', 'earned', 'frozen') AND amount > reversed_amount)
"""  # noqa: S608 - constants only


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Sales of one slot, host, sharer or product; `of` is whose it is."""

    key: UUID | None
    name: str
    detail: str = ""
    of: UUID | None = None
    sold: Sold


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    """What one promoter has in one state, less what went back."""

    promoter: UUID
    name: str
    role: str
    status: str
    amount: int
    reversed_amount: int
    held: bool = False


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A gift on air: how many were granted and given."""

    title: str
    slot: UUID
    granted: int
    given: int


class Lent(msgspec.Struct, frozen=True, kw_only=True):
    """Stock lent to a slot at its live price."""

    title: str
    of: UUID
    lent: int
    sold: int
    returned: int


class Prize(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody won in a contest of the session, less corrections."""

    promoter: UUID
    name: str
    contest: str
    amount: int
    paid: bool


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    gross_amount: int = 0
    refunded_amount: int = 0
    commission_amount: int = 0

    @property
    def net_amount(self) -> int:
        return self.gross_amount - self.refunded_amount


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One session's figures at a moment; what is written down for good is this, as it is."""

    session: UUID
    title: str
    currency: str
    closes_at: datetime | None
    as_of: datetime
    total: Sold
    slots: Sequence[Row]
    hosts: Sequence[Row]
    sharers: Sequence[Row]
    products: Sequence[Row]
    earned: Sequence[Earned]
    gifts: Sequence[Given]
    lent: Sequence[Lent]
    accrued_amount: int
    elsewhere: Sums
    books: Sums
    prizes: Sequence[Prize] = ()
    whole: bool = True

    @property
    def sums(self) -> Sums:
        """What can change after the report was final; commission that is owed for all lines of its orders."""
        return Sums(
            gross_amount=self.total.gross_amount, refunded_amount=self.total.refunded_amount,
            commission_amount=self.accrued_amount,
        )  # fmt: skip

    @property
    def difference(self) -> Sums:
        """All zero: the report agrees with the books."""
        return Sums(
            gross_amount=self.books.gross_amount - self.total.gross_amount - self.elsewhere.gross_amount,
            refunded_amount=self.books.refunded_amount - self.total.refunded_amount - self.elsewhere.refunded_amount,
            commission_amount=self.books.commission_amount - self.accrued_amount,
        )  # fmt: skip

    @property
    def agrees(self) -> bool:
        return self.difference == Sums()

    def of(self, promoter: UUID) -> Report:
        """The part of one host: slots they showed, what they shared (also as the total), what they earn.

        What a sale earns others is not theirs to see: their own commission stands in `earned` alone.
        """
        mine = [row for row in self.slots if row.of == promoter]
        shown = {row.key for row in mine}
        shared = next((row.sold for row in self.sharers if row.key == promoter), Sold())
        return msgspec.structs.replace(
            self, whole=False, total=_unpriced(shared), slots=[_of_row(row) for row in mine], products=[],
            hosts=[_of_row(row) for row in self.hosts if row.key == promoter],
            sharers=[_of_row(row) for row in self.sharers if row.key == promoter],
            earned=[one for one in self.earned if one.promoter == promoter],
            gifts=[one for one in self.gifts if one.slot in shown],
            lent=[one for one in self.lent if one.of == promoter],
            prizes=[one for one in self.prizes if one.promoter == promoter],
        )  # fmt: skip


def _unpriced(sold: Sold) -> Sold:
    return msgspec.structs.replace(sold, commission_amount=0)


def _of_row(row: Row) -> Row:
    return msgspec.structs.replace(row, sold=_unpriced(row.sold))


async def report_of(session: LiveSession) -> Report:
    """As things stand now. Inside a transaction of the store."""
    database, moment = tenants.connection(), now()
    sales = await sales_of(session, lately=moment, live_board=False)
    slots = await database.fetch(SLOTS, session.id)
    titles = await _names("SELECT id, title AS name FROM product WHERE id = ANY($1)", sales.products)
    people = await _names("SELECT id, name FROM promoter WHERE id = ANY($1)", {**sales.hosts, **sales.sharers})
    facts = {row["id"]: row for row in slots}
    return Report(
        session=session.id, title=session.title, currency=tenants.current().currency, as_of=moment,
        closes_at=await _closes_at(session), total=sales.total,
        slots=[_slot_row(key, facts.get(key), sales.slots.get(key, Sold())) for key in _in_order(facts, sales.slots)],
        hosts=_rows(sales.hosts, people), sharers=_rows(sales.sharers, people), products=_rows(sales.products, titles),
        earned=[Earned(**row) for row in await database.fetch(EARNED, session.id)],
        gifts=[
            Given(title=_titled(row), slot=row["slot"], granted=row["quota"], given=row["given"])
            for row in await database.fetch(GIFTS, session.id)
        ],
        lent=[_lent(row, over=session.is_over) for row in slots if row["quota"]],
        accrued_amount=await database.fetchval(OWED, session.id),
        elsewhere=Sums(**(await database.fetchrow(ELSEWHERE, session.id) or {})),
        prizes=await _prizes(session.id),
        books=Sums(**(await database.fetchrow(BOOKED, session.id) or {})),
    )  # fmt: skip


async def is_closed(report: Report) -> bool:
    """Whether the refund window is over and nothing of the session moves by itself any more."""
    if report.closes_at is None or now() < report.closes_at:
        return False
    return not await tenants.connection().fetchval(UNSETTLED, report.session)


async def last_report(session: LiveSession) -> tuple[Report, reports.Kept | None]:
    """The report to show: the final one if there is one, else as things stand."""
    kept = await reports.kept_of(session.id)
    if kept is None:
        return await report_of(session), None
    return msgspec.json.decode(kept.figures, type=Report), kept


async def _closes_at(session: LiveSession) -> datetime | None:
    if not session.is_over or session.ended_at is None:
        return None
    return session.ended_at + timedelta(days=(await aftersales.read_policy()).return_days)


def _in_order(facts: Mapping[UUID, Any], sold: Mapping[UUID | None, Sold]) -> list[UUID | None]:
    return [*facts, *([None] if None in sold else [])]


def _slot_row(key: UUID | None, facts: Mapping[str, Any] | None, sold: Sold) -> Row:
    if facts is None:
        return Row(key=key, name="", sold=sold)
    return Row(key=key, name=_titled(facts), detail=facts["host_name"], of=facts["host"], sold=sold)


def _rows(way: Mapping[UUID | None, Sold], names: Mapping[UUID, str]) -> list[Row]:
    """The best first; what belongs to nobody last."""
    ranked = sorted(way.items(), key=lambda one: (one[0] is None, -one[1].net_amount, str(one[0])))
    return [Row(key=key, name=names.get(key, "") if key else "", of=key, sold=sold) for key, sold in ranked]


def _lent(row: Mapping[str, Any], *, over: bool) -> Lent:
    """What was not sold at the live price is the store's again when the slot is over."""
    done = over or row["status"] == "done"
    return Lent(
        title=_titled(row), of=row["host"], lent=row["quota"], sold=row["taken"],
        returned=max(0, row["quota"] - row["taken"]) if done else 0,
    )  # fmt: skip


def _titled(row: Mapping[str, Any]) -> str:
    return f"{row['title']} · {row['variant_title']}" if row["variant_title"] else str(row["title"])


async def _prizes(session: UUID) -> list[Prize]:
    """Of contests that are final; before that nobody has won anything."""
    found = [
        (one.title, award) for one in await contests.of_session(session) for award in await contests.awards_of(one.id)
    ]
    names = await _names("SELECT id, name FROM promoter WHERE id = ANY($1)", {award.promoter: 1 for _, award in found})
    return [
        Prize(
            promoter=award.promoter, name=names.get(award.promoter, ""), contest=title, amount=award.kept_amount,
            paid=award.paid_at is not None,
        )
        for title, award in found
    ]  # fmt: skip


async def _names(query: str, keys: Mapping[UUID | None, Any]) -> dict[UUID, str]:
    rows = await tenants.connection().fetch(query, [key for key in keys if key])
    return {row["id"]: row["name"] for row in rows}
