"""The merchant keeps coupons, levels and points."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import promotions
from app.backoffice import coupon_form as form
from app.flows.request_refund import request_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.builders_backoffice import admin, make_product, sign_in, staff_of

FORM = {
    "name": "Peach week", "code": "peach 10", "kind": "percent", "amount": "", "bps": "12.5", "cap_amount": "30",
    "from_amount": "99", "scope": "all", "issue_total": "1000", "per_customer_limit": "2", "starts_on": "2026-11-01",
    "ends_on": "2026-11-30", "valid_days": "", "claimable": "yes",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _coupons() -> list[promotions.Coupon]:
    async with tenants.transaction():
        return await promotions.coupons()


async def _made(owner: Any, **changed: str) -> promotions.Coupon:
    answer = await owner.submit(admin("/coupons/new"), FORM | changed, page=admin("/coupons/new"))
    assert answer.status_code == 303, answer.text
    (coupon,) = await _coupons()
    return coupon


async def test_a_coupon_reads_as_it_was_typed_and_its_last_day_still_counts(owner: Any) -> None:
    assert "No coupons yet" in (await owner.get(admin("/coupons"))).text

    coupon = await _made(owner)

    assert (coupon.code, coupon.kind, coupon.bps, coupon.cap_amount) == ("PEACH10", "percent", 1250, 3000)
    assert (coupon.from_amount, coupon.issue_total, coupon.per_customer_limit) == (9900, 1000, 2)
    assert coupon.ends_at is not None
    assert coupon.ends_at.isoformat() == "2026-11-30T16:00:00+00:00"
    page = (await owner.get(admin(f"/coupons/{coupon.id}"))).text
    for text in ('value="12.5"', 'value="2026-11-01"', 'value="2026-11-30"', 'value="99.00"', "Draft"):
        assert text in page


async def test_a_coupon_is_started_stopped_and_started_again(owner: Any) -> None:
    coupon = await _made(owner)
    page = admin(f"/coupons/{coupon.id}")

    seen = []
    for act in ("start", "stop", "start"):
        await owner.submit(f"{page}/{act}", page=page)
        seen.append((await _coupons())[0].status)

    assert seen == ["active", "ended", "active"]


async def test_a_coupon_for_chosen_products_keeps_them(owner: Any) -> None:
    product = await make_product()

    coupon = await _made(owner, scope="products", products=str(product), collections=str(product))

    assert coupon.targets == (product,)
    assert f'value="{product}" selected' in (await owner.get(admin(f"/coupons/{coupon.id}"))).text


async def test_what_makes_no_sense_is_refused_with_what_was_typed(owner: Any) -> None:
    answer = await owner.submit(
        admin("/coupons/new"), FORM | {"name": "", "bps": "101", "issue_total": "few", "ends_on": "soon"},
        page=admin("/coupons/new"),
    )  # fmt: skip

    assert answer.status_code == 422
    assert "Enter a day like 2026-11-30." in answer.text
    assert 'value="few"' in answer.text
    assert await _coupons() == []


async def test_usage_is_counted_on_the_list_and_drawn_by_day(owner: Any) -> None:
    coupon = await promoting.coupon()
    placed = await promoting.order_with(code="PEACH")
    await settle_payment(selling.captured(await selling.open_payment(placed.order_id)))

    listed = (await owner.get(admin("/coupons"))).text
    page = (await owner.get(admin(f"/coupons/{coupon.id}"))).text

    assert "¥5.00" in listed
    assert "Orders with this coupon by day" in page


async def test_levels_are_added_changed_and_removed(owner: Any) -> None:
    page = admin("/members")
    level = {"name": "Gold", "threshold_amount": "500", "discount_bps": "5"}
    await owner.submit(f"{page}/levels", level, page=page)
    async with tenants.transaction():
        (gold,) = await promotions.levels()

    await owner.submit(f"{page}/levels/{gold.id}", level | {"discount_bps": "7.5"}, page=page)
    async with tenants.transaction():
        (changed,) = await promotions.levels()
    await owner.submit(f"{page}/levels/{gold.id}/removal", page=page)

    assert (gold.threshold_amount, gold.discount_bps, changed.discount_bps) == (50_000, 500, 750)
    assert "No levels yet" in (await owner.get(page)).text


async def test_a_level_is_given_by_hand_with_its_last_day_and_taken_away(owner: Any) -> None:
    gold, page = await promoting.level(threshold=10**6), admin("/members")
    ya = await promoting.customer("ya@example.test")
    form = {"email": "Ya@example.test", "level": str(gold.id), "until": "2099-12-31"}

    unknown = await owner.submit(f"{page}/grants", form | {"email": "nobody@example.test"}, page=page)
    await owner.submit(f"{page}/grants", form, page=page)
    async with tenants.transaction():
        given = await promotions.membership_of(ya)
    await owner.submit(f"{page}/grants/{ya}/removal", page=page)

    assert "No customer signs in with this address." in unknown.text
    assert given.level == gold
    assert given.by_hand
    async with tenants.transaction():
        assert (await promotions.membership_of(ya)).level is None


async def test_the_rule_of_points_is_kept_and_nonsense_is_refused(owner: Any) -> None:
    page = admin("/members")

    refused = await owner.submit(
        f"{page}/points", {"earn_points": "x", "spend_points": "1", "max_share": "1"}, page=page
    )
    await owner.submit(f"{page}/points", {"earn_points": "2", "spend_points": "50", "max_share": "30"}, page=page)

    assert refused.status_code == 422
    async with tenants.transaction():
        rule = await promotions.points_rule()
    assert (rule.earn_points, rule.spend_points, rule.max_share_bps) == (2, 50, 3000)


async def test_read_only_sees_coupons_and_changes_nothing(visitor: Any, shop: Tenant) -> None:
    visitor.headers["Accept-Language"] = "en"
    coupon = await promoting.coupon()
    await sign_in(visitor, await staff_of(shop, "read_only"))

    page = await visitor.get(admin(f"/coupons/{coupon.id}"))
    refused = await visitor.submit(admin(f"/coupons/{coupon.id}/stop"), page=admin("/coupons"))

    assert page.status_code == 200
    assert "Stop" not in page.text
    assert refused.status_code == 403


async def test_points_are_set_right_with_a_reason_that_the_customer_reads(owner: Any) -> None:
    ya = await promoting.customer("ya@example.test")
    page = admin(f"/members/people/{ya}")

    listed = await owner.get(admin("/members/people?q=ya@"))
    answer = await owner.submit(f"{page}/points", {"points": "50", "reason": "A bruised box"}, page=page)
    shown = await owner.get(page)

    assert f"/members/people/{ya}" in listed.text
    assert answer.status_code == 303, answer.text
    assert "A bruised box" in shown.text
    assert "+50" in shown.text


async def test_points_typed_as_words_are_refused(owner: Any) -> None:
    page = admin(f"/members/people/{await promoting.customer()}")

    answer = await owner.submit(f"{page}/points", {"points": "many", "reason": "?"}, page=page)

    assert answer.status_code == 422
    assert "Enter a whole number." in answer.text


async def test_the_store_says_how_long_points_are_good(owner: Any) -> None:
    facts = {"earn_points": "1", "spend_points": "100", "max_share": "50", "expiry": "yearly", "good_for_months": "6"}

    wrong = await owner.submit(admin("/members/points"), facts | {"expiry_day": "02-30"}, page=admin("/members"))
    saved = await owner.submit(admin("/members/points"), facts | {"expiry_day": "06-30"}, page=admin("/members"))

    assert (wrong.status_code, saved.status_code) == (422, 303)
    async with tenants.transaction():
        rule = await promotions.points_rule()
    assert (rule.expiry, rule.good_for_months, rule.expiry_day) == ("yearly", 6, "06-30")


async def test_the_store_says_how_far_levels_look_back(owner: Any) -> None:
    await promoting.level()

    answer = await owner.submit(admin("/members/days"), {"level_days": "90"}, page=admin("/members"))

    assert answer.status_code == 303
    assert "Paid within 90 days" in (await owner.get(admin("/members"))).text


async def test_the_kind_is_chosen_first_and_the_form_asks_only_for_what_it_needs(owner: Any) -> None:
    first = (await owner.get(admin("/coupons/new"))).text
    forms = {kind: (await owner.get(admin(f"/coupons/new?kind={kind}"))).text for kind in form.KINDS}

    assert all(f"/coupons/new?kind={kind}" in first for kind in form.KINDS)
    asked = {kind: {name for name in ("amount", "bps", "cap_amount", "from_amount") if f'name="{name}"' in text}
             for kind, text in forms.items()}  # fmt: skip
    assert asked == {
        "fixed": {"amount"}, "percent": {"bps", "cap_amount", "from_amount"}, "threshold": {"amount", "from_amount"},
    }  # fmt: skip


async def test_a_coupon_is_read_as_a_sentence_before_it_is_saved(owner: Any) -> None:
    threshold = {"kind": "threshold", "amount": "15", "from_amount": "100", "bps": "", "cap_amount": ""}

    answer = await owner.submit(
        admin("/coupons/new"), FORM | threshold | {"act": "preview"}, page=admin("/coupons/new?kind=threshold")
    )

    assert "¥15 off from ¥100 on, for everything, 2 times for each person, 1000 coupons in all" in answer.text
    assert await _coupons() == []


async def test_a_paused_coupon_waits_and_a_copy_starts_as_a_draft(owner: Any) -> None:
    coupon = await _made(owner)
    page = admin(f"/coupons/{coupon.id}")
    await owner.submit(f"{page}/start", page=page)

    answer = await owner.submit(f"{page}/pause", page=page)
    copied = (await owner.get(admin(f"/coupons/new?copy={coupon.id}"))).text

    assert answer.status_code == 303
    assert (await promoting.current(coupon)).status == "paused"
    assert 'value="Peach week"' in copied
    assert "PEACH10" not in copied


async def test_a_coupon_shows_its_orders_and_what_it_cost_after_refunds(owner: Any) -> None:
    coupon = await promoting.coupon(amount=1000)
    placed = await promoting.order_with(await selling.offer(price=5000), code="PEACH")
    payment = await selling.open_payment(placed.order_id)
    await settle_payment(selling.captured(payment))
    (refund,) = await request_refund(placed.order_id, amount=1000, reason="a bruise")
    await settle_refund(RefundState(refund.number, payment.number, "succeeded", refund.amount, "CNY"))

    text = (await owner.get(admin(f"/coupons/{coupon.id}"))).text

    assert placed.number in text
    assert "¥7.50" in text  # a quarter of what was paid is back, and with it a quarter of the ten
