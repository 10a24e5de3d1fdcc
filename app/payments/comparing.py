"""A statement compared line by line with the payments captured and the refunds made here.

- matched: the same number, amount and currency on both sides, once;
- missing_here: the provider names money we do not know, did not capture, or know only once while it names it twice;
- missing_there: we captured or gave back, and no statement of the provider says so;
- amount_differs: the same number, but another amount or currency.

Two clocks never agree to the second, and we may learn of a payment late. So what we booked in the last minutes of a day
is looked for when the next day's statement is there, and a line is matched by its number whenever we booked it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.payments.statements import Statement

CLOCKS_DIFFER = timedelta(minutes=15)

RECORDS = """
    SELECT 'payment' AS kind, id, number, provider, amount, currency, status = 'captured' AS done, captured_at AS at,
        order_id
    FROM payment
    UNION ALL
    SELECT 'refund', refund.id, refund.number, payment.provider, refund.amount, refund.currency,
        refund.status = 'succeeded', refund.succeeded_at, refund.order_id
    FROM refund JOIN payment ON payment.id = refund.payment
"""
JUDGE = f"""
UPDATE psp_statement_line AS line SET subject_id = found.id, here_amount = found.amount, outcome = found.outcome
FROM (
    SELECT stated.id AS line, record.id, record.amount, CASE
        WHEN record.id IS NULL OR NOT record.done OR stated.copy > 1 OR EXISTS (
            SELECT 1 FROM psp_statement_line AS other JOIN psp_statement AS kept ON kept.id = other.psp_statement
            WHERE other.number = stated.number AND other.kind = stated.kind AND kept.provider = $2
                AND other.psp_statement <> $1 AND other.outcome IN ('matched', 'amount_differs')
        ) THEN 'missing_here'
        WHEN record.amount <> stated.amount OR record.currency <> stated.currency THEN 'amount_differs'
        ELSE 'matched' END AS outcome
    FROM psp_statement_line AS stated LEFT JOIN ({RECORDS}) AS record
        ON record.number = stated.number AND record.kind = stated.kind AND record.provider = $2
    WHERE stated.psp_statement = $1
) AS found
WHERE line.id = found.line
"""  # noqa: S608 - constants only
MISSING_THERE = f"""
SELECT record.id, record.number, record.kind, record.amount, record.currency, record.at FROM ({RECORDS}) AS record
WHERE record.provider = $1 AND record.done AND record.at >= $2 AND record.at < $3 AND NOT EXISTS (
    SELECT 1 FROM psp_statement_line AS line JOIN psp_statement AS kept ON kept.id = line.psp_statement
    WHERE line.number = record.number AND line.kind = record.kind AND kept.provider = $1
        AND line.outcome <> 'missing_there')
ORDER BY record.at, record.number
"""  # noqa: S608 - constants only
ADD_MISSING = """
INSERT INTO psp_statement_line
    (id, psp_statement, number, kind, currency, amount, happened_at, outcome, subject_id, here_amount)
SELECT line.id, $1, line.number, line.kind, line.currency, 0, line.at, 'missing_there', line.subject, line.amount
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::uuid[], $8::bigint[])
    AS line (id, number, kind, currency, at, subject, amount)
"""
# What an earlier day missed and this one has was only late.
WAS_LATE = """
DELETE FROM psp_statement_line AS missed USING psp_statement_line AS found, psp_statement AS kept
WHERE found.psp_statement = $1 AND found.outcome IN ('matched', 'amount_differs') AND missed.number = found.number
    AND missed.kind = found.kind AND missed.outcome = 'missing_there' AND kept.id = missed.psp_statement
    AND kept.provider = $2 AND missed.psp_statement <> $1
RETURNING missed.psp_statement
"""
COUNT = """
UPDATE psp_statement SET matched = counted.matched, missing_here = counted.missing_here,
    missing_there = counted.missing_there, amount_differs = counted.amount_differs
