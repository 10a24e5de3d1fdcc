"""Reads of the pages about commission plans: what a rule may be for, and the names of what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import tenants
from app import promoters

MOST = 300
TARGETS = """
(SELECT 'category' AS scope, category AS target, category AS title FROM product
    WHERE category <> '' AND status = 'published' GROUP BY category ORDER BY category LIMIT $1)
UNION ALL (SELECT 'product', id::text, title FROM product WHERE status = 'published' ORDER BY position, id LIMIT $1)
UNION ALL (SELECT 'variant', variant.id::text, product.title || ' ' || variant.title FROM variant
    JOIN product ON product.id = variant.product WHERE product.status = 'published' AND variant.active
    AND EXISTS (SELECT 1 FROM variant AS other WHERE other.product = product.id AND other.id <> variant.id)
    ORDER BY product.position, variant.position, variant.id LIMIT $1)
UNION ALL (SELECT 'campaign', id::text, title FROM campaign WHERE status IN ('draft', 'scheduled', 'open')
    ORDER BY created_at DESC, id LIMIT $1)
UNION ALL (SELECT 'promoter_level', id::text, name FROM promoter_level ORDER BY rank LIMIT $1)
"""
NAMES = """
SELECT id::text AS id, title FROM product WHERE id = ANY($1::uuid[])
UNION ALL SELECT variant.id::text, product.title || ' ' || variant.title FROM variant
    JOIN product ON product.id = variant.product WHERE variant.id = ANY($1::uuid[])
UNION ALL SELECT id::text, title FROM campaign WHERE id = ANY($1::uuid[])
UNION ALL SELECT id::text, name FROM promoter_level WHERE id = ANY($1::uuid[])
"""


async def targets() -> dict[str, list[tuple[str, str]]]:
    """By scope, what the form offers: the value of the choice and its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in await tenants.connection().fetch(TARGETS, MOST):
        found.setdefault(row["scope"], []).append((f"{row['scope']}:{row['target']}", row["title"]))
    return found


async def names_of(targets: Sequence[str]) -> Mapping[str, str]:
    """What the targets of rules are called today."""
    rows = await tenants.connection().fetch(NAMES, [UUID(target) for target in targets if _is_id(target)])
    return {row["id"]: row["title"] for row in rows}


async def people(promoters: Sequence[str]) -> Mapping[str, str]:
    """Names, by id."""
    rows = await tenants.connection().fetch(
        "SELECT id::text AS id, name FROM promoter WHERE id = ANY($1::uuid[])", [UUID(one) for one in promoters]
    )
    return {row["id"]: row["name"] for row in rows}


async def level_names() -> Mapping[str, str]:
    """Lowest first."""
    return {str(level.id): level.name for level in await promoters.levels()}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
