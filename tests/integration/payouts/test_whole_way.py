"""From the delivered parcel to the promoter's yes, through the jobs, over HTTP to a running sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

import tenants
from app import payments
from app.flows.decide_payout import approve_payouts
from app.payouts import Payout
from infra import wiring
from infra.payment.sandbox import SandboxOffice
from infra.payment.sandbox_server.app import build_app
from infra.payment.sandbox_wire import Behavior
from infra.settings import settings
from tenants import Tenant, lifecycle
from tests import builders_payouts as build
from tests.builders_running import serving
from tests.invariants import check_promoters
from workers.commissions import HANDLERS
from workers.context import Retry


@pytest.fixture
async def office(shop: Tenant, tmp_path: Path) -> AsyncIterator[tuple[SandboxOffice, str]]:
    """The sandbox, with the store's account; it tells nobody, so payouts are found by asking."""
    async with serving(build_app(tmp_path / "books.sqlite3"), settings().sandbox_port, lifespan="on"):
        async with tenants.transaction():
            account = await payments.account_of("sandbox")
        secret = lifecycle.webhook_secret(shop.id, "payments")
        await wiring.register_payments(account, tenant_id=shop.id, webhook_secret=secret, name="Tea")
        opened = SandboxOffice(account["base_url"], wiring.outside(account["base_url"]))
        await opened.behave(account["merchant_id"], Behavior(drop_bps=10_000))
        yield opened, account["merchant_id"]
    await wiring.close()


async def _approved() -> Payout:
    payout = await build.asked(await build.earner(100_000), 4_000)
    await approve_payouts([payout.id], by=build.SU_HE)
    return payout


async def _age() -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE payout SET updated_at = updated_at - interval '5 minutes', asked_at = asked_at - interval '5 min'"
        )


async def test_the_promoter_says_yes_and_is_paid(shop: Tenant, office: tuple[SandboxOffice, str]) -> None:
    payout = await _approved()
    await HANDLERS["payouts.send"](build.JOB, payout_id=str(payout.id))
    offered = await build.reload(payout)
    assert offered.status == "awaiting_confirmation"

    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(offered.confirm["url"], data={"choice": "accept"})
    await _age()
    await HANDLERS["payouts.reconcile"](build.JOB)

    assert (await build.reload(payout)).status == "succeeded"
    await check_promoters(shop)


async def test_a_provider_that_did_it_and_never_answered_is_asked_about_the_same_number(
    shop: Tenant, office: tuple[SandboxOffice, str]
) -> None:
    desk, merchant = office
    payout = await _approved()
    await desk.behave(merchant, Behavior(drop_bps=10_000, error_bps=10_000, confirm_transfers=False))
    with pytest.raises(Retry):
        await HANDLERS["payouts.send"](build.JOB, payout_id=str(payout.id))
    assert (await build.reload(payout)).status == "unknown"

    await desk.behave(merchant, Behavior(drop_bps=10_000))
    await _age()
    await HANDLERS["payouts.reconcile"](build.JOB)

    assert (await build.reload(payout)).status == "succeeded"
    await check_promoters(shop)


async def test_a_payout_the_provider_cannot_make_comes_back(shop: Tenant, office: tuple[SandboxOffice, str]) -> None:
    desk, merchant = office
    await desk.behave(merchant, Behavior(drop_bps=10_000, fail_transfers=True))
    payout = await _approved()

    await HANDLERS["payouts.send"](build.JOB, payout_id=str(payout.id))

    failed = await build.reload(payout)
    assert (failed.status, failed.failure) == ("failed", "payee_account_abnormal")
    await check_promoters(shop)


async def test_an_offer_nobody_took_for_a_day_comes_back(shop: Tenant, office: tuple[SandboxOffice, str]) -> None:
    payout = await _approved()
    await HANDLERS["payouts.send"](build.JOB, payout_id=str(payout.id))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payout SET confirm_until = now() - interval '1 minute'")
    await _age()

    await HANDLERS["payouts.reconcile"](build.JOB)

    assert (await build.reload(payout)).status == "expired"
    await check_promoters(shop)
