"""The same shopper, shop and bad luck at every provider, so that one suite can ask all of them for promises."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

import httpx
import msgspec

from infra.http import Outside
from infra.payment.alipay import Alipay
from infra.payment.port import (
    PaymentAccount,
    PaymentIntent,
    PaymentNotice,
    PaymentProvider,
    PaymentRequest,
    RefundNotice,
)
from infra.payment.sandbox import SandboxOffice, SandboxPayments
from infra.payment.sandbox_wire import Behavior, RegisterMerchant
from infra.payment.stripe import StripePayments
from infra.payment.stripe_account import StripeAccount
from infra.payment.wechat import WeChatPay
from tests.contract.conftest import Listener, Received, Server
from tests.contract.payment import alipay_notices, wechat_notices
from tests.contract.payment.alipay_server import AlipayServer
from tests.contract.payment.keys import private_pem
from tests.contract.payment.serving import ProviderServer, serving
from tests.contract.payment.stripe_server import StripeServer
from tests.contract.payment.wechat_server import WeChatServer

SHOP = "http://tea.localhost:8000/orders/1"
NOWHERE = "http://127.0.0.1:9"


class Bench(Protocol):
    """One provider with one merchant. Where it cannot keep a promise, a flag says so and the reason."""

    name: str
    provider: PaymentProvider
    opens_by_link: bool
    """Alipay: nothing exists until a shopper follows the signed link, so `create` cannot see a used number."""
    tells_refunded_amount: bool
    """WeChat and Alipay: a query answers the state of a payment, not how much of it went back."""
    tells_each_refund: bool
    """Alipay: a notice tells the sum of a trade's refunds, so it becomes news of the payment."""

    async def choose(self, intent: PaymentIntent, number: str, choice: str) -> None:
        """What the shopper does: `look`, `pay`, `fail` or `cancel`."""
        ...

    async def behave(
        self, *, fail_refunds: bool = False, refund_s: float = 0, errors: bool = False, copies: int = 1
    ) -> None: ...

    def stranger(self) -> PaymentProvider:
        """Somebody with the merchant's name and another key."""
        ...

    def away(self) -> PaymentProvider:
        """The provider, unplugged."""
        ...


def request(number: str = "PAY-001", amount: int = 12_345) -> PaymentRequest:
    return PaymentRequest(number, amount, "CNY", "Two boxes of <tea>", SHOP, "zh-Hant")


async def pay(bench: Bench, number: str = "PAY-001", amount: int = 12_345, choice: str = "pay") -> PaymentIntent:
    intent = await bench.provider.create(request(number, amount))
    await bench.choose(intent, number, choice)
    return intent


def read(bench: Bench, told: list[Received]) -> list[PaymentNotice | RefundNotice]:
    return [bench.provider.parse_webhook(one.headers, one.body, datetime.now(UTC)) for one in told]


class SandboxBench:
    opens_by_link, tells_refunded_amount, tells_each_refund = False, True, True

    def __init__(self, account: PaymentAccount, office: SandboxOffice, outside: Outside) -> None:
        self.name, self.account, self.office, self._outside = "sandbox", account, office, outside
        self.provider: PaymentProvider = SandboxPayments(account, outside)

    async def choose(self, intent: PaymentIntent, number: str, choice: str) -> None:
        if choice == "look":
            return
        async with httpx.AsyncClient(trust_env=False) as browser:
            await browser.post(intent.pay_url.partition("?")[0], data={"choice": choice})

    async def behave(
        self, *, fail_refunds: bool = False, refund_s: float = 0, errors: bool = False, copies: int = 1
    ) -> None:
        behavior = Behavior(
            fail_refunds=fail_refunds, refund_ms=int(refund_s * 1000), error_bps=10_000 * errors, duplicate=copies - 1
        )
        await self.office.behave(self.account.merchant_id, behavior)

    def stranger(self) -> PaymentProvider:
        return SandboxPayments(msgspec.structs.replace(self.account, secret="guess"), self._outside)

    def away(self) -> PaymentProvider:
        return SandboxPayments(msgspec.structs.replace(self.account, base_url=NOWHERE), self._outside)


class _ServedBench:
    """What the two benches have in common whose server runs in this process."""

    server: WeChatServer | AlipayServer

    async def behave(
        self, *, fail_refunds: bool = False, refund_s: float = 0, errors: bool = False, copies: int = 1
    ) -> None:
        self.server.fail_refunds, self.server.refund_s, self.server.copies = fail_refunds, refund_s, copies
        self.server.always = "error_after" if errors else None


