"""The sandbox pays people: at most once per number, and only when they say yes."""

from __future__ import annotations

import secrets
import sqlite3

from infra.payment.payouts_port import TransferState
from infra.payment.sandbox_server import records
from infra.payment.sandbox_server.checks import require_sound, require_web_address
from infra.payment.sandbox_server.herald import Herald
from infra.payment.sandbox_server.records import Merchant, Refused
from infra.payment.sandbox_wire import OpenTransfer
from infra.simulation.agenda import Agenda
from infra.simulation.store import transaction

ANSWERS = {"accept": "succeeded", "decline": "failed"}
FAILURE, DECLINED = "payee_account_abnormal", "declined"


class Payer:
    def __init__(self, db: sqlite3.Connection, agenda: Agenda, herald: Herald) -> None:
        self._db, self._agenda, self._herald = db, agenda, herald

    def offer(self, merchant: Merchant, asked: OpenTransfer) -> TransferState:
        """The same number twice is one transfer; another sum or person under it is refused."""
        require_sound(asked.amount, asked.currency, asked.number)
        require_web_address(asked.notify_url)
        with transaction(self._db):
            new = self._db.execute(
                "INSERT INTO transfer (merchant_id, number, provider_ref, payee_id, payee_name, amount, currency,"
                " remark, notify_url, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')"
                " ON CONFLICT (merchant_id, number) DO NOTHING",
                (
                    merchant.id, asked.number, secrets.token_urlsafe(18), asked.payee_id, asked.payee_name[:80],
                    asked.amount, asked.currency, asked.remark[:80], asked.notify_url,
                ),
            ).rowcount  # fmt: skip
            row = records.find_transfer(self._db, merchant.id, asked.number)
            if (row["amount"], row["currency"], row["payee_id"]) != (asked.amount, asked.currency, asked.payee_id):
                raise Refused(409, "number_conflict", "this number was used for another transfer")
            if new and merchant.behavior.transfer_ms:
                payload = {"merchant_id": merchant.id, "number": asked.number}
                self._agenda.add("offer_transfer", payload, delay_s=merchant.behavior.transfer_ms / 1000)
            elif new:
                self._put_forward(merchant, asked.number)
        return self.state_of(merchant, asked.number)

    def put_forward(self, merchant_id: str, number: str) -> None:
        """A transfer that was left pending is offered to the person."""
        with transaction(self._db):
            self._put_forward(records.find_merchant(self._db, merchant_id), number)

    def answer(self, provider_ref: str, choice: str) -> sqlite3.Row:
        """What the person chose on the page. Only an open offer moves, so a second click changes nothing."""
        with transaction(self._db):
            row = records.find_transfer_by_ref(self._db, provider_ref)
            merchant = records.find_merchant(self._db, row["merchant_id"])
            failure = DECLINED if choice == "decline" else ""
            self._end(merchant, row["number"], ANSWERS[choice], at="awaiting_confirmation", failure=failure)
        return records.find_transfer_by_ref(self._db, provider_ref)

    def cancel(self, merchant: Merchant, number: str) -> TransferState:
        """Taken back while nobody said yes; otherwise the answer tells how it ended."""
        with transaction(self._db):
            records.find_transfer(self._db, merchant.id, number)
            for at in ("pending", "awaiting_confirmation"):
                self._end(merchant, number, "canceled", at=at)
        return self.state_of(merchant, number)

    def state_of(self, merchant: Merchant, number: str) -> TransferState:
        return records.transfer_state(records.find_transfer(self._db, merchant.id, number))

    def _put_forward(self, merchant: Merchant, number: str) -> None:
        if merchant.behavior.fail_transfers:
            self._end(merchant, number, "failed", at="pending", failure=FAILURE)
        elif merchant.behavior.confirm_transfers:
            self._end(merchant, number, "awaiting_confirmation", at="pending")
        else:
            self._end(merchant, number, "succeeded", at="pending")

    def _end(self, merchant: Merchant, number: str, status: str, *, at: str, failure: str = "") -> None:
        moved = self._db.execute(
            "UPDATE transfer SET status = ?, failure = ? WHERE merchant_id = ? AND number = ? AND status = ?",
            (status, failure, merchant.id, number, at),
        ).rowcount
        if moved:
            row = records.find_transfer(self._db, merchant.id, number)
            self._herald.announce(merchant.id, transfer=records.transfer_state(row), to=row["notify_url"])
