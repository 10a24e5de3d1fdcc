"""The sandbox's bank: never takes a payment twice, never gives back more than it took, and tells the merchant."""

from __future__ import annotations

import secrets
import sqlite3
import time
from datetime import date

import msgspec

from infra.payment.port import PaymentState, RefundRequest, RefundState
from infra.payment.sandbox_server import records
from infra.payment.sandbox_server.checks import require_sound, require_web_address
from infra.payment.sandbox_server.herald import Herald
from infra.payment.sandbox_server.records import Merchant, Refused
from infra.payment.sandbox_wire import Behavior, OpenPayment, RegisterMerchant, StatementPage
from infra.simulation.agenda import Agenda
from infra.simulation.store import transaction

STATEMENT_LINES = 2_000  # on one page of a statement
OUTCOMES = {"pay": "captured", "fail": "failed", "cancel": "canceled"}


class Bank:
    def __init__(self, db: sqlite3.Connection, agenda: Agenda, herald: Herald) -> None:
        self._db, self._agenda, self._herald = db, agenda, herald

    def register(self, merchant: RegisterMerchant) -> None:
        require_web_address(merchant.webhook_url)
        self._db.execute(
            "INSERT INTO merchant (id, secret, webhook_url, name) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET secret = excluded.secret, webhook_url = excluded.webhook_url, name = excluded.name",
            (merchant.merchant_id, merchant.secret, merchant.webhook_url, merchant.name),
        )

    def behave(self, merchant_id: str, behavior: Behavior) -> None:
        records.find_merchant(self._db, merchant_id)
        values = (msgspec.json.encode(behavior), merchant_id)
        self._db.execute("UPDATE merchant SET behavior = ? WHERE id = ?", values)

    def open(self, merchant: Merchant, order: OpenPayment) -> PaymentState:
        require_sound(order.amount, order.currency, order.number)
        require_web_address(order.return_url)
        self._db.execute(
            "INSERT INTO payment (merchant_id, number, provider_ref, amount, currency, description, return_url) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (merchant_id, number) DO NOTHING",
            (
                merchant.id,
                order.number,
                secrets.token_urlsafe(18),
                order.amount,
                order.currency,
                order.description[:200],
                order.return_url,
            ),
        )
        state = self.payment(merchant, order.number)
        if (state.amount, state.currency) != (order.amount, order.currency):
            raise Refused(409, "number_conflict", "this number was used for another amount")
        return state

    def payment(self, merchant: Merchant, number: str) -> PaymentState:
        return records.payment_state(records.find_payment(self._db, merchant.id, number))

    def close(self, merchant: Merchant, number: str) -> PaymentState:
        ref = self.payment(merchant, number).provider_ref
        self.settle(ref, "cancel")
        return self.payment(merchant, number)

    def settle(self, provider_ref: str, choice: str) -> sqlite3.Row:
        """What the shopper chose on the pay page. Only a pending payment moves, so a second click changes nothing."""
        with transaction(self._db):
            moved = self._db.execute(
                "UPDATE payment SET status = ? WHERE provider_ref = ? AND status = 'pending'",
                (OUTCOMES[choice], provider_ref),
            ).rowcount
            if moved and OUTCOMES[choice] == "captured":
                self._charge(provider_ref)
            row = records.find_payment_by_ref(self._db, provider_ref)
            if moved:
                self._herald.announce(row["merchant_id"], payment=records.payment_state(row))
        return row

    def _charge(self, provider_ref: str) -> None:
        """The sandbox lives on its fee, too; and from now on the payment is on the day's statement."""
        row = records.find_payment_by_ref(self._db, provider_ref)
        bps = records.find_merchant(self._db, row["merchant_id"]).behavior.fee_bps
        self._db.execute(
            "UPDATE payment SET captured_at = ?, fee_amount = ? WHERE provider_ref = ?",
            (int(time.time()), row["amount"] * bps // 10_000, provider_ref),
        )

    def statement(self, merchant: Merchant, day: date, page: int) -> StatementPage:
        """Pages count from 1."""
        skip = (page - 1) * STATEMENT_LINES
        lines = records.statement(self._db, merchant.id, day, skip=skip, limit=STATEMENT_LINES + 1)
        return StatementPage(lines[:STATEMENT_LINES], more=len(lines) > STATEMENT_LINES)

    def refund(self, merchant: Merchant, order: RefundRequest) -> RefundState:
        """A new number takes its amount from what is left; a failed number may try again; any other is a repetition."""
        require_sound(order.amount, order.currency, order.number)
        with transaction(self._db):
            known = self._known_refund(merchant, order)
            if known and known.status != "failed":
                return known
            self._take_back(merchant, order)
            self._db.execute(
                "INSERT INTO refund (merchant_id, number, payment_number, amount, currency, status) "
                "VALUES (?, ?, ?, ?, ?, 'pending') ON CONFLICT (merchant_id, number) DO UPDATE SET status = 'pending'",
                (merchant.id, order.number, order.payment_number, order.amount, order.currency),
            )
            if merchant.behavior.refund_ms:
                payload = {"merchant_id": merchant.id, "number": order.number}
                self._agenda.add("settle_refund", payload, delay_s=merchant.behavior.refund_ms / 1000)
            else:
                self._settle_refund(merchant, order.number)
        return self.refund_of(merchant, order.number)

    def refund_of(self, merchant: Merchant, number: str) -> RefundState:
        return records.refund_state(records.find_refund(self._db, merchant.id, number))

    def settle_refund(self, merchant_id: str, number: str) -> None:
        """A refund that was left pending comes to its end."""
        with transaction(self._db):
            self._settle_refund(records.find_merchant(self._db, merchant_id), number)

    def _known_refund(self, merchant: Merchant, order: RefundRequest) -> RefundState | None:
        try:
            known = self.refund_of(merchant, order.number)
        except Refused:
            return None
        asked = (order.payment_number, order.amount, order.currency)
        if (known.payment_number, known.amount, known.currency) != asked:
            raise Refused(409, "number_conflict", "this number was used for another refund")
        return known

    def _take_back(self, merchant: Merchant, order: RefundRequest) -> None:
        records.find_payment(self._db, merchant.id, order.payment_number)
        taken = self._db.execute(
            "UPDATE payment SET refunded_amount = refunded_amount + ? WHERE merchant_id = ? AND number = ? "
            "AND currency = ? AND status = 'captured' AND refunded_amount + ? <= amount",
            (order.amount, merchant.id, order.payment_number, order.currency, order.amount),
        ).rowcount
        if not taken:
            raise Refused(422, "refund_exceeds_capture", "not captured, another currency, or more than is left")

    def _settle_refund(self, merchant: Merchant, number: str) -> None:
        status = "failed" if merchant.behavior.fail_refunds else "succeeded"
        moved = self._db.execute(
            "UPDATE refund SET status = ?, succeeded_at = ?"
            " WHERE merchant_id = ? AND number = ? AND status = 'pending'",
            (status, int(time.time()) if status == "succeeded" else None, merchant.id, number),
        ).rowcount
        if not moved:
            return
        state = self.refund_of(merchant, number)
        if status == "failed":
            self._db.execute(
                "UPDATE payment SET refunded_amount = refunded_amount - ? WHERE merchant_id = ? AND number = ?",
                (state.amount, merchant.id, state.payment_number),
            )
        self._herald.announce(merchant.id, refund=state)
