"""The merchant answers promoters who want their commission: one or many, with the books beside it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from app.flows.decide_payout import approve_payouts, confirm_payout
from app.payouts import Payout
from tenants import Tenant, platform
from tests import builders_payouts as build
from tests.builders_backoffice import PASSWORD, admin, sign_in, staff_of
from tests.builders_selling import jobs
from tests.invariants import check_promoters


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _sign_in(visitor: Any, shop: Tenant, role: str = "finance") -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


async def test_many_are_approved_at_once_after_amounts_and_people_were_shown(visitor: Any, shop: Tenant) -> None:
    host = await build.earner(100_000, name="Xiaoya")
    payouts = [await build.asked(host, amount) for amount in (1_000, 2_550)]
    await _sign_in(visitor, shop)
    query = "&".join(f"payout_id={one.id}" for one in payouts)

    queue = await visitor.get(admin("/payouts"))
    shown = await visitor.get(admin(f"/payouts/decision?{query}"))
    done = await visitor.submit(
        admin("/payouts/decision"), {"payout_id": [str(one.id) for one in payouts], "act": "approve"},
        page=admin(f"/payouts/decision?{query}"),
    )  # fmt: skip

    assert "W100001" in queue.text
    assert "¥35.50" in _text(shown.text)
    assert "Xiaoya" in _text(shown.text)
    assert done.status_code == 303
    assert [(await build.reload(one)).status for one in payouts] == ["approved", "approved"]
    assert await jobs("payouts.send") == 2
    assert "2 payouts approved" in _text((await visitor.get(admin(done.headers["location"]))).text)


async def test_rejecting_needs_a_reason_and_gives_the_money_back(visitor: Any, shop: Tenant) -> None:
    host = await build.earner(100_000)
    payout = await build.asked(host)
    await _sign_in(visitor, shop)
    page = admin(f"/payouts/decision?payout_id={payout.id}")
    fields = {"payout_id": str(payout.id), "act": "reject", "words": ""}

    refused = await visitor.submit(admin("/payouts/decision"), fields, page=page)
    done = await visitor.submit(admin("/payouts/decision"), fields | {"words": "Write your name."}, page=page)

    assert refused.status_code == 422
    assert "Say why" in _text(refused.text)
    assert done.status_code == 303
    assert (await build.reload(payout)).status == "rejected"
    assert (await build.purse(host))["available"] == 10_000
    await check_promoters(shop)


async def test_a_transfer_by_hand_is_told_with_its_reference_and_stands_in_the_books(
    visitor: Any, shop: Tenant
) -> None:
    payout = await build.asked(await build.earner(100_000), 4_000, way="bank_transfer")
    await build.approve(payout)
    await _sign_in(visitor, shop)
    page = admin(f"/payouts/{payout.id}")

    before = await visitor.get(page)
    refused = await visitor.submit(f"{page}/result", {"act": "paid", "words": ""}, page=page)
    done = await visitor.submit(f"{page}/result", {"act": "paid", "words": "ICBC 77"}, page=page)
    after = _text((await visitor.get(page)).text)

    assert build.TO_BANK["account"] in before.text
    assert refused.status_code == 422
    assert done.status_code == 303
    assert "Paid out" in after
    assert "ICBC 77" in after
    assert "Payout made" in after
    assert build.TO_BANK["account"] not in after
    assert (await build.reload(payout)).status == "succeeded"


async def test_who_may_only_read_sees_no_account_number_and_no_buttons(visitor: Any, shop: Tenant) -> None:
    payout = await build.asked(await build.earner(100_000), 4_000, way="bank_transfer")
    await build.approve(payout)
    await _sign_in(visitor, shop, "manager")

    shown = await visitor.get(admin(f"/payouts/{payout.id}"))

    assert build.TO_BANK["account"] not in shown.text
    assert "/result" not in shown.text


async def _sign_in_long_ago(shop: Tenant) -> None:
    async with platform.transaction() as database:
        await database.execute("UPDATE merchant_session SET created_at = created_at - interval '10 minutes'")


async def test_approving_asks_for_the_password_unless_it_was_typed_just_now(visitor: Any, shop: Tenant) -> None:
    host = await build.earner(100_000)
    first, second = await build.asked(host), await build.asked(host)
    await _sign_in(visitor, shop)
    await _sign_in_long_ago(shop)
    page = admin("/payouts/decision?everything=true")

    async def approve(payout: Payout, password: str) -> Any:
        fields = {"payout_id": str(payout.id), "act": "approve", "password": password}
        return await visitor.submit(admin("/payouts/decision"), fields, page=page)

    shown = await visitor.get(page)
    missing, wrong = await approve(first, ""), await approve(first, "guessed it")
    done, again = await approve(first, PASSWORD), await approve(second, "")

    assert 'name="password"' in shown.text
    assert [answer.status_code for answer in (missing, wrong, done, again)] == [422, 422, 303, 303]
    assert "This is not your password." in _text(wrong.text)
    assert [(await build.reload(one)).status for one in (first, second)] == ["approved", "approved"]


async def test_transfers_go_to_the_bank_in_one_file_and_its_answer_comes_back(visitor: Any, shop: Tenant) -> None:
    host = await build.earner(100_000)
    paid, returned = [await build.asked(host, 1_000, way="bank_transfer") for _ in range(2)]
    await approve_payouts([paid.id, returned.id], by=build.SU_HE)
    await _sign_in(visitor, shop)
    queue = admin("/payouts?view=by_hand")

    made = await visitor.submit(admin("/payouts/bank-files"), {}, page=queue)
    page = admin(made.headers["location"])
    taken = await visitor.submit(f"{page}/copies", {}, page=page)
    wrong = await _upload(visitor, page, b"number,result,words\nW1,paid,x\n")
    answer = f"number,result,words\n{paid.number},paid,ICBC 1\n{returned.number},failed,Closed\n"
    answered = await _upload(visitor, page, answer.encode())

    assert build.TO_BANK["account"] in taken.text
    assert build.TO_BANK["account"] not in (await visitor.get(page)).text
    assert wrong.status_code == 422
    assert answered.status_code == 303
    assert [(await build.reload(one)).status for one in (paid, returned)] == ["succeeded", "failed"]
    await check_promoters(shop)


async def _upload(visitor: Any, page: str, content: bytes) -> Any:
    return await visitor.submit(f"{page}/answers", {}, page=page, files={"file": ("answer.csv", content, "text/csv")})


async def test_a_statement_says_gross_withheld_and_net_on_the_page_and_in_files(visitor: Any, shop: Tenant) -> None:
    host = await build.earner(100_000, name="Xiaoya")
    await build.terms(withholding_bps=2_000)
    payout = await build.asked(host, 5_000, way="bank_transfer")
    await build.approve(payout)
    await confirm_payout(payout.id, paid=True, words="ICBC", by=build.SU_HE)
    await _sign_in(visitor, shop)

    shown = _text((await visitor.get(admin("/payouts/statements"))).text)
    own = _text((await visitor.get(admin(f"/payouts/statements/{host.id}"))).text)
    table = (await visitor.get(admin("/payouts/statements/file?kind=csv"))).text
    book = await visitor.get(admin(f"/payouts/statements/{host.id}/file?kind=xlsx"))
    none = await visitor.get(admin("/payouts/statements?year=2021&month=3"))
    senseless = await visitor.get(admin("/payouts/statements?year=1&month=3"))

    for text in (shown, own):
        assert "¥50.00" in text
        assert "¥10.00" in text
        assert "no tax advice" in text
    assert '"Xiaoya"' in table
    assert '"50.00","10.00","40.00","CNY"' in table
    assert book.content.startswith(b"PK")
    assert "Nobody was paid then" in _text(none.text)
    assert senseless.status_code == 404


async def test_every_term_is_read_back_as_it_was_typed(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop, "owner")
    page = admin("/payouts/settings")
    fields = {
        "freeze_days": "7", "received_after_days": "12", "threshold_amount": "20.00", "reserve_bps": "12.5",
        "reserve_days": "20", "step_up_amount": "300.00", "cooling_hours": "48", "withholding_bps": "3",
    }  # fmt: skip

    wrong = await visitor.submit(page, fields | {"withholding_bps": "51", "reserve_bps": "-1"}, page=page)
    await visitor.submit(page, fields, page=page)

    assert wrong.status_code == 422
    shown = (await visitor.get(page)).text
    assert all(f'value="{value}"' in shown for value in fields.values())


@pytest.mark.parametrize("view", ["", "by_hand", "out", "over"])
async def test_every_view_of_the_queue_can_be_empty(visitor: Any, shop: Tenant, view: str) -> None:
    await _sign_in(visitor, shop)

    assert (await visitor.get(admin(f"/payouts?view={view}"))).status_code == 200


async def test_the_terms_are_the_owners_to_change(visitor: Any, shop: Tenant) -> None:
    await _sign_in(visitor, shop, "owner")
    page = admin("/payouts/settings")
    fields = {"freeze_days": "7", "received_after_days": "12", "threshold_amount": "20.00"}

    wrong = await visitor.submit(page, fields | {"freeze_days": "many"}, page=page)
    done = await visitor.submit(page, fields, page=page)

    assert wrong.status_code == 422
    assert done.status_code == 303
    assert 'value="7"' in (await visitor.get(page)).text


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
async def test_the_pages_speak_chinese(visitor: Any, shop: Tenant, lang: str) -> None:
    payout = await build.asked(await build.earner(100_000))
    await _sign_in(visitor, shop)
    visitor.headers["Accept-Language"] = lang

    for path in (
        "/payouts",
        f"/payouts/{payout.id}",
        f"/payouts/decision?payout_id={payout.id}",
        "/payouts/statements",
    ):
        answer = await visitor.get(admin(path), headers={"Accept-Language": lang})
        assert answer.status_code == 200
