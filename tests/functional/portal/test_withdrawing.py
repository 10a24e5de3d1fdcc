"""A host sees what their work is worth, asks for it, and follows it until the money is there."""

from __future__ import annotations

import asyncio
import html
import os
import re

import httpx

import tenants
from app import payouts, promoters
from app.flows.decide_payout import confirm_payout
from app.flows.decide_promoter import decide_promoter
from app.flows.send_payout import send_payout
from app.flows.settle_commissions import settle_commissions
from app.flows.settle_payout import settle_payout
from app.kernel.ids import new_id
from tenants import Tenant, platform
from tests import builders_payouts as build
from tests.builders_payouts import Till
from tests.figures import Figure
from tests.functional.conftest import Visitor, own_address

SENT = int(os.environ.get("PAYOUT_WISHES", "200"))


def _host(path: str = "/") -> str:
    return own_address("host", path)


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _host_with(shop: Tenant, visitor: Visitor, *goods: int) -> promoters.Promoter:
    """Signed up, approved, and with commission of a tenth of these goods to withdraw."""
    visitor.headers["Accept-Language"] = "en"
    await visitor.submit(
        _host("/sign-up"), {"name": "小雅", "email": f"{new_id().hex}@host.test", "password": "correct horse battery"}
    )
    await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    async with tenants.transaction():
        waiting = (await promoters.everyone("pending"))[0]
    host = await decide_promoter(waiting.id, True, 1000, "Su He")
    await build.terms()
    for amount in goods:
        await settle_commissions(await build.sold(host, amount))
    return host


async def test_the_earnings_page_says_what_is_due_and_when(shop: Tenant, visitor: Visitor) -> None:
    host = await _host_with(shop, visitor, 10_000)
    await build.terms(freeze_days=15)
    await settle_commissions(await build.sold(host, 5_000, received_days_ago=1))

    shown = _text((await visitor.get(_host("/earnings"))).text)

    assert "Ready to withdraw ¥10.00" in shown
    assert "Not due yet ¥5.00" in shown
    assert "¥5.00 available on" in shown


async def test_asking_for_money_leads_to_its_page(shop: Tenant, visitor: Visitor) -> None:
    host = await _host_with(shop, visitor, 100_000)
    page = _host("/payouts/new?way=bank_transfer")

    empty = await visitor.get(page)
    wrong = await visitor.submit(_host("/payouts"), {"amount": "40", "way": "bank_transfer"}, page=page)
    done = await visitor.submit(
        _host("/payouts"), {"amount": "40.00", "way": "bank_transfer", **build.TO_BANK}, page=page
    )
    shown = await visitor.get(_host(done.headers["location"]))

    assert 'value="100.00"' in empty.text
    assert wrong.status_code == 422
    assert "This is needed." in _text(wrong.text)
    assert done.status_code == 303
    assert "ICBC •••• 3445" in shown.text
    assert build.TO_BANK["account"] not in shown.text
    assert (await build.purse(host))["available"] == 6_000


async def test_a_new_account_asks_for_the_password_when_signing_in_was_long_ago(shop: Tenant, visitor: Visitor) -> None:
    await _host_with(shop, visitor, 100_000)
    async with platform.transaction() as database:
        await database.execute("UPDATE promoter_session SET created_at = created_at - interval '10 minutes'")
    page, fields = _host("/payouts/new?way=bank_transfer"), {"amount": "40.00", "way": "bank_transfer", **build.TO_BANK}

    asked = await visitor.submit(_host("/payouts"), fields, page=page)
    wrong = await visitor.submit(_host("/payouts"), fields | {"password": "guessed it"}, page=page)
    done = await visitor.submit(_host("/payouts"), fields | {"password": "correct horse battery"}, page=page)

    assert [answer.status_code for answer in (asked, wrong, done)] == [422, 422, 303]
    assert 'name="password"' in asked.text
    assert build.TO_BANK["account"] in asked.text
    assert (await visitor.get(_host(done.headers["location"]))).status_code == 200


