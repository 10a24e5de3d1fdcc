"""The life of what promoters earn, from the delivered parcel to the money in their hands: payouts are paid, declined,
refused, lost on the way, never confirmed, rejected, and made by hand.

Nobody but this process acts: the sandbox sends no notices, so payouts are found by asking.
"""

from __future__ import annotations

from uuid import UUID

import httpx

import tenants
from app import links, orders, promoters
from app.flows.bank_file import bank_file_rows, make_bank_file, settle_bank_answer
from app.flows.decide_payout import approve_payouts, confirm_payout, reject_payouts
from app.flows.request_payout import request_payout
from app.flows.switchboard import payouts_through
from app.payouts import Answer, Payout
from infra.payment.payouts_port import TransferRequest
from infra.payment.port import PaymentUnknown
from infra.payment.sandbox_wire import Behavior
from tenants import outbox
from tests import builders_payouts
from tests.builders_payouts import SU_HE
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.lives.money import ELSEWHERE, QUIET, Made, around

AMOUNT = 100
EXPECTED = {"succeeded": "succeeded", "failed": "failed", "canceled": "expired"}


async def prepare() -> Made:
    """A store that pays out at once, and one paid order through a link, delivered; its commission pays for everything
    that is asked for."""
    made = await money.prepare()
    await builders_payouts.terms()
    async with tenants.transaction():
        link = await links.find(made.link)
        await promoters.decide(link.sharer, approve=True, rate_bps=5000, by="Su He")
    order = await money.paid_order(made)
    async with tenants.transaction():
        for status in ("fulfilled", "delivered"):
            await orders.move(order, "fulfillment_status", status, cause="parcel", actor="carrier")
    await builders_payouts.received(order)
    return made


async def live(made: Made) -> None:
    """Ten payouts, each of which ends another way."""
    await ask_and_work()
    _bank, office, merchant = await money.provider()
    async with tenants.transaction():
        promoter = (await links.find(made.link)).sharer
    paid, declined, lost, taken, ignored, unwanted = [await _ask(promoter) for _ in range(6)]
    by_hand, returned, filed, bounced = [await _ask(promoter, "bank_transfer") for _ in range(4)]
    await reject_payouts([unwanted.id], words="Write your full name.", by=SU_HE)
    await approve_payouts([paid.id, declined.id, ignored.id, by_hand.id, returned.id], by=SU_HE)
    await confirm_payout(by_hand.id, paid=True, words="ICBC-1", by=SU_HE)
    await confirm_payout(returned.id, paid=False, words="The account is closed.", by=SU_HE)
    await _to_the_bank(filed, bounced)
    await jobs.work(ELSEWHERE)
    await office.behave(merchant, Behavior(drop_bps=10_000, error_bps=10_000))
    await approve_payouts([lost.id], by=SU_HE)
    await jobs.work(ELSEWHERE)
    await office.behave(merchant, QUIET)
    await _take_number(taken)
    await approve_payouts([taken.id], by=SU_HE)
    await jobs.work(ELSEWHERE)
    await _answer(paid, "accept")
    await _answer(declined, "decline")
    await ask_and_work()
    await _let_time_pass(ignored)
    await ask_and_work()
    await _answer(lost, "accept")
    await ask_and_work()


async def _to_the_bank(paid: Payout, bounced: Payout) -> None:
    """Both in one file, and the bank's answer to it."""
    await approve_payouts([paid.id, bounced.id], by=SU_HE)
    made = await make_bank_file(by=SU_HE)
    await bank_file_rows(made.id, by=SU_HE)
    answers = [Answer(paid.number, True, "ICBC-2"), Answer(bounced.number, False, "Closed.")]
    await settle_bank_answer(made.id, answers, by=SU_HE)


async def _ask(promoter: UUID, way: str = "sandbox") -> Payout:
    return await request_payout(promoter, amount=AMOUNT, way=way, payee=builders_payouts.TO_BANK)


async def _take_number(payout: Payout) -> None:
    """Our number is known there for somebody else, so the provider refuses; of the same sum, it is what we believe."""
    bank = await payouts_through("sandbox")
    await bank.transfer(TransferRequest(payout.number, "somebody", payout.amount, payout.currency, "x", "1005"))


async def _answer(payout: Payout, choice: str) -> None:
    """The promoter at the provider's page, if they got that far."""
    offered = await builders_payouts.reload(payout)
    if offered.confirm:
        async with httpx.AsyncClient(trust_env=False) as browser:
            await browser.post(offered.confirm["url"], data={"choice": choice})


async def _let_time_pass(payout: Payout) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE payout SET confirm_until = now() - interval '1 minute' WHERE id = $1", payout.id
        )


async def ask_and_work() -> None:
    """Do the jobs that are due, let commission become due, and ask the provider about everything open."""
    for _ in range(2):
        await jobs.work(ELSEWHERE)
        async with tenants.transaction():
            await tenants.connection().execute(
                "UPDATE payout SET updated_at = updated_at - interval '5 minutes',"
                " asked_at = asked_at - interval '5 minutes' WHERE finished_at IS NULL"
            )
            await outbox.post("payouts.reconcile", queue="default", key="payouts.reconcile")
            await outbox.post("commissions.settle", queue="default", key="commissions.settle")
        await jobs.work(ELSEWHERE)


async def mend() -> None:
    """Once the provider is well again: leases run out, and the reconciler asks."""
    _provider, office, merchant = await money.provider()
    await office.behave(merchant, QUIET)
    for _ in range(2):
        await jobs.make_everything_due()
        await ask_and_work()


async def disagreements() -> list[str]:
    """Payouts that ended otherwise at the provider, or are stuck, and what is left half done."""
    found = await jobs.undone(ELSEWHERE)
    async with tenants.transaction():
        ours = await tenants.connection().fetch("SELECT number, status FROM payout WHERE way <> 'bank_transfer'")
    bank = await payouts_through("sandbox")
    for row in ours:
        try:
            theirs = (await bank.query_transfer(row["number"])).status
        except PaymentUnknown:
            if row["status"] not in ("requested", "rejected"):
                found.append(f"{row['number']}: {row['status']} here, unknown there")
            continue
        if row["status"] in ("submitting", "unknown", "approved"):
            found.append(f"{row['number']}: stuck as {row['status']}, {theirs} there")
        elif row["status"] != "requested" and EXPECTED.get(theirs, theirs) != row["status"]:
            found.append(f"{row['number']}: {row['status']} here, {theirs} there")
    return found


LIFE = Life(
    files=flows(
        "settle_commissions", "request_payout", "decide_payout", "send_payout", "settle_payout", "transfers_by_hand",
        "bank_file",
    ),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=around, calls=frozenset({"provider"}),
)  # fmt: skip
