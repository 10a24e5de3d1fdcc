"""What a store shows when somebody asks how its commission works: one file of tables, written while it is sent.

Every version with its rules, what the gate says today, who accepted which terms, how deep people stand, and how much of
each promoter's commission comes from own sales. Each table is read in transactions of its own, so memory stays small.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import tenants
from app import commissions, promoters
from app.flows import plan_facts
from app.kernel.clock import now
from app.kernel.formats import rate
from app.kernel.i18n import gettext as _
from app.kernel.sheets import Cell, CsvRows, exact

BATCH = 1_000
AGREED = """
SELECT one.id, promoter.name, promoter.email, written.version, one.accepted_at FROM promoter_agreement AS one
JOIN promoter ON promoter.id = one.promoter JOIN promoter_terms AS written ON written.id = one.terms
WHERE $1::uuid IS NULL OR one.id > $1 ORDER BY one.id LIMIT $2
"""
OWN = """
SELECT promoter.id, promoter.name, line.currency,
    coalesce(sum(line.amount - line.reversed_amount) FILTER (WHERE line.role <> 'upline'), 0)::bigint AS own,
    coalesce(sum(line.amount - line.reversed_amount) FILTER (WHERE line.role = 'upline'), 0)::bigint AS above
FROM promoter JOIN commission_line AS line ON line.promoter = promoter.id AND line.status <> 'canceled'
WHERE $1::uuid IS NULL OR promoter.id > $1 GROUP BY promoter.id, promoter.name, line.currency
ORDER BY promoter.id, line.currency LIMIT $2
"""


class _Sink(io.RawIOBase):
    """Where the zip is written: it only goes forward, and what is there is taken away piece by piece."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


async def pieces() -> AsyncIterator[bytes]:
    """The zip, a batch of rows at a time."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, rows in (
            ("versions.csv", _versions()), ("check.csv", _check()), ("agreements.csv", _agreements()),
            ("depth.csv", _depth()), ("own-sales.csv", _own_sales()),
        ):  # fmt: skip
            table = CsvRows()
            with pack.open(name, "w") as file:
                async for batch in rows:
                    for cells in batch:
                        table.row(cells)
                    file.write(table.take().encode())
                    yield sink.take()
    yield sink.take()


async def _versions() -> AsyncIterator[Iterable[Sequence[Cell]]]:
    currency = tenants.current().currency
    async with tenants.transaction():
        plans = await commissions.read_plans()
        levels = {str(level.id): level.name for level in await promoters.levels()}
    head = (_("Version"), _("State"), _("In force from"), _("Withdrawn"), _("Limit of a line"), _("Published by"))
    yield [[*head, _("Rule")]]
    current = commissions.in_force(plans, now()).plan.version
    for plan in plans:
        state, _kind = commissions.words.status_of(plan, current)
        facts: list[Cell] = [
            plan.version,
            state,
            plan.valid_from,
            plan.retired_at,
            rate(plan.cap_bps),
            plan.published_by,
        ]
        yield [
            [*facts, f"{rule.scope}:{rule.target} {commissions.words.sentence(rule, currency, levels)}"]
            for rule in plan.rules
        ]


async def _check() -> AsyncIterator[Iterable[Sequence[Cell]]]:
    """Each rule of the gate, as of now, about the plan in force."""
    async with tenants.transaction():
        plan = commissions.in_force(await commissions.read_plans(published=True), now()).plan
        findings = commissions.review(plan, await plan_facts.facts())
    yield [[_("Rule"), _("What it asks"), _("Result"), _("Evidence")]]
    for rule, title in commissions.compliance.RULES.items():
        said = [one for one in findings if one.rule == rule]
        result = _("refused") if commissions.refuses(said) else _("warning") if said else _("passed")
        evidence = "; ".join([*(_(text) for one in said for text in (one.text, *one.evidence))])
        yield [[rule, _(title), result, evidence]]


async def _agreements() -> AsyncIterator[Iterable[Sequence[Cell]]]:
    yield [[_("Promoter"), _("E-mail"), _("Version of the terms"), _("Accepted")]]
    async for rows in _batches(AGREED):
        yield [[row["name"], row["email"], row["version"], row["accepted_at"]] for row in rows]


async def _depth() -> AsyncIterator[Iterable[Sequence[Cell]]]:
    async with tenants.transaction():
        histogram = await promoters.depth_histogram()
    yield [[_("People above"), _("Promoters")], *([depth, people] for depth, people in histogram.items())]


async def _own_sales() -> AsyncIterator[Iterable[Sequence[Cell]]]:
    yield [[_("Promoter"), _("Currency"), _("From own sales"), _("From people below"), _("Share of own sales")]]
    async for rows in _batches(OWN):
        yield [
            [
                row["name"], row["currency"], exact(row["own"], row["currency"]), exact(row["above"], row["currency"]),
                rate(row["own"] * 10_000 // (row["own"] + row["above"])) if row["own"] + row["above"] else "",
            ]
            for row in rows
        ]  # fmt: skip


async def _batches(statement: str) -> AsyncIterator[Sequence[Any]]:
    """By ascending id, each batch in a transaction of its own."""
    after = None
    while True:
        async with tenants.transaction():
            rows = await tenants.connection().fetch(statement, after, BATCH)
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after = rows[-1]["id"]
