"""A promoter opens an amount among the earnings and reads why it is what it is; nobody else can."""

from __future__ import annotations

from typing import Any

import tenants
from app import commissions, promoters
from app.flows.decide_promoter import decide_promoter
from app.kernel.ids import new_id
from infra.settings import settings
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_plans as build


def _host(path: str) -> str:
    return f"{settings().origin('host')}{path}"


async def _approved(shop: Tenant, visitor: Any) -> promoters.Promoter:
    """Signed up, applied and approved with 15%."""
    visitor.headers["Accept-Language"] = "en"
    email = f"{new_id().hex}@host.test"
    await visitor.submit(_host("/sign-up"), {"name": "Xiaoya", "email": email, "password": "correct horse battery"})
    await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    async with tenants.transaction():
        (waiting,) = await promoters.everyone("pending")
    return await decide_promoter(waiting.id, True, 1500, "Su He")


async def test_an_amount_among_the_earnings_leads_to_its_reasons(shop: Tenant, visitor: Any) -> None:
    me = await _approved(shop, visitor)
    await build.in_force(build.rule(name="Everything", rates=(2000,)))
    order = await build.sold(me, 8_780)
    async with tenants.transaction():
        (line,) = await commissions.named_lines(order)

    listed = (await visitor.get(_host("/earnings"))).text
    page = (await visitor.get(_host(f"/commissions/{line.id}"))).text

    assert f"/commissions/{line.id}" in listed
    for told in ("¥87.80", "20%", "¥17.56", "Everything", "Version 1", "The order was paid"):
        assert told in page, told


async def test_somebody_above_reads_the_own_share_and_no_other(shop: Tenant, visitor: Any) -> None:
    me, seller = await _approved(shop, visitor), await earning.promoter(name="Ma Jie")
    async with tenants.transaction():
        await promoters.move(seller.id, me.id, actor="Su He", reason="brought her")
    await build.in_force(build.rule(depth=2, rates=(1000, 300)))
    order = await build.sold(seller, 10_000)
    async with tenants.transaction():
        theirs, mine = await commissions.named_lines(order)

    page = await visitor.get(_host(f"/commissions/{mine.id}"))

    assert "for a sale of somebody below" in page.text
    assert "¥3.00" in page.text
    assert "for a sale of somebody below" in (await visitor.get(_host("/earnings"))).text
    assert (await visitor.get(_host(f"/commissions/{theirs.id}"))).status_code == 404
