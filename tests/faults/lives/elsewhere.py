"""The life of sales made elsewhere: files are read, a sharer is named late and changes, goods go back."""

from __future__ import annotations

import hashlib
from uuid import UUID

import tenants
from app import external_sales, imports
from app.flows import read_sales_file
from app.flows.merchant_acts import Actor
from app.flows.say_who_and_what import say_what, say_who
from infra.storage.obstore import storage
from infra.storage.port import object_key
from tenants import outbox
from tests import builders_earning as earning
from tests import builders_elsewhere as build
from tests.builders_payouts import SU_HE
from tests.faults import jobs
from tests.faults.life import Life, flows

ELSEWHERE = ("payments.", "fulfillment.")
HEAD = (
    "订单号,订单状态,订单下单时间,支付时间,订单确认收货时间,商品名称,SKU编码(自定义),商品数量,"
    "商品实际价格(总共),商品已退款金额,分享员OpenID,分享员分佣状态"
)
EARLY = "\n".join([
    HEAD, "W1,待收货,2026-11-01 10:00:00,2026-11-01 10:00:05,,桃,PEACH-1,1,100.00,,openid-ya,处理中",
    "W2,完成,2026-11-01 10:00:00,2026-11-01 10:00:05,2026-11-05 09:00:00,桃,THEIRS-1,2,80.00,,openid-ya,已处理",
])  # fmt: skip
LATE = "\n".join([
    HEAD, "W1,完成,2026-11-01 10:00:00,2026-11-01 10:00:05,2026-11-06 09:00:00,桃,PEACH-1,1,100.00,,openid-li,已处理",
    "W2,完成,2026-11-01 10:00:00,2026-11-01 10:00:05,2026-11-05 09:00:00,桃,THEIRS-1,2,80.00,40.00,openid-ya,已处理",
])  # fmt: skip
NONSENSE = "What,Is,This\n1,2,3\n"
ACTOR = Actor(SU_HE.id, SU_HE.name)


async def prepare() -> UUID:
    """Goods with a code, and two promoters of whom one is known there."""
    variant = await build.goods()
    await build.known_as(await earning.promoter(name="Li"), "openid-li")
    await earning.promoter(name="Ya")
    return variant


async def live(variant: UUID) -> None:
    read_sales_file.BATCH = 1  # so that a file is several transactions
    for text in (EARLY, NONSENSE):
        await _upload(text)
    await _work()
    async with tenants.transaction():
        ya = await tenants.connection().fetchval("SELECT id FROM promoter WHERE name = 'Ya'")
        sharer = next((one.id for one in await external_sales.sharers() if one.outside_id == "openid-ya"), None)
    if sharer:
        await say_who(sharer, ya, actor=ACTOR)
    await say_what("wechat_channels", "THEIRS-1", variant, actor=ACTOR)
    await _work()
    await build.days_pass(20)
    await _work()
    await _upload(LATE)
    await _work()


async def _upload(text: str) -> None:
    key = object_key(tenants.current().id, hashlib.sha256(text.encode()).hexdigest(), "csv")
    await storage().put(key, text.encode())
    async with tenants.transaction():
        run_id = await imports.open_run("orders.csv", key, by="Su He", status="queued", kind=imports.SALES)
        await outbox.post("external_sales.read_file", queue="bulk", key=f"sales:{run_id}", run_id=str(run_id))


async def _work() -> None:
    for _ in range(2):
        async with tenants.transaction():
            await outbox.post("external_sales.settle", key="external_sales.settle")
        await jobs.make_everything_due()
        await jobs.work(*ELSEWHERE)


async def mend() -> None:
    """Leases run out, and the timetable asks for a look at lines."""
    await _work()


async def disagreements() -> list[str]:
    """Files that did not come to their end, lines nobody looked at, and what is left half done."""
    found = await jobs.undone(*ELSEWHERE)
    async with tenants.transaction():
        database = tenants.connection()
        runs = await database.fetch("SELECT status FROM import_run ORDER BY created_at")
        waiting = await database.fetch("SELECT order_number FROM external_line WHERE attend_at <= now()")
    wanted = ["finished", "failed", "finished"]
    if [row["status"] for row in runs] != wanted[: len(runs)]:
        found.append(f"files: {[row['status'] for row in runs]}")
    return found + [f"nobody looked at {row['order_number']}" for row in waiting]


LIFE = Life(
    files=flows("read_sales_file", "say_who_and_what", "settle_elsewhere"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements,
)  # fmt: skip