class WeChatBench(_ServedBench):
    opens_by_link, tells_refunded_amount, tells_each_refund = False, False, True

    def __init__(self, server: WeChatServer, outside: Outside, notify_url: str, *, by_certificate: bool) -> None:
        self.name, self.server, self._outside, self._notify_url = "wechat", server, outside, notify_url
        self.account = wechat_notices.account(server.url, by_certificate=by_certificate)
        self.provider: PaymentProvider = WeChatPay(self.account, outside, notify_url=notify_url)

    async def choose(self, intent: PaymentIntent, number: str, choice: str) -> None:
        self.server.pay(number, choice)

    def stranger(self) -> PaymentProvider:
        return self._with(private_key=private_pem("stranger"))

    def away(self) -> PaymentProvider:
        return self._with(base_url=NOWHERE)

    def _with(self, **other: str) -> PaymentProvider:
        account = msgspec.structs.replace(self.account, **other)
        return WeChatPay(account, self._outside, notify_url=self._notify_url)


class AlipayBench(_ServedBench):
    opens_by_link, tells_refunded_amount, tells_each_refund = True, False, False

    def __init__(self, server: AlipayServer, outside: Outside, notify_url: str) -> None:
        self.name, self.server, self._outside, self._notify_url = "alipay", server, outside, notify_url
        self.account = alipay_notices.account(server.gateway)
        self.provider: PaymentProvider = Alipay(self.account, outside, notify_url=notify_url)

    async def choose(self, intent: PaymentIntent, number: str, choice: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(intent.pay_url)
        if page.status_code == 200:
            self.server.pay(number.replace("-", "_"), choice)

    def stranger(self) -> PaymentProvider:
        return self._with(private_key=private_pem("stranger"))

    def away(self) -> PaymentProvider:
        return self._with(base_url=f"{NOWHERE}/gateway.do")

    def _with(self, **other: str) -> PaymentProvider:
        account = msgspec.structs.replace(self.account, **other)
        return Alipay(account, self._outside, notify_url=self._notify_url)


class Memory:
    """What the shop wrote down: which session a number became."""

    def __init__(self, server: StripeServer, otherwise: str = "") -> None:
        self._server, self._otherwise = server, otherwise

    async def of_payment(self, number: str) -> str:
        sessions = self._server.sessions.items()
        found = [name for name, each in sessions if each["client_reference_id"] == number]
        return found[-1] if found else self._otherwise


class StripeBench:
    opens_by_link, tells_refunded_amount, tells_each_refund = False, True, True

    def __init__(self, server: StripeServer, outside: Outside) -> None:
        self.name, self.server, self._outside = "stripe", server, outside
        self.account = StripeAccount(server.secret_key, server.webhook_secret, uuid.uuid4().hex, server.url)
        self.provider: PaymentProvider = self._at(self.account)

    async def choose(self, intent: PaymentIntent, number: str, choice: str) -> None:
        if choice == "look":
            return
        async with httpx.AsyncClient(trust_env=False) as browser:
            await browser.post(intent.pay_url, data={"choice": choice})

    async def behave(
        self, *, fail_refunds: bool = False, refund_s: float = 0, errors: bool = False, copies: int = 1
    ) -> None:
        self.server.fail_refunds, self.server.refund_s, self.server.copies = fail_refunds, refund_s, copies
        self.server.away = errors

    def stranger(self) -> PaymentProvider:
        return self._at(msgspec.structs.replace(self.account, secret_key="sk_test_guessguess"))

    def away(self) -> PaymentProvider:
        return self._at(msgspec.structs.replace(self.account, base_url=NOWHERE), Memory(self.server, "cs_test_1"))

    def _at(self, account: StripeAccount, memory: Memory | None = None) -> PaymentProvider:
        return StripePayments(account, self._outside, memory or Memory(self.server))


@asynccontextmanager
async def open_bench(name: str, sandbox: Server, outside: Outside, listener: Listener) -> AsyncIterator[Bench]:
    """`sandbox`, `wechat` (public key), `wechat-certificate`, `alipay` or `stripe`."""
    notify_url = f"{listener.url}/webhooks/payments/x"
    async with AsyncExitStack() as stack:
        if name == "sandbox":
            office = SandboxOffice(sandbox.url, outside)
            account = PaymentAccount(f"m-{uuid.uuid4().hex}", "s3cret", sandbox.url, "CNY")
            await office.register(RegisterMerchant(account.merchant_id, account.secret, notify_url, "Tea & Co"))
            yield SandboxBench(account, office, outside)
            return
        server: ProviderServer
        if name == "alipay":
            server = AlipayServer()
            await stack.enter_async_context(serving(server))
            yield AlipayBench(server, outside, notify_url)
            return
        if name == "stripe":
            theirs = StripeServer("sk_test_51abcdefgh", "whsec_0123456789abcdef", notify_url)
            await stack.enter_async_context(serving(theirs))
            yield StripeBench(theirs, outside)
            return
        by_certificate = name == "wechat-certificate"
        server = WeChatServer(by_certificate=by_certificate)
        await stack.enter_async_context(serving(server))
        yield WeChatBench(server, outside, notify_url, by_certificate=by_certificate)
