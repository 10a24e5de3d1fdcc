"""The merchant says who comes in, who rises and below whom somebody stands, and writes to those who went quiet."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import tenants
from app import promoters
from app.kernel.clock import now
from tenants import Tenant
from tests import builders_earning as build
from tests.builders_backoffice import admin, sign_in, staff_of

RULES = {
    "entry": "everyone", "entry_net": "", "lineage_depth": "2", "on_inactive_upline": "house",
    "level_window_days": "30", "levels_fall": "yes", "most_refund": "12.5", "dormant_days": "20", "churned_days": "60",
}  # fmt: skip


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _sign_in(visitor: Any, shop: Tenant, role: str = "manager") -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


async def test_rules_are_changed_and_nonsense_changes_nothing(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop)
    page = admin("/promoters/rules")

    saved = await visitor.submit(page, RULES, page=page)
    refused = await visitor.submit(page, RULES | {"churned_days": "10", "lineage_depth": "9"}, page=page)

    assert saved.status_code == 303
    assert refused.status_code == 422
    assert "More days than for quiet." in _text(refused.text)
    async with tenants.transaction():
        policy = await promoters.read_policy()
    assert (policy.entry, policy.on_inactive_upline, policy.most_refund_bps) == ("everyone", "house", 1250)
    assert (policy.lineage_depth, policy.churned_days) == (2, 60)


async def test_a_level_is_made_given_by_hand_and_cannot_be_removed_then(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop)
    host = await build.promoter()
    page = admin("/promoters/rules")
    await visitor.submit(f"{page}/levels", {"name": "Gold", "rank": "1", "from_net": "500"}, page=page)
    async with tenants.transaction():
        (gold,) = await promoters.levels()

    await visitor.submit(
        admin(f"/promoters/{host.id}/level"), {"level": str(gold.id), "fixed": "yes", "reason": "best of the year"},
        page=admin(f"/promoters/{host.id}"),
    )  # fmt: skip
    kept = await visitor.submit(f"{page}/levels/{gold.id}/remove", {}, page=page)

    shown = _text((await visitor.get(admin(f"/promoters/{host.id}"))).text)
    assert "best of the year" in shown
    assert kept.status_code == 422
    assert "so it stays" in _text(kept.text)
    async with tenants.transaction():
        assert (await promoters.find(host.id)).level_is_fixed


async def test_moving_somebody_needs_a_reason_and_makes_no_circle(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop)
    top, low = await build.promoter(name="Top"), await build.promoter(name="Low")
    here = admin(f"/promoters/{low.id}")

    silent = await visitor.submit(f"{here}/place", {"parent": str(top.id), "reason": ""}, page=here)
    said = _text((await visitor.get(admin(silent.headers["location"]))).text)
    await visitor.submit(f"{here}/place", {"parent": str(top.id), "reason": "she trained her"}, page=here)
    circle = await visitor.submit(
        admin(f"/promoters/{top.id}/place"), {"parent": str(low.id), "reason": "why not"},
        page=admin(f"/promoters/{top.id}"),
    )  # fmt: skip

    assert "Say why" in said
    assert "Nobody can be above themselves" in _text((await visitor.get(admin(circle.headers["location"]))).text)
    assert "she trained her" in (await visitor.get(here)).text
    async with tenants.transaction():
        assert await promoters.uplines_of(low.id) == [top.id]
        assert await promoters.uplines_of(top.id) == []


async def test_whoever_went_quiet_is_written_to_once_a_month(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop)
    quiet = await build.promoter(name="Quiet Lin")
    await build.promoter(name="Fresh Wang")
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE promoter SET decided_at = $2 WHERE id = $1", quiet.id, now() - timedelta(days=40)
        )
    page = admin("/promoters/quiet")

    listed = _text((await visitor.get(page)).text)
    for _ in range(2):
        await visitor.submit(admin(f"/promoters/{quiet.id}/ask-back"), {"words": "New peaches are in."}, page=page)

    assert "Quiet Lin" in listed
    assert "Fresh Wang" not in listed
    async with tenants.transaction():
        told = await tenants.connection().fetch("SELECT facts FROM message WHERE kind = 'life.asked_back'")
    assert len(told) == 1
    assert "New peaches are in." in told[0]["facts"]


async def test_a_reader_changes_no_rules(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop, "read_only")
    page = admin("/promoters/rules")

    assert (await visitor.get(page)).status_code == 200
    assert (await visitor.submit(page, RULES, page=admin("/"))).status_code == 403
