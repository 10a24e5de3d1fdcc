"""What to pick for whom: the goods of a community buy, point by point, and who comes for them. Not a flow.

Counted from paid orders that did not fall away, so it is right before the cut-off and after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

import tenants
from app import pickups, store
from app.flows.postal_address import in_lines
from app.group_buying import Campaign
from app.kernel import formats
from app.kernel.formats import mask_name
from app.kernel.i18n import current_locale, gettext
from app.orders import Paper, Row


class Goods(msgspec.Struct, frozen=True):
    title: str
    variant_title: str
    sku: str
    quantity: int
    is_gift: bool = False

    @property
    def name(self) -> str:
        """With a word about what nobody paid for, so that nobody leaves it out."""
        title = " ".join(filter(None, (self.title, self.variant_title)))
        return f"{gettext('Gift')} · {title}" if self.is_gift else title


class Taker(msgspec.Struct, frozen=True):
    """Who comes, with a name nobody can be found by. `goods` are written out."""

    order_id: UUID
    number: str
    sequence_number: int | None
    name: str
    status: str
    goods: str
    units: int


class PointList(msgspec.Struct, frozen=True):
    point: pickups.Point
    goods: list[Goods]
    takers: list[Taker]

    @property
    def units(self) -> int:
        return sum(each.quantity for each in self.goods)


GOODS = """
SELECT pickup.point, line.title, CASE line.variant_title WHEN 'Default Title' THEN '' ELSE line.variant_title END
    AS variant_title, line.sku, sum(line.quantity)::bigint AS quantity, line.gift IS NOT NULL AS is_gift
FROM participation AS one JOIN pickup ON pickup.order_id = one.order_id
JOIN order_line AS line ON line.order_id = one.order_id
WHERE one.campaign = $1 AND one.status IN ('taken', 'confirmed')
GROUP BY pickup.point, line.title, line.variant_title, line.sku, line.gift IS NOT NULL
ORDER BY line.title, line.variant_title
"""
TAKERS = """
SELECT pickup.point, one.order_id, paid.number, one.sequence_number, paid.ship_to->>'recipient' AS name, pickup.status,
    (SELECT string_agg(concat_ws(' ', line.title, nullif(line.variant_title, 'Default Title')) || ' ×' || line.quantity,
        ', ' ORDER BY line.line_number) FROM order_line AS line WHERE line.order_id = one.order_id) AS goods, one.units
FROM participation AS one JOIN pickup ON pickup.order_id = one.order_id JOIN orders AS paid ON paid.id = one.order_id
WHERE one.campaign = $1 AND one.status IN ('taken', 'confirmed') ORDER BY one.sequence_number
"""


async def pick_lists(campaign: UUID) -> list[PointList]:
    """One list per point that has anything."""
    database = tenants.connection()
    goods, takers = await database.fetch(GOODS, campaign), await database.fetch(TAKERS, campaign)
    found = [
        PointList(
            await pickups.find_point(point_id),
            [Goods(*list(row.values())[1:]) for row in goods if row["point"] == point_id],
            [_taker(row) for row in takers if row["point"] == point_id],
        )
        for point_id in dict.fromkeys(row["point"] for row in goods)
    ]
    return sorted(found, key=lambda each: each.point.name)


def _taker(row: dict[str, object]) -> Taker:
    facts = {name: value for name, value in dict(row).items() if name != "point"}
    return msgspec.convert(facts | {"name": mask_name(str(row["name"] or ""))}, Taker)


async def papers(campaign: Campaign, lists: Sequence[PointList]) -> list[Paper]:
    """One sheet per point: what to pick, then who comes for it."""
    profile = await store.read_profile()
    return [_paper(campaign, each, profile.name) for each in lists]


def _paper(campaign: Campaign, each: PointList, store_name: str) -> Paper:
    point, zone = each.point, formats.zone_of(tenants.current().time_zone)
    facts = [(gettext("Pickup point"), point.name), (gettext("Campaign"), campaign.title)]
    if campaign.ends_at:
        facts.append((gettext("Cut-off"), formats.date_time(campaign.ends_at, current_locale.get(), zone)))
    return Paper(
        kind="pick_list",
        title=gettext("Pick list"),
        number=campaign.code,
        locale=current_locale.get(),
        facts=facts,
        parties=[
            (gettext("Deliver to"), [point.contact, in_lines(point.address), point.phone]),
            (gettext("From"), [store_name]),
        ],
        item_label=gettext("Goods"),
        quantity_label=gettext("Quantity"),
        columns=[],
        rows=[Row(one.name, one.sku, one.quantity) for one in each.goods],
        sums=[(gettext("Units"), str(each.units)), (gettext("Orders"), str(len(each.takers)))],
        remarks=[f"#{one.sequence_number or '–'}  {one.name}  {one.number}  {one.goods}" for one in each.takers],
        footer=store_name,
    )
