"""Everything the sandbox needs at hand, put together once per process."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from infra.payment.sandbox_server import records
from infra.payment.sandbox_server.bank import Bank
from infra.payment.sandbox_server.herald import Herald
from infra.payment.sandbox_server.payer import Payer
from infra.payment.sandbox_server.phone_codes import Phones
from infra.payment.sandbox_wire import Webhook
from infra.signatures import sign_notice
from infra.simulation.agenda import Agenda
from infra.simulation.doors import Doors
from infra.simulation.luck import Luck
from infra.simulation.store import open_store


class Desk:
    db: sqlite3.Connection

    def __init__(self, path: Path) -> None:
        self.db = open_store(path, records.SCHEMA)
        records.upgrade(self.db)
        self.luck = Luck()
        self.doors = Doors()
        self.agenda = Agenda(self.db, self._act)
        herald = Herald(self.db, self.agenda, self.luck)
        self.bank = Bank(self.db, self.agenda, herald)
        self.payer = Payer(self.db, self.agenda, herald)
        self.phones = Phones()
        self.http = httpx.AsyncClient(timeout=5, trust_env=False)

    async def _act(self, kind: str, payload: dict[str, Any]) -> bool:
        if kind == "settle_refund":
            self.bank.settle_refund(payload["merchant_id"], payload["number"])
            return True
        if kind == "offer_transfer":
            self.payer.put_forward(payload["merchant_id"], payload["number"])
            return True
        return await self._tell(msgspec.convert(payload, Webhook))

    async def _tell(self, webhook: Webhook) -> bool:
        """The secret and address are read at each attempt, so a merchant can repair them while webhooks wait."""
        merchant = records.find_merchant(self.db, webhook.merchant_id)
        body = msgspec.json.encode(msgspec.structs.replace(webhook, to=""))
        headers = sign_notice(merchant.secret, event_id=webhook.event_id, body=body, now=datetime.now(UTC))
        headers["Content-Type"] = "application/json"
        answer = await self.http.post(webhook.to or merchant.webhook_url, content=body, headers=headers)
        return answer.is_success
