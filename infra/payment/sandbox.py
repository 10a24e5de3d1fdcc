"""The adapter for our own payment sandbox, the provider of every new store until it connects a real one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from infra import clock
from infra.crypto import platform_key
from infra.http import AddressRefused, Answer, Outside, OutsideUnavailable
from infra.payment.mini_programs import MiniProgram
from infra.payment.port import (
    Acknowledgment,
    AlreadyPaid,
    BadSignature,
    PaymentAccount,
    PaymentIntent,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentState,
    PaymentUnavailable,
    PaymentUnknown,
    ProgramUser,
    RefundNotice,
    RefundRequest,
    RefundState,
    WrongMerchant,
)
from infra.payment.sandbox_wire import (
    PLATFORM,
    PLATFORM_PURPOSE,
    Behavior,
    OpenPayment,
    Problem,
    RegisterMerchant,
    StatementPage,
    Webhook,
)
from infra.payment.statement_port import StatementLine
from infra.signatures import lowered, sign_request, verify_notice

T = TypeVar("T")


class SandboxPayments:
    """Keeps the promises of `PaymentProvider` and `ProgramLookup` over the sandbox's signed JSON.

    Every method leads to the same page.
    """

    acknowledgment = Acknowledgment(b"{}")

    def __init__(self, account: PaymentAccount, outside: Outside) -> None:
        self._account = account
        self._outside = outside

    @property
    def knows_programs(self) -> bool:
        return True

    async def program_user(self, code: str) -> ProgramUser:
        """The sandbox stands in for the wallet, too; a merchant's number and secret are those of its mini-program."""
        account = self._account
        return await MiniProgram(account.merchant_id, account.secret, account.base_url, self._outside).user(code)

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        order = OpenPayment(
            number=request.number,
            amount=request.amount,
            currency=request.currency,
            description=request.description,
            return_url=request.return_url,
        )
        state = await self._call("POST", "/v1/payments", order, PaymentState)
        if state.status == "captured":
            raise AlreadyPaid
        where = (self._account.public_url or self._account.base_url).rstrip("/")
        return PaymentIntent(
            state.provider_ref, f"{where}/pay/{state.provider_ref}?{urlencode({'lang': request.lang})}"
        )

    async def query(self, number: str) -> PaymentState:
        return await self._call("GET", f"/v1/payments/{quote(number, safe='')}", None, PaymentState)

    async def close(self, number: str) -> PaymentState:
        return await self._call("POST", f"/v1/payments/{quote(number, safe='')}/close", None, PaymentState)

    async def refund(self, request: RefundRequest) -> RefundState:
        return await self._call("POST", "/v1/refunds", request, RefundState)

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        return await self._call("GET", f"/v1/refunds/{quote(number, safe='')}", None, RefundState)

    async def statement(self, day: date) -> list[StatementLine]:
        lines: list[StatementLine] = []
        more, number = True, 0
        while more:
            number += 1
            page = await self._call("GET", f"/v1/statements/{day.isoformat()}/{number}", None, StatementPage)
            lines, more = lines + page.lines, page.more
        return lines

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        verify_notice(self._account.secret.encode(), headers=lowered(headers), body=raw_body, now=now)
        try:
            webhook = msgspec.json.decode(raw_body, type=Webhook)
        except msgspec.DecodeError as error:
            raise BadSignature("signed, but not a notice") from error
        if webhook.merchant_id != self._account.merchant_id:
            raise WrongMerchant(webhook.merchant_id)
        happened_at = datetime.fromtimestamp(webhook.happened_at, UTC)
        if webhook.payment:
            return PaymentNotice(webhook.event_id, happened_at, webhook.payment)
        if webhook.refund:
            return RefundNotice(webhook.event_id, happened_at, webhook.refund)
        raise BadSignature("signed, but about nothing")

    async def _call(self, method: str, path: str, body: msgspec.Struct | None, kind: type[T]) -> T:
        account = self._account
        answer = await ask(
            self._outside, account.base_url, account.merchant_id, account.secret.encode(), method, path, body
        )
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.DecodeError as error:
            raise PaymentUnavailable("the answer makes no sense") from error


class SandboxOffice:
    """What the platform itself may do at the sandbox: open merchants' accounts and spoil the weather."""

    def __init__(self, base_url: str, outside: Outside) -> None:
        self._base_url = base_url
        self._outside = outside

    async def register(self, merchant: RegisterMerchant) -> None:
        """Open an account, or move an existing one to a new secret and webhook address."""
        await self._call("POST", "/v1/merchants", merchant)

    async def behave(self, merchant_id: str, behavior: Behavior) -> None:
        await self._call("PUT", f"/v1/merchants/{quote(merchant_id, safe='')}/behavior", behavior)

    async def _call(self, method: str, path: str, body: msgspec.Struct) -> None:
        await ask(self._outside, self._base_url, PLATFORM, platform_key(PLATFORM_PURPOSE), method, path, body)


async def ask(
    outside: Outside, base_url: str, caller: str, secret: bytes, method: str, path: str, body: msgspec.Struct | None
) -> Answer:
    """One signed question to the sandbox, and its answer judged in the port's words."""
    content = msgspec.json.encode(body) if body else b""
    headers = sign_request(secret, caller=caller, method=method, path=path, body=content, now=clock.now())
    try:
        answer = await outside.request(
            method, base_url.rstrip("/") + path, content=content, headers=headers, party=f"{caller}@{base_url}"
        )
    except AddressRefused as error:
        raise PaymentRejected("address_refused", str(error)) from error
    except OutsideUnavailable as error:
        raise PaymentUnavailable(str(error)) from error
    return _judge(answer)


def _judge(answer: Answer) -> Answer:
    if answer.status < 300:
        return answer
    if answer.status >= 500 or answer.status in (408, 429):
        raise PaymentUnavailable(f"answered {answer.status}")
    try:
        problem = msgspec.json.decode(answer.body, type=Problem)
    except msgspec.DecodeError as error:
        raise PaymentUnavailable(f"answered {answer.status} without a reason") from error
    if problem.code == "unknown_number":
        raise PaymentUnknown(problem.code, problem.message)
    raise PaymentRejected(problem.code, problem.message)
