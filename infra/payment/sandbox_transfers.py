"""The adapter for transfers of our own payment sandbox: the person says yes on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from infra.http import Outside
from infra.payment.payouts_port import TransferNotice, TransferRequest, TransferState
from infra.payment.port import (
    Acknowledgment,
    BadSignature,
    PaymentAccount,
    PaymentUnavailable,
    UnrelatedNotice,
    WrongMerchant,
)
from infra.payment.sandbox import ask
from infra.payment.sandbox_wire import OpenTransfer, Webhook
from infra.signatures import lowered, verify_notice


class SandboxTransfers:
    """Keeps the promises of `Payouts`."""

    acknowledgment = Acknowledgment(b"{}")

    def __init__(self, account: PaymentAccount, outside: Outside, *, notify_url: str) -> None:
        self._account = account
        self._outside = outside
        self._notify_url = notify_url

    async def transfer(self, request: TransferRequest) -> TransferState:
        asked = OpenTransfer(
            number=request.number, payee_id=request.payee_id, payee_name=request.payee_name, amount=request.amount,
            currency=request.currency, remark=request.remark, notify_url=self._notify_url,
        )  # fmt: skip
        return await self._call("POST", "/v1/transfers", asked)

    async def query_transfer(self, number: str) -> TransferState:
        return await self._call("GET", f"/v1/transfers/{quote(number, safe='')}")

    async def cancel_transfer(self, number: str) -> TransferState:
        return await self._call("POST", f"/v1/transfers/{quote(number, safe='')}/cancel")

    def parse_transfer_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> TransferNotice:
        verify_notice(self._account.secret.encode(), headers=lowered(headers), body=raw_body, now=now)
        try:
            webhook = msgspec.json.decode(raw_body, type=Webhook)
        except msgspec.DecodeError as error:
            raise BadSignature("signed, but not a notice") from error
        if webhook.merchant_id != self._account.merchant_id:
            raise WrongMerchant(webhook.merchant_id)
        if webhook.transfer is None:
            raise UnrelatedNotice(webhook.kind)
        happened_at = datetime.fromtimestamp(webhook.happened_at, UTC)
        return TransferNotice(webhook.event_id, happened_at, self._told(webhook.transfer))

    async def _call(self, method: str, path: str, body: msgspec.Struct | None = None) -> TransferState:
        account = self._account
        answer = await ask(
            self._outside, account.base_url, account.merchant_id, account.secret.encode(), method, path, body
        )
        try:
            return self._told(msgspec.json.decode(answer.body, type=TransferState))
        except msgspec.DecodeError as error:
            raise PaymentUnavailable("the answer makes no sense") from error

    def _told(self, state: TransferState) -> TransferState:
        """While it waits, the person finds the question at this address."""
        if state.status != "awaiting_confirmation":
            return state
        where = (self._account.public_url or self._account.base_url).rstrip("/")
        return msgspec.structs.replace(state, confirm={"url": f"{where}/transfers/{state.provider_ref}"})