FROM (SELECT kept.id, count(*) FILTER (WHERE outcome = 'matched') AS matched,
        count(*) FILTER (WHERE outcome = 'missing_here') AS missing_here,
        count(*) FILTER (WHERE outcome = 'missing_there') AS missing_there,
        count(*) FILTER (WHERE outcome = 'amount_differs') AS amount_differs
    FROM psp_statement AS kept LEFT JOIN psp_statement_line AS line ON line.psp_statement = kept.id
    WHERE kept.id = ANY($1) GROUP BY kept.id) AS counted
WHERE psp_statement.id = counted.id
"""
OFF = """
SELECT number, kind, copy, currency, amount, here_amount, outcome FROM psp_statement_line
WHERE psp_statement = $1 AND outcome <> 'matched' ORDER BY id
"""
FEES = f"""
SELECT line.id AS line, line.subject_id, line.fee_amount, line.currency, record.order_id
FROM psp_statement_line AS line JOIN ({RECORDS}) AS record ON record.id = line.subject_id AND record.kind = line.kind
WHERE line.psp_statement = $1 AND line.outcome = 'matched' ORDER BY line.subject_id
"""  # noqa: S608 - constants only


async def compare_statement(statement: Statement) -> None:
    """Judge every line and count; the caller holds the statement's row. Judging again gives the same."""
    database = tenants.connection()
    await database.execute(
        "DELETE FROM psp_statement_line WHERE psp_statement = $1 AND outcome = 'missing_there'", statement.id
    )
    await database.execute(JUDGE, statement.id, statement.provider)
    late = await database.fetch(WAS_LATE, statement.id, statement.provider)
    await _add_missing(statement)
    await database.execute("UPDATE psp_statement SET checked_at = $2 WHERE id = $1", statement.id, now())
    await count_outcomes([statement.id, *{row["psp_statement"] for row in late}])


async def _add_missing(statement: Statement) -> None:
    """The minutes before the day belong to it only when the day before was looked at as well."""
    database = tenants.connection()
    day_before = await database.fetchval(
        "SELECT EXISTS (SELECT 1 FROM psp_statement WHERE provider = $1 AND starts_at < $2 AND ends_at > $3)",
        statement.provider, statement.starts_at, statement.starts_at - CLOCKS_DIFFER,
    )  # fmt: skip
    begin = statement.starts_at - CLOCKS_DIFFER if day_before else statement.starts_at
    rows = await database.fetch(MISSING_THERE, statement.provider, begin, statement.ends_at - CLOCKS_DIFFER)
    await database.execute(
        ADD_MISSING, statement.id, [new_id() for _row in rows],
        *([row[name] for row in rows] for name in ("number", "kind", "currency", "at", "id", "amount")),
    )  # fmt: skip


async def count_outcomes(statements: Sequence[UUID]) -> None:
    await tenants.connection().execute(COUNT, list(statements))


async def differences_of(statement_id: UUID) -> list[Mapping[str, Any]]:
    """Every line that is not matched."""
    return [dict(row) for row in await tenants.connection().fetch(OFF, statement_id)]


async def matched_numbers(statement_id: UUID) -> list[tuple[str, str]]:
    """Kind and number of every line that is matched."""
    rows = await tenants.connection().fetch(
        "SELECT kind, number FROM psp_statement_line WHERE psp_statement = $1 AND outcome = 'matched'", statement_id
    )
    return [(row["kind"], row["number"]) for row in rows]


async def fees_of(statement_id: UUID) -> list[Mapping[str, Any]]:
    """What the provider kept for each matched line, with our payment or refund and its order."""
    return [dict(row) for row in await tenants.connection().fetch(FEES, statement_id)]


async def fee_differs(lines: Sequence[UUID]) -> None:
    """The fee of these lines was booked before, and it was another one."""
    await tenants.connection().execute(
        "UPDATE psp_statement_line SET outcome = 'amount_differs' WHERE id = ANY($1)", list(lines)
    )
