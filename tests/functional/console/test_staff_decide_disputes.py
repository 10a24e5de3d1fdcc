"""Staff decide what a store and a shopper cannot: they see both sides, money goes the usual way, all is on record."""

from __future__ import annotations

import re
from uuid import UUID

import tenants
from app.flows.decide_aftersale import decline_aftersale
from app.flows.dispute_aftersale import dispute_aftersale
from app.kernel import formats
from tenants import Tenant, disputes
from tests import invariants
from tests.builders_aftersales import ask, case, confirm_refunds, context, delivered_order, order_of
from tests.builders_console import sign_in_as_staff
from tests.builders_selling import offer
from tests.functional.conftest import Visitor, own_address
from workers import aftersales as jobs


async def _disputed() -> tuple[UUID, UUID]:
    """The request and, as the platform keeps it, the dispute."""
    aftersale = await ask(await delivered_order(await offer(price=1000)), words="It was spoiled")
    await decline_aftersale(aftersale, actor="Su He", words="It was eaten.")
    await dispute_aftersale(aftersale, side="shopper", actor="shopper", words="Nobody ate it.")
    await jobs.report_dispute(context("aftersales.report_dispute"), aftersale_id=str(aftersale))
    row = next(row for row in await disputes.open_disputes(1000) if row.aftersale == aftersale)
    return aftersale, row.id


async def test_staff_see_what_both_sides_said(visitor: Visitor, shop: Tenant) -> None:
    aftersale, dispute = await _disputed()
    visitor.headers["Accept-Language"] = "en"
    await sign_in_as_staff(visitor, "viewer")

    page = (await visitor.get(own_address("staff", f"/disputes/{dispute}"))).text

    for words in ("It was spoiled", "It was eaten.", "Nobody ate it.", (await case(aftersale)).number):
        assert words in page
    assert "/ruling" not in page
    deadline = (await case(aftersale)).deadline_at
    assert deadline is not None
    until = formats.date_time(deadline, "en", formats.zone_of(shop.time_zone))
    assert f"{until} ({shop.time_zone})" in page  # by the store's clock, which is named
    queue = (await visitor.get(own_address("staff", "/disputes"))).text
    assert until in queue
    assert shop.time_zone in queue
    assert "Opened the store" in (await visitor.get(own_address("staff", f"/audit?store={shop.slug}"))).text


async def test_a_decision_pays_is_on_record_and_leaves_the_queue(visitor: Visitor, shop: Tenant) -> None:
    aftersale, dispute = await _disputed()
    visitor.headers["Accept-Language"] = "en"
    await sign_in_as_staff(visitor, "operator")
    page = own_address("staff", f"/disputes/{dispute}")
    assert str(dispute) in (await visitor.get(own_address("staff", "/disputes"))).text

    form = {"ruling": "refund", "amount": "6", "reason": "The picture shows it."}
    answer = await visitor.submit(f"{page}/ruling", form, page=page)
    await jobs.report_dispute(context("aftersales.report_dispute"), aftersale_id=str(aftersale))
    await confirm_refunds(aftersale)

    assert answer.status_code == 303
    found = await case(aftersale)
    assert (found.refunded_amount, found.ruling) == (600, "refund")
    assert (await order_of(found.order_id)).refunded_amount == 600
    waiting = (await visitor.get(own_address("staff", "/disputes"))).text.partition("Decided or settled")[0]
    assert str(dispute) not in re.findall(r"/disputes/([0-9a-f-]{36})", waiting)
    assert "Decided a dispute" in (await visitor.get(own_address("staff", f"/audit?store={shop.slug}"))).text
    await invariants.check(shop)


async def test_a_viewer_cannot_decide(visitor: Visitor, shop: Tenant) -> None:
    aftersale, dispute = await _disputed()
    await sign_in_as_staff(visitor, "viewer")
    page = own_address("staff", f"/disputes/{dispute}")

    form = {"ruling": "decline", "reason": "No."}
    answer = await visitor.submit(f"{page}/ruling", form, page=own_address("staff", "/disputes"))

    assert answer.status_code == 403
    assert (await case(aftersale)).ruled_at is None


async def test_a_dispute_is_decided_once(visitor: Visitor, shop: Tenant) -> None:
    aftersale, dispute = await _disputed()
    await sign_in_as_staff(visitor, "admin")
    page = own_address("staff", f"/disputes/{dispute}")

    for ruling, status in (("decline", 303), ("refund", 409)):
        form = {"ruling": ruling, "amount": "10", "reason": "Both sides were heard."}
        assert (await visitor.submit(f"{page}/ruling", form, page=own_address("staff", "/jobs"))).status_code == status

    assert (await case(aftersale)).ruling == "decline"
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM refund") == 0
