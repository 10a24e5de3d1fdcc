"""The merchant takes in orders placed elsewhere, says who and what they are, and sees who earns of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import tenants
from app import external_sales, imports
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_elsewhere as build
from tests.builders_backoffice import admin, count, sign_in, staff_of
from workers.context import JobContext
from workers.external_sales import HANDLERS

HERE = admin("/external-sales")
HEAD = (
    "主订单编号,子订单编号,选购商品,商家编码,商品数量,订单应付金额,订单提交时间,支付完成时间,"
    "订单完成时间,订单状态,售后状态,达人ID,达人昵称"
)
SOLD = "69201,69202,桃子,PEACH-1,2,100.00,2026-11-01 10:00:00,2026-11-01 10:00:05,{done},{state},-,759,黄飞"
BAD = "69301,69302,桃子,PEACH-1,2,=cmd,2026-11-01 10:00:00,2026-11-01 10:00:05,,已发货,-,759,黄飞"


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _upload(owner: Any, *rows: str) -> str:
    data = "\n".join([HEAD, *rows]).encode("gb18030")
    files = {"file": ("orders.csv", data, "text/csv")}
    answer = await owner.submit(admin("/external-sales/files"), page=HERE, files=files)
    assert answer.status_code == 303, answer.text[:2000]
    return admin(answer.headers["location"])


async def _take_in(owner: Any, *rows: str) -> imports.Run:
    page = await _upload(owner, *rows)
    await owner.submit(f"{page}/confirm", {}, page=page)
    run_id = page.rpartition("/")[2]
    await HANDLERS["external_sales.read_file"](JobContext(UUID(int=1), "external_sales.read_file", 1, 3), run_id=run_id)
    await build.settled()
    async with tenants.transaction():
        return await imports.find_run(UUID(run_id))


async def test_a_file_is_looked_at_taken_in_and_changes_nothing_the_second_time(owner: Any) -> None:
    await build.goods()
    sold = SOLD.format(done="", state="已发货")

    page = await _upload(owner, sold, BAD)
    looked = (await owner.get(page)).text
    before = await count("external_line")
    first, again = await _take_in(owner, sold, BAD), await _take_in(owner, sold, BAD)

    assert "主订单编号" in looked
    assert "This is not an amount of CNY." in looked
    assert "Take 1 good row in" in looked
    assert before == 0
    assert (first.products, first.images, first.errors) == (1, 0, 1)
    assert (again.products, again.variants, again.images, again.errors) == (0, 0, 1, 1)
    assert (await build.only_line("69201")).basis == "unknown_sharer"


async def test_bad_rows_are_taken_home_as_they_came_and_start_no_formula(owner: Any) -> None:
    page = await _upload(owner, SOLD.format(done="", state="已发货"), BAD)

    rows = (await owner.get(f"{page}/bad-rows.csv")).text

    assert "69301" in rows
    assert "69201" not in rows
    assert '"\'=cmd"' in rows


async def test_later_files_move_an_order_on_and_never_back(owner: Any) -> None:
    await build.goods()
    received = SOLD.format(done="2026-11-09 08:00:00", state="已完成")

    await _take_in(owner, received)
    await _take_in(owner, SOLD.format(done="", state="已发货"))

    line = await build.only_line("69201")
    assert (line.status, line.sharer_final) == ("received", True)


async def test_who_a_sharer_is_is_said_once_and_counts_for_lines_there_are(owner: Any) -> None:
    await build.goods()
    ya = await earning.promoter(name="Ya")
    await _take_in(owner, SOLD.format(done="2026-11-09 08:00:00", state="已完成"))
    async with tenants.transaction():
        (sharer,) = await external_sales.sharers()
    matching = admin("/external-sales/matching")

    await owner.submit(admin(f"/external-sales/sharers/{sharer.id}"), {"promoter": str(ya.id)}, page=matching)
    await build.settled()

    line = await build.only_line("69201")
    shown = (await owner.get(admin(f"/external-sales/lines/{line.id}"))).text
    assert [one[1:] for one in await build.kept()] == [("frozen", 1_000)]
    assert "The platform names this sharer." in shown
    assert "Ya" in (await owner.get(HERE)).text


async def test_goods_that_fit_nothing_are_listed_and_matched_by_hand(owner: Any) -> None:
    await build.goods("OUR-1")
    ya = await earning.promoter(name="Ya")
    await build.known_as(ya, "759", "douyin")
    await _take_in(owner, SOLD.format(done="", state="已发货"))
    matching = admin("/external-sales/matching")

    listed = (await owner.get(matching)).text
    wrong = await owner.submit(
        admin("/external-sales/goods"), {"platform": "douyin", "sku_code": "PEACH-1", "our_sku": "NO"}, page=matching
    )
    await owner.submit(
        admin("/external-sales/goods"), {"platform": "douyin", "sku_code": "PEACH-1", "our_sku": "OUR-1"}, page=matching
    )
    await build.settled()

    assert "PEACH-1" in listed
    assert wrong.status_code == 422
    assert await build.kept() == [("Ya", "estimated", 1_000)]


async def test_why_an_amount_is_what_it_is_is_told_of_sales_elsewhere_too(owner: Any) -> None:
    await build.goods()
    await build.known_as(await earning.promoter(name="Ya"))
    done = build.fact(sharer="openid-ya", sharer_final=True, status="received", received_at=build.hours_ago(1))
    await build.seen(done, build.fact(refunded_amount=5_000))
    await build.settled()
    async with tenants.transaction():
        line = await tenants.connection().fetchval("SELECT id FROM commission_line")

    story = (await owner.get(admin(f"/commission-lines/{line}"))).text

    assert "3705115058471208928" in story
    assert "Refunded, so this part went back" in story
    assert "The platform names this sharer." in story


async def test_an_offer_leads_only_to_its_networks_own_hosts(owner: Any) -> None:
    page = admin("/external-sales/offers")
    form = {
        "title": "Kettle", "network": "jd", "landing_url": "https://u.jd.com/x", "slot_parameter": "subid",
        "network_bps": "10", "promoter_bps": "50", "words": "",
    }  # fmt: skip

    refused = [
        (await owner.submit(page, form | {"landing_url": bad}, page=page)).status_code
        for bad in (
            "https://evil.example/x", "http://u.jd.com/x", "https://u.jd.com@evil.example/", "https://u.jd.com:8443/x",
            "javascript:alert(1)", "https://u.jd.com.evil.example/", "https://u.jd.com\\@evil.example",
        )
    ]  # fmt: skip
    made = await owner.submit(page, form, page=page)

    assert refused == [422] * 7
    assert made.status_code == 303
    assert "Kettle" in (await owner.get(page)).text


async def test_a_shop_is_connected_read_paused_and_its_secret_never_shown(owner: Any) -> None:
    page = admin("/external-sales/shops")
    form = {"platform": "wechat_channels", "name": "Peach shop", "appid": "wx1", "secret": "hush-hush-hush"}

    refused = await owner.submit(page, form | {"secret": ""}, page=page)
    await owner.submit(page, form, page=page)
    async with tenants.transaction():
        (shop,) = await external_sales.shops()
        asked = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE kind = 'external_sales.pull'")
    await owner.submit(f"{page}/{shop.id}/switch", {"status": "paused"}, page=page)
    shown = (await owner.get(page)).text

    assert (refused.status_code, asked) == (422, 1)
    assert "Peach shop" in shown
    assert "Paused" in shown
    assert "hush-hush-hush" not in shown + refused.text
