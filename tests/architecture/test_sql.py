"""The subset of SQL that also runs on sharded schemas, and keeps a store movable."""

from __future__ import annotations

import re

from tests.architecture.sources import modules, place, texts

FORBIDDEN = {
    "a trigger": r"\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER\b",
    "an enum or composite type": r"\bCREATE\s+TYPE\b",
    "a sequence": r"\bCREATE\s+SEQUENCE\b|\b(BIG|SMALL)?SERIAL\b|\bAS\s+IDENTITY\b|\bnextval\s*\(",
    "NOTIFY": r"\bNOTIFY\s+\w|\bpg_notify\s*\(",
    "an advisory lock": r"\bpg_(try_)?advisory_\w+\s*\(",
    "MERGE": r"\bMERGE\s+INTO\b",
    "a stored procedure": r"\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\b",
}
# Two commands may migrate at once; the second has to wait somewhere, and no table exists yet whose row it could lock.
ALLOWED = {("migrations/runner.py", "an advisory lock")}


def _broken_rules() -> list[str]:
    return [
        f"{place(path)}:{line} uses {rule}"
        for path in modules("app", "tenants", "migrations", "workers")
        for line, text in texts(path)
        for rule, pattern in FORBIDDEN.items()
        if re.search(pattern, text, re.IGNORECASE) and (place(path), rule) not in ALLOWED
    ]


def test_no_statement_leaves_the_subset() -> None:
    assert _broken_rules() == []


def test_no_statement_names_the_platform_and_a_store_at_once() -> None:
    """Steps of stores never mention the platform schema: the two may live on different servers."""
    mixed = [
        f"{place(path)}:{line}"
        for path in modules("migrations/tenant")
        for line, text in texts(path)
        if "platform." in text
    ]

    assert mixed == []


def test_every_table_of_a_store_has_a_primary_key() -> None:
    keyless = [
        f"{place(path)}: {table[:60]!r}"
        for path in modules("migrations/tenant", "migrations/platform")
        for _, text in texts(path)
        for table in re.findall(r"CREATE TABLE\s[^;]*", text, re.IGNORECASE)
        if "PRIMARY KEY" not in table.upper() and "PARTITION OF" not in table.upper()
    ]

    assert keyless == []
