"""Promoters with money to withdraw, payouts on their way, and a provider in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import ledger, payouts, promoters
from app.flows.decide_payout import approve_payouts
from app.flows.promoter_money import available, debt, frozen
from app.flows.request_payout import request_payout
from app.flows.settle_commissions import settle_commissions
from app.identity import Viewer
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.payouts import Payout, Policy
from infra.payment.payouts_port import TransferNotice, TransferRequest, TransferState
from infra.payment.port import Acknowledgment, PaymentRejected, PaymentUnavailable, PaymentUnknown
from tests import builders_earning as earning
from workers.attribution import HANDLERS
from workers.context import JobContext

JOB = JobContext(new_id(), "payouts.send", 1, 12)
SU_HE = Viewer("merchant", new_id(), "Su He", "su@tea.test", "owner", None, b"", "")
TO_BANK = {"payee_name": "Lin Xiaoya", "bank": "ICBC", "account": "6222020200112233445"}


class Till:
    """A provider that sends money, in memory. `mood`: kind (asks the person), quick, away (did it, never answers),
    refuses, broke (fails), pending.
    """

    acknowledgment = Acknowledgment()

    def __init__(self) -> None:
        self.transfers: dict[str, TransferState] = {}
        self.mood = "kind"

    @property
    def paid(self) -> int:
        return sum(one.amount for one in self.transfers.values() if one.status == "succeeded")

    async def transfer(self, request: TransferRequest) -> TransferState:
        if self.mood == "refuses":
            raise PaymentRejected("no_funds")
        if request.number not in self.transfers:
            status = {"quick": "succeeded", "broke": "failed", "pending": "pending"}.get(
                self.mood, "awaiting_confirmation"
            )
            self._put(request.number, request.amount, request.currency, status)
        return self._answer(request.number)

    async def query_transfer(self, number: str) -> TransferState:
        if number not in self.transfers:
            raise PaymentUnknown("unknown_number")
        return self._answer(number)

    async def cancel_transfer(self, number: str) -> TransferState:
        self.end(number, "canceled")
        return self._answer(number)

    def end(self, number: str, status: str) -> TransferState:
        """The person says yes or no, or nobody does in time; what is over stays."""
        known = self.transfers[number]
        if known.status in ("pending", "awaiting_confirmation"):
            self._put(number, known.amount, known.currency, status)
        return self.transfers[number]

    def parse_transfer_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> TransferNotice:
        raise NotImplementedError("its news are handed over as they are")

    def _put(self, number: str, amount: int, currency: str, status: str) -> None:
        confirm = {"url": f"https://till.example/{number}"} if status == "awaiting_confirmation" else {}
        self.transfers[number] = TransferState(number, f"t-{number}", status, amount, currency, confirm=confirm)  # type: ignore[arg-type]

    def _answer(self, number: str) -> TransferState:
        if self.mood == "away":
            raise PaymentUnavailable("no answer")
        return self.transfers[number]


async def terms(**facts: int) -> None:
    async with tenants.transaction():
        await payouts.save_policy(Policy(**({"freeze_days": 0, "threshold_amount": 1} | facts)))


async def sold(
    host: promoters.Promoter, *goods: int, received_days_ago: float | None = 20, status: str = "delivered"
) -> UUID:
    """An order of this host's, paid; its goods reached the customer so long ago, or are not sent yet."""
    visitor = new_id()
    await earning.click(await earning.link(host), visitor=visitor)
    order = await earning.order(visitor=visitor, goods=goods or (10_000,))
    await earning.mark_paid(order)
    await HANDLERS["attribution.finalize"](JOB, order_id=str(order))
    if received_days_ago is not None:
        await received(order, days_ago=received_days_ago, status=status)
    return order


async def received(order: UUID, *, days_ago: float = 20, status: str = "delivered") -> None:
    """What the carrier leaves on an order with one parcel; `fulfilled` when it only left the warehouse."""
    at = now() - timedelta(days=days_ago)
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute("UPDATE orders SET fulfillment_status = $2 WHERE id = $1", order, status)
        work = new_id()
        await database.execute(
            "INSERT INTO fulfillment_order (id, order_id, warehouse, reference, status, created_at, updated_at)"
            " SELECT $1::uuid, $2, id, $1::text, 'closed', $3, $3 FROM warehouse WHERE is_default",
            work, order, at,
        )  # fmt: skip
        await database.execute(
            "INSERT INTO fulfillment (id, fulfillment_order, order_id, parcel_ref, status, shipped_at, delivered_at,"
            " created_at, updated_at) VALUES ($1, $2, $3, 'P', $4, $5, $6, $5, $5)",
            new_id(), work, order, "delivered" if status == "delivered" else "shipped", at,
            at if status == "delivered" else None,
        )  # fmt: skip


async def earner(*goods: int, rate_bps: int = 1000, **facts: str) -> promoters.Promoter:
    """A promoter whose commission on these goods can be withdrawn."""
    await terms()
    host = await earning.promoter(rate_bps=rate_bps, **facts)  # type: ignore[arg-type]
    for amount in goods or (100_000,):
        await settle_commissions(await sold(host, amount))
    return host


async def asked(host: promoters.Promoter, amount: int = 1_000, *, way: str = "sandbox", **payee: str) -> Payout:
    return await request_payout(host.id, amount=amount, way=way, payee=TO_BANK | payee)


async def purse(host: promoters.Promoter) -> dict[str, int]:
    """What the ledger says of this promoter."""
    async with tenants.transaction():
        return {
            "frozen": await ledger.balance_of(frozen(host.id), "CNY"),
            "available": await ledger.balance_of(available(host.id), "CNY"),
            "debt": -await ledger.balance_of(debt(host.id), "CNY"),
        }


async def reload(payout: Payout) -> Payout:
    async with tenants.transaction():
        return await payouts.find(payout.id)


async def approve(payout: Payout) -> None:
    await approve_payouts([payout.id], by=SU_HE)
