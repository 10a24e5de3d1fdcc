"""Freight templates as rows: reading what a cart needs, and saving what the merchant made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple
from uuid import UUID

from asyncpg import Record, UniqueViolationError

import tenants
from app.freight.checks import check_template
from app.freight.quoting import Tariff
from app.freight.templates import Region, Template
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.ids import new_id

MOST_TEMPLATES = 50

READ = """
SELECT template.id, template.name, template.charged_by, template.is_default, region.country, region.areas,
    region.delivers, region.first_units, region.first_amount, region.further_units, region.further_amount,
    region.free_from_amount, region.free_from_pieces
FROM freight_template AS template JOIN freight_region AS region ON region.template = template.id
"""
# Static texts: a condition is never put together from a value.
ALL = READ + "ORDER BY template.is_default DESC, template.created_at, template.id, region.position"
ONE = READ + "WHERE template.id = $1 ORDER BY region.position"
NEEDED = READ + "WHERE template.is_default OR template.id = ANY($1::uuid[]) ORDER BY template.id, region.position"


class TemplateInUse(Refusal):
    """Products say that they are charged by it."""

    code = "freight.template_in_use"
    status = 409
    message = "%(count)s products use this template. Give them another one first."


class TooManyTemplates(Refusal):
    """More ways to charge for delivery than anybody can keep apart."""

    code = "freight.too_many_templates"
    status = 409
    message = "There are already %(most)s templates. Change one of them, or remove one first."


async def tariff_for(products: Collection[UUID | None], *, flat: Template, home: str) -> Tariff:
    """What decides delivery for goods with these templates; `flat` holds for a store without a default template."""
    known = _templates(await tenants.connection().fetch(NEEDED, list({one for one in products if one})))
    default = next((template for template in known if template.is_default), flat)
    return Tariff(default, {template.id: template for template in known if template.id}, home)


async def templates() -> list[Template]:
    """Every template of the store, the default one first."""
    return _templates(await tenants.connection().fetch(ALL))


async def find_template(template_id: UUID) -> Template:
    """Raises NotFound."""
    found = _templates(await tenants.connection().fetch(ONE, template_id))
    if not found:
        raise NotFound
    return found[0]


async def products_by_template() -> dict[UUID, int]:
    """How many products name each template."""
    rows = await tenants.connection().fetch(
        "SELECT freight_template, count(*) AS products FROM product WHERE freight_template IS NOT NULL GROUP BY 1"
    )
    return {row["freight_template"]: row["products"] for row in rows}


def _templates(rows: Sequence[Record]) -> list[Template]:
    found: dict[UUID, tuple[Record, list[Region]]] = {}
    for row in rows:
        facts = {name: value for name, value in row.items() if name in Region.__dataclass_fields__}
        found.setdefault(row["id"], (row, []))[1].append(Region(**facts | {"areas": tuple(row["areas"])}))
    return [
        Template(row["id"], row["name"], row["charged_by"], tuple(regions), row["is_default"])
        for row, regions in found.values()
    ]


async def save_template(template: Template) -> UUID:
    """Make or change one; the first template of a store, and one that says so, becomes the default.

    Raises InvalidInput, NotFound, TooManyTemplates. Orders that were placed keep the freight they were placed with.
    """
    check_template(template)
    database, known = tenants.connection(), template.id or new_id()
    default = template.is_default or not await database.fetchval("SELECT 1 FROM freight_template WHERE is_default")
    if default:
        await database.execute("UPDATE freight_template SET is_default = false WHERE is_default AND id <> $1", known)
    try:
        async with tenants.savepoint():
            await (_change if template.id else _add)(known, template, default=default)
    except UniqueViolationError:
        raise InvalidInput({"name": "Another template has this name."}) from None
    await database.execute("DELETE FROM freight_region WHERE template = $1", known)
    await database.executemany(
        "INSERT INTO freight_region (id, template, position, country, areas, delivers, first_units, first_amount,"
        " further_units, further_amount, free_from_amount, free_from_pieces)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        [(new_id(), known, place, *_values(region)) for place, region in enumerate(template.regions, 1)],
    )
    return known


async def _add(known: UUID, template: Template, *, default: bool) -> None:
    database = tenants.connection()
    if await database.fetchval("SELECT count(*) FROM freight_template") >= MOST_TEMPLATES:
        raise TooManyTemplates(most=MOST_TEMPLATES)
    await database.execute(
        "INSERT INTO freight_template (id, name, charged_by, is_default, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $5)",
        known, template.name, template.charged_by, default, now(),
    )  # fmt: skip


async def _change(known: UUID, template: Template, *, default: bool) -> None:
    """A default stays one until another takes its place."""
    done = await tenants.connection().execute(
        "UPDATE freight_template SET name = $2, charged_by = $3, is_default = is_default OR $4, updated_at = $5"
        " WHERE id = $1",
        known, template.name, template.charged_by, default, now(),
    )  # fmt: skip
    if done.endswith(" 0"):
        raise NotFound


def _values(region: Region) -> tuple[object, ...]:
    values = astuple(region)
    return (values[0], list(region.areas), *values[2:])


async def remove_template(template_id: UUID) -> None:
    """Raises NotFound, TemplateInUse. Without a default template the store's one price holds again."""
    used = await tenants.connection().fetchval("SELECT count(*) FROM product WHERE freight_template = $1", template_id)
    if used:
        raise TemplateInUse(count=used)
    done = await tenants.connection().execute("DELETE FROM freight_template WHERE id = $1", template_id)
    if done.endswith(" 0"):
        raise NotFound
