"""A merchant issues gift cards, whose codes are told once, and looks after store credit."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

import tenants
from app import wallets
from app.flows.cancel_order import cancel_order
from tenants import Tenant
from tests import builders_selling as selling
from tests import builders_wallets as build
from tests.builders_backoffice import admin, count, sign_in, staff_of
from tests.invariants import check

CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


async def _sign_in(visitor: Any, shop: Tenant, role: str) -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def test_codes_are_shown_once_and_kept_only_as_a_digest(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop, "finance")
    form = {"amount": "50", "count": "3", "origin": "promotional", "note": "Opening day"}

    issued = await visitor.submit(admin("/gift-cards"), form, page=admin("/gift-cards/new"))
    codes = list(dict.fromkeys(CODE.findall(issued.text)))
    listed = (await visitor.get(admin("/gift-cards"))).text

    assert len(codes) == 3
    assert CODE.findall(listed) == []
    assert all(f"•••• {code[-4:]}" in listed for code in codes)
    async with tenants.transaction():
        card = await wallets.usable_card(codes[0])
        rows = await tenants.connection().fetch("SELECT to_jsonb(gift_card)::text AS kept FROM gift_card")
        answers = await tenants.connection().fetch("SELECT answer_body FROM idempotency_key")
    assert (card.initial_amount, card.origin, card.note) == (5000, "promotional", "Opening day")
    kept = " ".join(row["kept"] for row in rows) + str([row["answer_body"] for row in answers])
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    await check(shop)


async def test_many_codes_come_as_a_file(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop, "owner")
    form = {"amount": "8.80", "count": "20", "origin": "sold", "act": "csv"}

    answer = await visitor.submit(admin("/gift-cards"), form, page=admin("/gift-cards/new"))

    assert answer.headers["content-type"].startswith("text/csv")
    assert len(CODE.findall(answer.text)) == 20 == await count("gift_card")
    assert "8.80,CNY," in answer.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "0"}, "amount"), ({"amount": "x"}, "amount"), ({"count": "501"}, "count"),
        ({"count": "0"}, "count"), ({"expires_on": "2020-01-01"}, "expires_on"), ({"expires_on": "soon"}, "expires_on"),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_and_issues_nothing(
    visitor: Any, shop: Tenant, typed: dict[str, str], field: str
) -> None:
    await _sign_in(visitor, shop, "owner")
    form = {"amount": "50", "count": "1", "origin": "sold"} | typed

    answer = await visitor.submit(admin("/gift-cards"), form, page=admin("/gift-cards/new"))

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert await count("gift_card") == 0


async def test_a_card_shows_what_moved_on_it_and_can_be_switched_off(visitor: Any, shop: Tenant) -> None:
    card, code = await build.card(5000)
    placed = await build.order(await selling.offer(price=1000), code)
    await _sign_in(visitor, shop, "manager")
    page = admin(f"/gift-cards/{card.id}")

    shown = _text((await visitor.get(page)).text)
    await visitor.submit(page, {"status": "disabled"}, page=page)

    assert "¥40.00" in shown
    assert placed.number in shown
    assert "Switch on" in _text((await visitor.get(page)).text)
    assert await build.held(card) == 4000


async def test_credit_is_given_with_a_reason_and_never_taken_below_zero(visitor: Any, shop: Tenant) -> None:
    customer = await build.customer()
    email, page = f"{customer.hex}@shopper.test", admin("/store-credit")
    await _sign_in(visitor, shop, "finance")

    given = await visitor.submit(page, {"email": email, "amount": "5", "reason": "sorry"}, page=page)
    too_much = await visitor.submit(
        page, {"email": email, "amount": "6", "direction": "take", "reason": "typo"}, page=page
    )
    nobody = await visitor.submit(page, {"email": "no@one.test", "amount": "6", "reason": "typo"}, page=page)

    assert (given.status_code, too_much.status_code, nobody.status_code) == (303, 422, 422)
    assert "sorry" in (await visitor.get(page)).text
    assert await build.credit(customer) == 500
    await check(shop)


async def test_who_may_not_issue_cards_cannot(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop, "picker")

    assert (await visitor.get(admin("/gift-cards/new"))).status_code == 403
    assert (await visitor.get(admin("/gift-cards"))).status_code == 403


async def test_a_lost_card_gets_another_code_and_keeps_what_it_holds(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop, "owner")
    card, lost = await build.card(1000)
    placed = await build.order(await selling.offer(price=400), lost)

    answer = await visitor.submit(
        admin(f"/gift-cards/{card.id}/code"), page=admin(f"/gift-cards/{card.id}"), follow_redirects=True
    )
    (code,) = set(CODE.findall(answer.text))
    await cancel_order(placed.order_id, actor="shopper")

    async with tenants.transaction():
        found = await wallets.usable_card(code)
        with pytest.raises(wallets.UnknownGiftCard):
            await wallets.usable_card(lost)
    assert found.id == card.id
    assert await build.held(card) == 1000  # what the order gave back is on it, too
    await check(shop)
