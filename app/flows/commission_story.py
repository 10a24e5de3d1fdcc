"""Why a commission is what it is: everything that made the amount, in its order. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import msgspec

import tenants
from app import commissions, external_sales, ledger, orders, payouts, promoters, risk
from app.commissions import CommissionLine, LineElsewhere
from app.kernel.errors import NotFound
from app.kernel.money import BASIS_POINTS, CURRENCIES
from app.ledger import Transfer
from app.risk import RiskCase

RULES = commissions.words.RULES
_LINE = """
SELECT line.order_id, line.order_line, line.external_line, line.created_at, line.accrued_at, line.available_at,
    line.rule
FROM commission_line AS line WHERE line.id = $1
"""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to the amount; `taken_from` says where a part that went back was."""

    kind: str
    at: datetime
    amount: int = 0
    taken_from: str = ""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One commission line with what it was made of. `terms` is the snapshot the line carries since it was decided.

    `review` is the case it was held for, `doubts` why, as far as the promoter is told.

    `elsewhere` is the line of a platform's or network's order, where it was not sold here.
    """

    line: CommissionLine | LineElsewhere
    promoter_name: str
    order_number: str
    order_placed_at: datetime
    title: str
    quantity: int
    goods_amount: int
    discount_amount: int
    tax_amount: int
    terms: dict[str, Any]
    exact: str
    steps: tuple[Step, ...]
    due_at: datetime | None
    freeze_days: int
    elsewhere: external_sales.Line | None = None
    basis: str = ""
    review: RiskCase | None = None
    doubts: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        return RULES.get(str(self.terms.get("rule")), RULES["promoter_rate"])

    @property
    def cut_bps(self) -> int:
        """What the cap took of the rule's rate, before hosts shared it."""
        rate_bps = int(self.terms.get("shared_bps", self.line.rate_bps))
        return max(0, int(self.terms.get("listed_bps", rate_bps)) - rate_bps)

    @property
    def kept_until(self) -> datetime | None:
        kept = self.terms.get("kept_until")
        return datetime.fromisoformat(kept) if kept else None


async def story_of(line_id: UUID) -> Story:
    """Inside an open transaction. Raises NotFound."""
    row = await tenants.connection().fetchrow(_LINE, line_id)
    if row is None:
        raise NotFound
    if row["external_line"] is not None:
        return await _story_elsewhere(line_id, row)
    line = next(one for one in await commissions.lines_of(row["order_id"]) if one.id == line_id)
    order = await orders.find(row["order_id"])
    sold = next(one for one in await orders.lines_of(order.id) if one.id == row["order_line"])
    tax = orders.tax_in_goods(sold, on_freight=await orders.taxes_freight(order.id))
    review, doubts = await _review_of(line)
    backs = [_told(one, review) for one in _reversals(line, await ledger.transfers_of(order.id))]
    return Story(
        line=line, promoter_name=(await promoters.find(line.promoter)).name, order_number=order.number,
        order_placed_at=order.placed_at, title=sold.title, quantity=sold.quantity, goods_amount=sold.goods_amount,
        discount_amount=sold.discount_amount, tax_amount=tax, terms=msgspec.json.decode(row["rule"]),
        exact=_exact(line), steps=tuple(_steps(line, row, backs)), due_at=line.settle_at,
        freeze_days=(await payouts.read_policy()).freeze_days, review=review, doubts=doubts,
    )  # fmt: skip


async def _story_elsewhere(line_id: UUID, row: Any) -> Story:
    line = next(one for one in await commissions.lines_elsewhere(row["external_line"]) if one.id == line_id)
    sold = await external_sales.find(line.external_line)
    made = next(one for one in await external_sales.decisions_of(sold.id) if one.turn == line.turn)
    backs = list(_reversals(line, await ledger.transfers_of(sold.id)))
    return Story(
        line=line, promoter_name=(await promoters.find(line.promoter)).name, order_number=sold.order_number,
        order_placed_at=sold.placed_at, title=sold.title, quantity=sold.quantity, goods_amount=line.base_amount,
        discount_amount=0, tax_amount=0, terms=msgspec.json.decode(row["rule"]), exact=_exact(line),
        steps=tuple(_steps(line, row, backs)), due_at=line.settle_at,
        freeze_days=(await payouts.read_policy()).freeze_days, elsewhere=sold,
        basis=external_sales.words.BASES[made.basis],
    )  # fmt: skip


async def _review_of(line: CommissionLine) -> tuple[RiskCase | None, tuple[str, ...]]:
    """The case this line is, or was, held for."""
    case = await risk.case_of(line.order_id) if line.held_because.startswith(risk.HELD_FOR) else None
    if case is None or case.held_because != line.held_because:
        return None, ()
    return case, tuple(risk.words.general((await risk.find_assessment(case.assessment)).reasons))


def _told(back: Step, review: RiskCase | None) -> Step:
    """What went back because the review said no is no refund."""
    refused = review is not None and review.status == "refused" and back.at >= (review.decided_at or back.at)
    return msgspec.structs.replace(back, kind="refused") if refused else back


def _steps(line: CommissionLine | LineElsewhere, row: Any, backs: Sequence[Step]) -> list[Step]:
    dated = (
        ("estimated", row["created_at"]), ("accrued", row["accrued_at"]), ("earned", line.earned_at),
        ("available", row["available_at"]),
    )  # fmt: skip
    known = [Step(kind=kind, at=at, amount=line.amount) for kind, at in dated if at is not None]
    return sorted([*known, *backs], key=lambda step: step.at)


def _reversals(line: CommissionLine | LineElsewhere, moved: Sequence[Transfer]) -> Iterator[Step]:
    """The steps that took something of this line back: each is named by how much was gone after it."""
    gone, by_step = 0, dict[UUID, list[Transfer]]()
    for one in moved:
        if one.kind == "commission.reverse":
            by_step.setdefault(one.source_id, []).append(one)
    for source, legs in by_step.items():
        amount = sum(leg.amount for leg in legs)
        if source == uuid5(line.id, str(gone + amount)):
            gone += amount
            taken_from = {leg.debit_kind for leg in legs}
            kind = (
                "debt" if "promoter_debt" in taken_from else "available" if "promoter_available" in taken_from else ""
            )
            yield Step(kind="reversed", at=legs[0].at, amount=-amount, taken_from=kind)


def _exact(line: CommissionLine | LineElsewhere) -> str:
    """The share before it was rounded down, in units of the currency."""
    if line.flat_amount:
        return ""
    exponent = CURRENCIES[line.currency].exponent
    product = line.base_amount * line.rate_bps
    return f"{Decimal(product).scaleb(-4 - exponent).normalize():f}" if product % BASIS_POINTS else ""
