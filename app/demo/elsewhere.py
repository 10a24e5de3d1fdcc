"""Sales the demo stores made elsewhere: a file of a few orders, whose sharer is known, and an offer of a network."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app import external_sales, imports, promoters
from app.demo import people
from app.flows.read_sales_file import read_sales_file
from app.kernel.clock import now
from app.kernel.money import CURRENCIES, plain_amount
from infra.storage.obstore import storage
from infra.storage.port import object_key
from tenants import outbox

_GOODS = """
SELECT variant.sku, product.title, variant.price_amount FROM variant JOIN product ON product.id = variant.product
WHERE variant.sku <> '' AND product.status = 'published' ORDER BY product.position, product.id, variant.position LIMIT 4
"""
WECHAT = (
    "订单号", "订单状态", "订单下单时间", "支付时间", "订单确认收货时间", "商品名称", "SKU编码(自定义)", "商品数量",
    "商品实际价格(总共)", "商品已退款金额", "分享员OpenID", "分享员昵称", "分享员分佣状态",
)  # fmt: skip
SHARER, STRANGER = "oDemo-lin-xiaoya", "oDemo-stranger"
OFFER = {"zh-Hant": "京東電茶壺", "zh-Hans": "京东电茶壶"}
Goods = Sequence[tuple[str, str, int]]


async def sell_elsewhere(host: UUID) -> None:
    """Once per store. What is found is worked out by the store's workers, as after any upload."""
    async with tenants.transaction():
        if await imports.recent_runs(1, kind=imports.SALES):
            return
        rows = await tenants.connection().fetch(_GOODS)
        promoter = await promoters.find_by_login(host)
    goods = [(row["sku"], row["title"], row["price_amount"]) for row in rows]
    if promoter is None or len(goods) < 2:
        return
    await _upload(_export(goods))
    async with tenants.transaction():
        sharer = next(one for one in await external_sales.sharers() if one.outside_id == SHARER)
        await external_sales.map_sharer(sharer.id, promoter.id, by=people.MERCHANT.name)
        offer = await external_sales.save_offer(
            title=OFFER.get(tenants.current().locale, OFFER["zh-Hans"]), network="jd", words="",
            landing_url="https://u.jd.com/teapot", slot_parameter="subid", network_bps=1_000, promoter_bps=6_000,
            by=people.MERCHANT.name,
        )  # fmt: skip
        await external_sales.take_slot(offer, promoter.id)
        await outbox.post("external_sales.settle", key="external_sales.settle")


async def _upload(data: bytes) -> None:
    key = object_key(tenants.current().id, hashlib.sha256(data).hexdigest(), "csv")
    await storage().put(key, data)
    async with tenants.transaction():
        run_id = await imports.open_run("wechat-orders.csv", key, by=people.MERCHANT.name, kind=imports.SALES)
        waiting = await imports.open_run("wechat-orders-new.csv", key, by=people.MERCHANT.name, kind=imports.SALES)
        assert waiting != run_id  # noqa: S101 - one stays as it was uploaded, to be looked at
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes(data)
        await read_sales_file(run_id, path)


def _export(goods: Goods) -> bytes:
    """An order received and settled, one whose sharer is not settled, one partly sent back, a stranger's, a bad row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(WECHAT)
    writer.writerow(_row(1, goods[0], days=20, state="完成", received=16, sharer=SHARER, done="已处理"))
    writer.writerow(_row(2, goods[1], days=2, state="待收货", sharer=SHARER, done="处理中"))
    writer.writerow(_row(3, goods[0], days=9, state="完成", received=5, sharer=SHARER, done="已处理", back=2))
    writer.writerow(_row(4, goods[1], days=1, state="待发货", sharer=STRANGER, done="处理中"))
    writer.writerow(_row(5, ("ELSEWHERE-9", "?", goods[1][2]), days=1, state="待发货", sharer="", done=""))
    writer.writerow(_row(6, goods[1], days=1, state="谜", sharer="", done=""))
    return out.getvalue().encode()


def _row(
    number: int, good: tuple[str, str, int], *, days: int, state: str, sharer: str, done: str, received: int = 0,
    back: int = 0,
) -> list[str]:  # fmt: skip
    sku, title, price = good
    currency, step = tenants.current().currency, CURRENCIES[tenants.current().currency].step
    returned = price // back // step * step if back else 0
    return [
        f"'37051150584712{number:05d}", state, _at(days), _at(days), _at(received) if received else "", title, sku, "1",
        plain_amount(price, currency), plain_amount(returned, currency), sharer,
        people.HOST.name if sharer == SHARER else "", done,
    ]  # fmt: skip


def _at(days: int) -> str:
    moment: datetime = now() - timedelta(days=days)
    return moment.astimezone(ZoneInfo(tenants.current().time_zone)).strftime("%Y-%m-%d %H:%M:%S")
