"""Promises webhooks, as badly as the merchant asked for."""

from __future__ import annotations

import secrets
import sqlite3
import time

import msgspec

from infra.payment.payouts_port import TransferState
from infra.payment.port import PaymentState, RefundState
from infra.payment.sandbox_server import records
from infra.payment.sandbox_wire import Behavior, Webhook
from infra.simulation.agenda import Agenda
from infra.simulation.luck import Luck

SHUFFLE_S = 2.0


class Herald:
    def __init__(self, db: sqlite3.Connection, agenda: Agenda, luck: Luck) -> None:
        self._db, self._agenda, self._luck = db, agenda, luck

    def announce(
        self, merchant_id: str, payment: PaymentState | None = None, refund: RefundState | None = None,
        transfer: TransferState | None = None, to: str = "",
    ) -> None:  # fmt: skip
        """Promise a webhook in the same transaction as the deed, unless the merchant asked for worse."""
        behavior = records.find_merchant(self._db, merchant_id).behavior
        if self._luck.strikes(merchant_id, behavior.seed, behavior.drop_bps):
            return
        webhook = Webhook(
            event_id=secrets.token_hex(16),
            merchant_id=merchant_id,
            kind="payment" if payment else "refund" if refund else "transfer",
            happened_at=int(time.time()),
            payment=payment,
            refund=refund,
            transfer=transfer,
            to=to,
        )
        for _ in range(1 + behavior.duplicate):
            self._agenda.add("webhook", msgspec.to_builtins(webhook), delay_s=self._delay_s(merchant_id, behavior))

    def _delay_s(self, merchant_id: str, behavior: Behavior) -> float:
        delay_s = behavior.delay_ms / 1000
        return delay_s + (self._luck.spread(merchant_id, behavior.seed, SHUFFLE_S) if behavior.shuffle else 0)
