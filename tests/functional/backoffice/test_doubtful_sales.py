"""The merchant looks at doubtful sales, answers, and says what own purchases earn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import tenants
from app import risk
from tenants import Tenant
from tests import builders_risk as build
from tests.builders_backoffice import admin, sign_in, staff_of

RULES = {"self_purchase": "discount", "hold_from_score": "80", "review_days": "5", "note": "Too many", "seen": "0"}


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _number(order_id: UUID) -> str:
    async with tenants.transaction():
        number: str = await tenants.connection().fetchval("SELECT number FROM orders WHERE id = $1", order_id)
    return number


async def test_a_store_without_doubts_is_told_what_would_come_here(owner: Any) -> None:
    page = await owner.get(admin("/risk"))

    assert "Nothing to review" in page.text


async def test_the_queue_shows_what_waits_and_how_much_money(owner: Any) -> None:
    order, case = await build.held(await build.person())

    page = await owner.get(admin("/risk"))

    assert (f"/risk/{case.id}" in page.text, await _number(order) in page.text) == (True, True)
    assert "It goes to another flat in the promoter&#39;s house." in page.text
    assert "4.39" in page.text


async def test_a_case_shows_order_and_promoter_side_by_side(owner: Any) -> None:
    seller = await build.person()
    _order, case = await build.held(seller)

    page = await owner.get(admin(f"/risk/{case.id}"))

    assert (f"{seller.number} Peach Road, Apt 301" in page.text, seller.home["street"] in page.text) == (True, True)
    assert (seller.promoter.email in page.text, "Lin Yatongg" in page.text) == (True, True)


async def test_a_case_is_released_on_its_page(owner: Any) -> None:
    order, case = await build.held(await build.person())
    page = admin(f"/risk/{case.id}")

    answer = await owner.submit(page, {"act": "release", "words": "Sisters"}, page=page)

    assert answer.status_code == 303
    assert (await build.case_of(order)).status == "released"


async def test_a_refusal_needs_words_and_keeps_what_was_chosen(owner: Any) -> None:
    order, case = await build.held(await build.person())
    page = admin(f"/risk/{case.id}")

    answer = await owner.submit(page, {"act": "refuse", "remember": "yes"}, page=page)

    assert (answer.status_code, "Say it in a few words." in answer.text) == (422, True)
    assert (await build.case_of(order)).is_open


async def test_a_refused_sale_says_so_on_every_page(owner: Any) -> None:
    order, case = await build.held(await build.person())
    page = admin(f"/risk/{case.id}")

    await owner.submit(page, {"act": "refuse", "words": "Your own flat"}, page=page)

    over = await owner.get(admin("/risk?view=over"))
    sale = await owner.get(admin(f"/orders/{await _number(order)}"))
    assert ("Refused" in over.text, "Your own flat" in sale.text, f"/risk/{case.id}" in sale.text) == (True, True, True)


async def test_a_note_stays_with_the_case(owner: Any) -> None:
    _order, case = await build.held(await build.person())
    page = admin(f"/risk/{case.id}")

    await owner.submit(admin(f"/risk/{case.id}/notes"), {"words": "Called her"}, page=page)

    assert "Called her" in (await owner.get(page)).text


async def test_own_purchases_are_listed_with_what_gave_them_away(owner: Any) -> None:
    seller = await build.person()
    order = await build.bought(seller, phone=seller.phone)

    page = await owner.get(admin("/risk?view=own"))

    assert (await _number(order) in page.text, "The phone is the promoter&#39;s." in page.text) == (True, True)


async def test_the_rules_are_saved_as_a_new_version(owner: Any) -> None:
    answer = await owner.submit(admin("/risk/policy"), RULES, page=admin("/risk/policy"))

    async with tenants.transaction():
        saved = (await risk.risk_policies())[0]
    assert answer.status_code == 303
    assert (saved.version, saved.self_purchase, saved.hold_from_score, saved.review_days) == (1, "discount", 80, 5)
    assert "Too many" in (await owner.get(admin("/risk/policy"))).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"self_purchase": "half"}, "Choose one of the offered values."),
        ({"hold_from_score": "5"}, "Between 20 and 200 points."),
        ({"review_days": "soon"}, "Enter a whole number."),
        ({"seen": "4"}, "Somebody else saved these rules a moment ago."),
    ],
)
async def test_rules_that_cannot_be_are_refused(owner: Any, changed: dict[str, str], said: str) -> None:
    answer = await owner.submit(admin("/risk/policy"), RULES | changed, page=admin("/risk/policy"))

    assert (answer.status_code, said in answer.text) == (422, True)
    async with tenants.transaction():
        assert (await risk.risk_policies())[0].version == 0


async def test_a_second_phone_is_remembered_as_a_digest_and_forgotten(owner: Any) -> None:
    seller = await build.person()
    page = admin(f"/risk/promoters/{seller.promoter.id}")

    await owner.submit(page, {"kind": "phone", "text": "+86 151 0000 2222"}, page=page)
    known = await owner.get(page)
    async with tenants.transaction():
        (trait,) = await risk.traits_of(seller.promoter.id)
    await owner.submit(f"{page}/traits/{trait.id}/removal", {}, page=page)

    assert ("…2222" in known.text, "15100002222" in known.text) == (True, False)
    async with tenants.transaction():
        assert await risk.traits_of(seller.promoter.id) == []


async def test_what_is_no_phone_is_refused(owner: Any) -> None:
    page = admin(f"/risk/promoters/{(await build.person()).promoter.id}")

    answer = await owner.submit(page, {"kind": "phone", "text": "soon"}, page=page)

    assert (answer.status_code, "Write a whole e-mail address or phone number." in answer.text) == (422, True)
