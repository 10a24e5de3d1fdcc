"""The two demo stores: fresh produce in simplified Chinese, ceramics in traditional."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app import freight, promotions, store
from app.kernel.ids import new_id
from app.store import Hero

CONTENT = Path(__file__).resolve().parent.parent / "flows" / "demo_content"


SUPPLIED = "qinghe"  # which of them has suppliers' parcels, and a room where it packs itself
POINTS = promotions.PointsRule(earn_points=1, spend_points=100, max_share_bps=3000)


@dataclass(frozen=True, slots=True)
class DemoStore:
    """What a merchant would have typed. Amounts are minor units of the store's currency."""

    slug: str
    name: str
    tagline: str
    locale: str
    currency: str
    time_zone: str
    selling_mode: str
    preset: str
    hero: Hero
    freight_amount: int
    free_freight_from_amount: int
    delivery: freight.Template
    tax: store.TaxTerms
    commission_bps: int
    live_title: str
    live_platform: str
    linked: tuple[str, ...]
    coupons: tuple[promotions.CouponDraft, ...]
    levels: tuple[promotions.Level, ...]

    @property
    def folder(self) -> Path:
        return CONTENT / self.slug


STORES = (
    DemoStore(
        slug="qinghe",
        name="青禾鲜生",
        tagline="邻里同团 · 产地直发",
        locale="zh-Hans",
        currency="CNY",
        time_zone="Asia/Shanghai",
        selling_mode="community",
        preset="qinghe",
        hero=Hero(
            kicker="本周主推 · 无锡阳山",
            title="今晨离枝，后天到家",
            text="老树水蜜桃，当天凌晨采摘、中午装箱",
            path="/products/yangshan-shuimitao",
        ),
        freight_amount=6_00,
        free_freight_from_amount=49_00,
        delivery=freight.Template(
            None,
            "生鲜冷链",
            "weight",
            (
                freight.Region(
                    country="CN",
                    areas=("上海", "江苏", "浙江", "安徽"),
                    first_units=3000,
                    first_amount=6_00,
                    further_units=1000,
                    further_amount=1_00,
                    free_from_amount=49_00,
                ),
                freight.Region(
                    country="CN",
                    areas=("新疆", "西藏", "青海", "内蒙古"),
                    first_units=1000,
                    first_amount=18_00,
                    further_units=1000,
                    further_amount=9_00,
                ),
                freight.Region(
                    country="CN",
                    first_units=3000,
                    first_amount=6_00,
                    further_units=1000,
                    further_amount=2_00,
                    free_from_amount=49_00,
                ),
                freight.Region(delivers=False, first_units=1000, further_units=1000),
            ),
        ),
        tax=store.TaxTerms(mode="none", bps=0, name="", on_freight=True),
        commission_bps=1200,
        live_title="阳山桃园开摘",
        live_platform="wechat_channels",
        linked=("yangshan-shuimitao", "sanyang-tujidan", "wuchang-daohuaxiang"),
        coupons=(
            promotions.CouponDraft(
                name="新邻居见面礼", code="NIHAO", amount=5_00, claimable=True, valid_days=30, per_customer_limit=1
            ),
            promotions.CouponDraft(
                name="满百立减", code="MAN100", kind="threshold", amount=15_00, from_amount=100_00, issue_total=500
            ),
        ),
        levels=(
            promotions.Level(new_id(), "常客", 300_00, 300),
            promotions.Level(new_id(), "老邻居", 1_000_00, 800),
        ),
    ),
    DemoStore(
        slug="yizhan",
        name="一盞瓷",
        tagline="手拉坯 · 柴窯青瓷",
        locale="zh-Hant",
        currency="TWD",
        time_zone="Asia/Taipei",
        selling_mode="live",
        preset="celadon",
        hero=Hero(
            kicker="秋窯新出",
            title="雨過天青，一盞正好",
            text="三件式日常蓋碗",
            path="/products/qingci-gaiwan",
        ),
        freight_amount=100_00,
        free_freight_from_amount=2_000_00,
        delivery=freight.Template(
            None,
            "宅配",
            "flat",
            (
                freight.Region(
                    country="TW", areas=("澎湖縣", "金門縣", "連江縣"), first_amount=220_00, free_from_amount=5_000_00
                ),
                freight.Region(country="TW", first_amount=100_00, free_from_amount=2_000_00),
                freight.Region(delivers=False),
            ),
        ),
        tax=store.TaxTerms(mode="inclusive", bps=500, name="營業稅", on_freight=True),
        commission_bps=1500,
        live_title="開窯夜話",
        live_platform="youtube",
        linked=("qingci-gaiwan", "jian-zhan"),
        coupons=(
            promotions.CouponDraft(
                name="開窯九折",
                code="KILN10",
                kind="percent",
                bps=1000,
                cap_amount=500_00,
                claimable=True,
                valid_days=60,
            ),
        ),
        levels=(promotions.Level(new_id(), "茶友", 5_000_00, 500),),
    ),
)
