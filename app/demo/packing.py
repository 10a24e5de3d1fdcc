"""Material of the demo stores: a pack about a product that is out, with a text for each place it is shared in."""

from __future__ import annotations

import tenants
from app import materials
from app.demo import people
from app.flows.edit_materials import publish_pack, save_pack
from app.materials import Copy, PackDraft

DRAFTS = {
    "qinghe": PackDraft(
        title="本周主推", templates=("classic", "square"),
        copies=[
            Copy(language="zh-Hans", channel="moments", words="{product}今天 {price}，产地直发。\n下单走这里：{link}"),
            Copy(language="zh-Hans", channel="group", words="各位，我是{name}。{product} {price}，要的自己下：{link}"),
        ],
    ),
    "yizhan": PackDraft(
        title="本週選品", templates=("classic", "square"),
        copies=[
            Copy(language="zh-Hant", channel="line", words="我是{name}，{product} {price}，喜歡就從這裡帶走：{link}"),
            Copy(language="en", channel="any", words="{product}, {price} at {store}: {link}"),
        ],
    ),
}  # fmt: skip


async def put_out(slug: str) -> None:
    """Once per store."""
    draft = DRAFTS.get(slug)
    async with tenants.transaction():
        product = await tenants.connection().fetchval(
            "SELECT id FROM product WHERE status = 'published' AND NOT gift_card ORDER BY position, id LIMIT 1"
        )
        if draft is None or product is None or await materials.standings("draft", "published", "retired"):
            return
    pack = await save_pack(None, draft, by=people.MERCHANT.name, about=("product", product))
    await publish_pack(pack, note="", by=people.MERCHANT.name)
