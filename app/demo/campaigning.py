"""The demo stores' campaigns: one of each kind, as the merchant would have written them in the back office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app import group_buying, promoters
from app.demo import people
from app.flows.run_campaign import publish_campaign, save_campaign
from app.group_buying import Allowed, CampaignDraft, ItemDraft, Kind, Tier
from app.kernel.clock import now


@dataclass(frozen=True, slots=True)
class DemoItem:
    """Every variant of a product: its campaign price in percent of the usual one, and steps for ladders."""

    handle: str
    percent: int
    quota: int | None = None
    steps: tuple[tuple[int, int], ...] = ()  # (from this count, percent of the usual price)


@dataclass(frozen=True, slots=True)
class DemoCampaign:
    kind: Kind
    title: str
    share_text: str
    items: tuple[DemoItem, ...]
    hours: int = 72
    person_limit: int | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    deposit: tuple[int, int] | None = (
        None  # of each item in percent of its price: what is paid first, what it counts as
    )


CUT_OFF = "周三桃子团"  # an earlier list of the same kind as today's


def _asking(text: str, choice: str, choices: list[str], place: str) -> dict[str, Any]:
    """The rules of a chain order that is collected: one text that must be given, and one choice."""
    asked = [{"label": text, "required": True}, {"label": choice, "kind": "choice", "choices": choices}]
    return {"questions": asked, "delivery": "pickup", "place": place, "help_sell": True}


CAMPAIGNS: dict[str, tuple[DemoCampaign, ...]] = {
    "qinghe": (
        DemoCampaign(
            "flash_sale",
            "草莓晚八点秒杀",
            "丹东九九，只放 60 盒",
            (DemoItem("dandong-caomei", 70, quota=30),),
            person_limit=2,
        ),
        DemoCampaign(
            "community",
            "明日菜篮 今晚截单",
            "今晚截单，明天下午到自提点",
            (
                DemoItem("shanghai-qing", 85),
                DemoItem("puzhao-fanqie", 85),
                DemoItem("sanyang-tujidan", 90, quota=80),
                DemoItem("muchang-xiannai", 90),
            ),
            hours=14,
        ),
        DemoCampaign(
            "chain_campaign",
            "阳山水蜜桃 周六接龙",
            "周六一早摘，按跟团号分",
            (DemoItem("yangshan-shuimitao", 88, quota=200),),
            person_limit=6,
            terms=_asking("楼号", "想要的熟度", ["硬一点", "软一点"], "小区东门，周六 16:00 起"),
        ),
        DemoCampaign(
            "team_group",
            "水蜜桃三人团",
            "三人成团，每箱便宜两成",
            (DemoItem("yangshan-shuimitao", 80),),
            person_limit=2,
            terms={"people": 3, "hours": 24},
        ),
        DemoCampaign(
            "ladder_campaign",
            "阳山水蜜桃，人越多越便宜",
            "先按当前价付，降价后差额自动原路退回",
            (DemoItem("yangshan-shuimitao", 100, steps=((3, 89), (10, 78), (30, 71))),),
            terms={"counts": "people"},
        ),
        DemoCampaign(
            "presale",
            "明年明前龙井 预售",
            "定金抵双倍，炒好就发",
            (DemoItem("mingqian-longjing", 100),),
            hours=168,
            deposit=(20, 40),
        ),
        DemoCampaign(
            "demand_test",
            "椴树蜜要不要再进一批？",
            "够多人想要就进货，不够就全额退款",
            (DemoItem("changbaishan-duanshumi", 95),),
            hours=168,
            terms={"metric": "deposits", "target": 12, "planned_units": 120, "unit_cost_amount": 2600},
        ),
    ),
    "yizhan": (
        DemoCampaign(
            "flash_sale",
            "茶倉限時搶購",
            "柴燒茶倉，這一窯只有 12 件",
            (DemoItem("cha-cang", 80, quota=6),),
            person_limit=1,
        ),
        DemoCampaign(
            "community",
            "本週茶席 到店取件",
            "今晚截單，後天到永康街取件",
            (DemoItem("pinming-cups", 90, quota=30), DemoItem("gongdao-bei", 90, quota=30)),
            hours=14,
            terms={"delivery_days": 2},
        ),
        DemoCampaign(
            "chain_campaign",
            "永康街 週末揪團",
            "滿一窯就開，按跟團號取件",
            (DemoItem("qingci-gaiwan", 90, quota=40),),
            person_limit=4,
            terms=_asking("取件人稱呼", "包裝", ["送禮", "自用"], "永康街店，週六 14:00 起"),
        ),
        DemoCampaign(
            "team_group",
            "品茗杯雙人團",
            "兩人成團，一人一組",
            (DemoItem("pinming-cups", 85),),
            person_limit=2,
            terms={"people": 2, "hours": 48},
        ),
        DemoCampaign(
            "ladder_campaign",
            "遠山香插階梯團",
            "先付目前價，降價後差額自動退回",
            (DemoItem("yuan-shan-xiang", 95, steps=((5, 90), (12, 84), (24, 78))),),
            terms={"min_count": 5, "below_min": "refund"},
        ),
        DemoCampaign(
            "presale",
            "冬窯油滴盞 預購",
            "先付訂金，開窯後出貨",
            (DemoItem("jian-zhan", 95),),
            hours=168,
            deposit=(30, 40),
            terms={"forfeits": True},
        ),
        DemoCampaign(
            "demand_test",
            "滿月罐要不要再開一窯？",
            "想要的人夠多才開窯，不夠就全額退款",
            (DemoItem("yue-guan", 90),),
            hours=168,
            terms={"metric": "conversion", "target_bps": 300, "planned_units": 24, "unit_cost_amount": 68000},
        ),
    ),
}


async def open_campaigns(slug: str, step: int) -> None:
    """Write and publish what the store does not have yet. `step` is the smallest amount its currency is paid in."""
    async with tenants.transaction():
        there = {campaign.kind for campaign in await group_buying.listed() if campaign.title != CUT_OFF}
    for demo in CAMPAIGNS[slug]:
        if demo.kind not in there:
            saved = await save_campaign(await _draft(demo, step), None, actor=people.MERCHANT.name)
            await publish_campaign(saved, actor=people.MERCHANT.name)


async def _draft(demo: DemoCampaign, step: int) -> CampaignDraft:
    items = [draft for item in demo.items for draft in await _items(item, step)]
    return CampaignDraft(
        kind=demo.kind,
        title=demo.title,
        share_text=demo.share_text,
        terms=_presale(demo, items, step) if demo.deposit else group_buying.terms_of(demo.kind, dict(demo.terms)),
        items=items,
        ends_at=now() + timedelta(hours=demo.hours),
        leader=await _leader(demo, step) if demo.kind == "chain_campaign" else None,
        person_limit=demo.person_limit,
    )


def _presale(demo: DemoCampaign, items: Sequence[ItemDraft], step: int) -> group_buying.PresaleTerms:
    """The balance can be paid when the deposits end, for three days, and a week later it ships."""
    first, worth = demo.deposit or (0, 0)
    opens = now() + timedelta(hours=demo.hours)
    return group_buying.PresaleTerms(
        opens_at=opens, due_at=opens + timedelta(days=3), ships_at=opens + timedelta(days=10),
        forfeits=bool(demo.terms.get("forfeits")),
        deposits={str(item.variant): max(item.price_amount * first // 100 // step * step, step) for item in items},
        worth={str(item.variant): item.price_amount * worth // 100 // step * step for item in items},
    )  # fmt: skip


async def _leader(demo: DemoCampaign, step: int) -> UUID:
    """The demo host leads the store's chain order, and may open others of its goods for a little less."""
    cheapest = [draft for item in demo.items for draft in await _items(replace(item, percent=item.percent - 8), step)]
    async with tenants.transaction():
        host = next(each for each in await promoters.everyone() if each.email == people.HOST.email)
        await promoters.set_leader(host.id, leads=True)
        await group_buying.leader_goods.allow(
            [Allowed(variant=each.variant, floor_amount=each.price_amount, leader_bps=800) for each in cheapest]
        )
    return host.id


async def _items(item: DemoItem, step: int) -> list[ItemDraft]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT variant.id, variant.price_amount FROM variant JOIN product ON product.id = variant.product"
            " WHERE product.handle = $1 AND variant.active ORDER BY variant.position",
            item.handle,
        )

    def part(amount: int, percent: int) -> int:
        return amount * percent // 100 // step * step

    return [
        ItemDraft(
            row["id"], part(row["price_amount"], item.percent), item.quota,
            tuple(Tier(count, part(row["price_amount"], percent) // 10 * 10) for count, percent in item.steps),
        )
        for row in rows
    ]  # fmt: skip
