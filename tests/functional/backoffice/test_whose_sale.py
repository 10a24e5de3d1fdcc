"""The merchant says whose sale it is, sees who is bound to whom, and moves a shopper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import tenants
from app import attribution
from app.flows.decide_attribution import decide_attribution
from app.flows.dispute_sale import dispute_sale
from app.flows.fold_clicks import fold_clicks
from app.flows.replay_orders import replay_orders
from app.kernel.ids import new_id
from tenants import Tenant, platform
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests.builders_backoffice import admin, sign_in, staff_of

EDIT = "/attribution/policy"
FORM = {
    "seen": "0", "rung_binding": "1", "rung_last_click": "2", "click_window_days": "30", "live_minutes": "30",
    "bind_trigger": "click", "eligible": "everyone", "snatch_policy": "never", "protect_days": "5",
    "click_lock_days": "7", "order_lock_days": "20", "live_click_lock_days": "10", "live_order_lock_days": "35",
    "max_orders": "", "note": "Peace among sharers",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _subject() -> UUID:
    async with tenants.transaction():
        found: UUID = await tenants.connection().fetchval("SELECT id FROM binding_subject")
    return found


async def test_a_policy_is_saved_and_read_in_plain_words(owner: Any) -> None:
    product = await build.product(title="Peaches")
    form = FORM | {"rung_live": "off"} | {"product-0": str(product), "click-0": "3", "order-0": "9"}

    answer = await owner.submit(admin(EDIT), form, page=admin(EDIT))

    page = await owner.get(admin("/attribution"))
    async with tenants.transaction():
        saved = (await attribution.policies())[0]
    assert answer.status_code == 303
    assert (saved.version, saved.rungs, saved.changed_by) == (1, ("binding", "last_click"), "Su He")
    assert saved.product_locks == {product: attribution.Locks(3, 9)}
    assert "A click binds for 7 days, a paid order for 20." in page.text
    assert "Nobody takes over while the binding lasts" in page.text
    assert "A click counts for 30 days." in page.text
    assert "Peace among sharers" in page.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rung_binding": "2"}, "Two of them have the same place."),
        ({"rung_binding": "", "rung_last_click": ""}, "Choose at least one way to count"),
        ({"click_window_days": "0"}, "Between 1 and 365 days."),
        ({"click_lock_days": "a week"}, "Enter a whole number."),
        ({"max_orders": "0"}, "Between 1 and 1,000 orders."),
        ({"seen": "3"}, "Somebody else saved the policy a moment ago."),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_saved(owner: Any, changed: dict[str, str], said: str) -> None:
    answer = await owner.submit(admin(EDIT), FORM | changed, page=admin(EDIT))

    assert (answer.status_code, said in answer.text) == (422, True)
    async with tenants.transaction():
        assert (await attribution.policies())[0].version == 0


async def test_a_shopper_is_moved_with_a_reason_that_stays(owner: Any) -> None:
    await policies.policy(snatch_policy="never")
    visitor, ajie = new_id(), await build.promoter(name="Ajie")
    await build.click(await build.link(await build.promoter(name="Xiaoya")), visitor=visitor)
    await fold_clicks()
    page = admin(f"/attribution/shoppers/{await _subject()}")

    silent = await owner.submit(page, {"promoter": str(ajie.id), "reason": " "}, page=page)
    moved = await owner.submit(page, {"promoter": str(ajie.id), "reason": "They met at the fair"}, page=page)

    shown = await owner.get(page)
    listed = await owner.get(admin("/attribution/shoppers?q=aji"))
    async with platform.transaction() as database:
        audited = await database.fetchval("SELECT reason FROM audit_entry WHERE action = 'attribution.move_shopper'")
    assert (silent.status_code, moved.status_code) == (422, 303)
    assert await policies.bindings(visitor) == [("Xiaoya", "moved"), ("Ajie", "")]
    assert "They met at the fair" in shown.text
    assert "Ajie" in listed.text
    assert audited == "They met at the fair"


async def test_bindings_are_brought_along_all_or_none(owner: Any) -> None:
    await policies.policy(bind_trigger="import")
    xiaoya = await build.promoter(name="Xiaoya")
    lin = await build.customer("lin@shopper.test")
    async with tenants.transaction():
        code = await attribution.sharer_code_of(xiaoya.id)
    page = admin("/attribution/shoppers")

    wrong = await owner.submit(page, {"rows": f"lin@shopper.test, {code}\nnobody@shopper.test,{code}"}, page=page)
    before = await policies.bindings(lin)
    right = await owner.submit(page, {"rows": f"lin@shopper.test, {code.lower()}"}, page=page)

    assert (wrong.status_code, "Row 2" in wrong.text, before) == (422, True, [])
    assert (right.status_code, await policies.bindings(lin)) == (303, [("Xiaoya", "")])


async def test_an_order_shows_every_rung_that_was_considered(owner: Any) -> None:
    await policies.policy()
    visitor = new_id()
    await build.click(await build.link(await build.promoter(name="Xiaoya")), visitor=visitor)
    order = await build.order(visitor=visitor)
    await decide_attribution(order)

    page = await owner.get(admin(f"/orders/{order.hex[-12:]}"))

    assert page.status_code == 200, page.text
    assert "The shopper was bound to this sharer when ordering." in page.text
    assert "Code at the checkout" in page.text
    assert "not needed any more" in page.text


async def _disputed(name: str = "Ajie") -> tuple[str, UUID]:
    """The number of an order that somebody disputes, and the line."""
    visitor, loser = new_id(), await build.promoter(name=name)
    await build.click(await build.link(loser), visitor=visitor, at=build.days_ago(2))
    await build.click(await build.link(await build.promoter(name="Xiaoya")), visitor=visitor, at=build.days_ago(1))
    order = await build.order(visitor=visitor)
    await decide_attribution(order)
    async with tenants.transaction():
        line = (await attribution.decisions_of(order))[0].order_line
    await dispute_sale(line, loser.id, name, "I brought her here first.")
    return order.hex[-12:], line


async def test_a_dispute_is_read_beside_the_receipt_and_answered_by_a_move(owner: Any) -> None:
    number, line = await _disputed()
    async with tenants.transaction():
        ajie = await tenants.connection().fetchval("SELECT id FROM promoter WHERE name = 'Ajie'")
    order = admin(f"/orders/{number}")
    answer = {"act": "move", "to": str(ajie), "reason": "Her first visit was his"}

    listed = await owner.get(admin("/attribution/questions"))
    silent = await owner.submit(admin(f"/attribution/lines/{line}"), answer | {"reason": ""}, page=order)
    moved = await owner.submit(admin(f"/attribution/lines/{line}"), answer, page=order)

    shown = await owner.get(order)
    assert "I brought her here first." in listed.text
    assert (silent.status_code, moved.status_code) == (303, 303)
    assert "Moved from Xiaoya to Ajie" in shown.text
    assert "Her first visit was his" in shown.text
    assert "Nothing is open" in (await owner.get(admin("/attribution/questions"))).text


async def test_another_policy_is_tried_and_taken_away_as_csv(owner: Any) -> None:
    await _disputed(name="=Ajie")
    page = admin("/attribution/replays/new")
    days = {"starts_on": "2020-01-01", "ends_on": "2099-01-01"}

    wrong = await owner.submit(page, FORM | days | {"ends_on": ""}, page=page)
    asked = await owner.submit(page, FORM | days, page=page)
    waiting = await owner.get(admin(asked.headers["location"]))
    async with tenants.transaction():
        replay = (await attribution.recent_replays())[0].id
    await replay_orders(replay)

    ready = await owner.get(admin(f"/attribution/replays/{replay}"))
    table = await owner.get(admin(f"/attribution/replays/{replay}/table.csv"))
    assert (wrong.status_code, asked.status_code) == (422, 303)
    assert "0 of 1 orders are counted." in waiting.text
    assert "Who gains, who loses" in ready.text
    assert "Nobody takes over while the binding lasts" in ready.text
    assert '"\'=Ajie","0","1","0.00","87.80","0.00","8.78","8.78"' in table.text