async def test_what_is_kept_back_is_shown_with_its_day_and_cannot_be_asked_for(shop: Tenant, visitor: Visitor) -> None:
    host = await _host_with(shop, visitor)
    await build.terms(reserve_bps=2_500, reserve_days=30)
    await settle_commissions(await build.sold(host, 10_000))

    shown = _text((await visitor.get(_host("/earnings"))).text)
    refused = await visitor.submit(
        _host("/payouts"), {"amount": "7.51", "way": "sandbox"}, page=_host("/payouts/new?way=sandbox")
    )

    assert "Ready to withdraw ¥7.50" in shown
    assert "¥2.50 is kept back for refunds" in shown
    assert "¥2.50 available on" in shown
    assert refused.status_code == 422


async def test_a_host_takes_the_own_statement_away(shop: Tenant, visitor: Visitor) -> None:
    host = await _host_with(shop, visitor, 100_000)
    payout = await build.asked(host, 4_000, way="bank_transfer")
    await build.approve(payout)
    await confirm_payout(payout.id, paid=True, words="ICBC", by=build.SU_HE)

    shown = _text((await visitor.get(_host("/payouts/statements"))).text)
    table = (await visitor.get(_host("/payouts/statements/file?kind=csv"))).text
    book = await visitor.get(_host("/payouts/statements/file?kind=xlsx"))

    assert "¥40.00" in shown
    assert payout.number in table
    assert book.content.startswith(b"PK")


async def test_more_than_there_is_is_refused_beside_the_field(shop: Tenant, visitor: Visitor) -> None:
    await _host_with(shop, visitor, 10_000)

    answer = await visitor.submit(
        _host("/payouts"), {"amount": "10.01", "way": "sandbox"}, page=_host("/payouts/new?way=sandbox")
    )

    assert answer.status_code == 422
    assert "You cannot withdraw that much yet." in _text(answer.text)


async def test_money_that_waits_for_a_yes_says_so_with_the_way_there(shop: Tenant, visitor: Visitor) -> None:
    host = await _host_with(shop, visitor, 100_000)
    payout = await build.asked(host, 4_000)
    await build.approve(payout)
    till = Till()
    state = await send_payout(payout.id, till)
    assert state is not None
    await settle_payout(state)

    offered = await visitor.get(_host(f"/payouts/{payout.id}"))
    await settle_payout(till.end(payout.number, "succeeded"))
    paid = await visitor.get(_host("/payouts"))

    assert f"https://till.example/{payout.number}" in offered.text
    assert "Accept it by" in _text(offered.text)
    assert "Paid out" in _text(paid.text)


async def test_the_same_wish_sent_two_hundred_times_is_one_payout(
    shop: Tenant, visitor: Visitor, figure: Figure
) -> None:
    host = await _host_with(shop, visitor, 100_000)
    shown = (await visitor.get(_host("/payouts/new?way=sandbox"))).text
    hidden = dict(re.findall(r'name="(_csrf|_idempotency_key)" value="([^"]+)"', shown))

    async def ask() -> httpx.Response:
        return await visitor.submit(_host("/payouts"), {"amount": "10.00", "way": "sandbox", **hidden})

    answers = [answer for _ in range(8) for answer in await asyncio.gather(*(ask() for _ in range(SENT // 8)))]

    async with tenants.transaction():
        asked = await payouts.payouts_of(host.id)
    led = {answer.headers["location"] for answer in answers if answer.status_code == 303}
    assert [payout.amount for payout in asked] == [1_000]
    assert led == {f"/payouts/{asked[0].id}"}
    assert {answer.status_code for answer in answers} <= {303, 409}
    figure(f"payouts_same_wish sent={len(answers)} granted={len(asked)}")


async def test_another_hosts_payout_is_not_there(shop: Tenant, visitor: Visitor) -> None:
    await _host_with(shop, visitor)
    payout = await build.asked(await build.earner(100_000))

    assert (await visitor.get(_host(f"/payouts/{payout.id}"))).status_code == 404


async def test_a_host_with_nothing_due_is_told_from_when_on(shop: Tenant, visitor: Visitor) -> None:
    await _host_with(shop, visitor)

    for path in ("/earnings", "/payouts", "/payouts/new", "/payouts/new?way=nonsense"):
        assert (await visitor.get(_host(path))).status_code == 200
