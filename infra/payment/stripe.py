"""Stripe Checkout: the shopper pays on Stripe's own page; card data never comes near us.

Sources, all under https://docs.stripe.com/: api/checkout/sessions, api/refunds, api/idempotent_requests, webhooks.

Stripe answers only to its own names, so the store's memory (`References`) says which session a number of ours became.
It forgets idempotency keys after a day and keeps even a refusal under them; a refund is therefore looked for by the
number we wrote into it before it is asked for, and asked for anew once a former attempt has failed for good.

Its page lives half an hour at least and a day at most, so it ends half an hour after the order's time to pay: always
long enough, and the same at every attempt, which its idempotency asks for. When the order's time is over the page is
closed by a job of ours; who pays in between pays too late and gets it back like everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta

import msgspec

from infra import clock
from infra.http import Outside
from infra.payment import stripe_notices
from infra.payment.port import (
    Acknowledgment,
    AlreadyPaid,
    PaymentIntent,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentState,
    PaymentUnknown,
    RefundNotice,
    RefundRequest,
    RefundState,
)
from infra.payment.references import References
from infra.payment.statement_port import StatementLine
from infra.payment.stripe_account import StripeAccount
from infra.payment.stripe_records import (
    MARKER,
    NUMBER,
    PAYMENT_NUMBER,
    Form,
    Intent,
    Page,
    Refund,
    Session,
    is_over,
    payment_state,
    refund_state,
    session_status,
)
from infra.payment.stripe_statement import statement_of
from infra.payment.stripe_wire import Replayed, StripeWire

LARGEST_AMOUNT = 99_999_999  # eight digits of the smallest unit
LANGUAGES = {"zh-Hans": "zh", "zh-Hant": "zh-TW", "en": "en"}
WHOLE = ["payment_intent.latest_charge"]
METHODS = ("page", "wap", "h5")
PAGES = 20
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=24)  # a minute more than theirs, for clocks that differ


class StripePayments:
    """Keeps the promises of `PaymentProvider` and `StatementSource`."""

    acknowledgment = Acknowledgment(b"{}")

    def __init__(self, account: StripeAccount, outside: Outside, references: References) -> None:
        self._account = account
        self._references = references
        self._wire = StripeWire(account.secret_key, account.base_url, outside)
        self._sessions: dict[str, str] = {}  # what this object has just been told, before the store has written it down

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        _require_sense(request)
        session = await self._session_of(request.number)
        if session is None:
            session = await self._wire.call(
                "post", "/v1/checkout/sessions", Session, key=self._key(request.number), **self._form(request)
            )
        if (session.amount_total, (session.currency or "").upper()) != (request.amount, request.currency):
            raise PaymentRejected("number_conflict")
        if session_status(session) == "captured":
            raise AlreadyPaid
        self._sessions[request.number] = session.id
        return PaymentIntent(session.id, session.url or request.return_url)

    async def query(self, number: str) -> PaymentState:
        return payment_state(await self._known(number))

    async def close(self, number: str) -> PaymentState:
        session = await self._known(number)
        if session.status == "open":
            # Refused when somebody paid, or it ran out, in this very moment: the next look says which.
            with suppress(PaymentRejected):
                await self._wire.call("post", f"/v1/checkout/sessions/{session.id}/expire", Session)
            session = await self._known(number)
        return payment_state(session)

    async def refund(self, request: RefundRequest) -> RefundState:
        intent = _intent_of(await self._known(request.payment_number))
        attempts = await self._attempts(intent, request.number)
        for made in attempts:
            if not is_over(made):
                if made.amount != request.amount:
                    raise PaymentRejected("number_conflict")
                return refund_state(made)
        try:
            return refund_state(await self._give_back(intent, request, str(len(attempts))))
        except Replayed:  # a refusal of another day, kept under the same key: ask in earnest
            minute = int(clock.now().timestamp()) // 60
            return refund_state(await self._give_back(intent, request, f"{len(attempts)}:{minute}"))

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        attempts = await self._attempts(_intent_of(await self._known(payment_number)), number)
        if not attempts:
            raise PaymentUnknown("unknown_number", number)
        return refund_state(attempts[0])

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        return stripe_notices.parse(self._account, headers, raw_body, now)

    async def statement(self, day: date) -> list[StatementLine]:
        return await statement_of(self._wire, self._account.marker, day)

    async def check(self) -> str:
        """Who Stripe thinks we are; proves the key. Raises PaymentRejected, PaymentUnavailable."""
        return (await self._wire.call("get", "/v1/account", _Named)).id

    def _key(self, number: str, attempt: str = "") -> str:
        return f"{self._account.marker}:{number}" + (f":{attempt}" if attempt else "")

    def _form(self, request: PaymentRequest) -> Form:
        ours = {NUMBER: request.number, MARKER: self._account.marker}
        price = {
            "currency": request.currency.lower(), "unit_amount": request.amount,
            "product_data": {"name": request.description[:200]},
        }  # fmt: skip
        return {
            "mode": "payment", "client_reference_id": request.number, "metadata": ours,
            "payment_intent_data": {"metadata": ours, "description": request.description[:200]},
            "line_items": [{"quantity": 1, "price_data": price}], "locale": LANGUAGES.get(request.lang, "auto"),
            "success_url": request.return_url, "cancel_url": request.return_url, **_ending(request.expires_at),
        }  # fmt: skip

    async def _session_of(self, number: str) -> Session | None:
        ref = self._sessions.get(number) or await self._references.of_payment(number)
        if not ref:
            return None
        return await self._wire.call("get", f"/v1/checkout/sessions/{ref}", Session, expand=WHOLE)

    async def _known(self, number: str) -> Session:
        session = await self._session_of(number)
        if session is None:
            raise PaymentUnknown("unknown_number", number)
        return session

    async def _attempts(self, intent: str, number: str) -> list[Refund]:
        """Every refund made under this number of ours, the newest first."""
        found: list[Refund] = []
        form: Form = {"payment_intent": intent, "limit": 100}
        for _page in range(PAGES):
            page = await self._wire.call("get", "/v1/refunds", Page, **form)
            found += [each for each in page.data if (each.metadata or {}).get(NUMBER) == number]
            if not page.has_more:
                break
            form["starting_after"] = page.data[-1].id
        return found

    async def _give_back(self, intent: str, request: RefundRequest, attempt: str) -> Refund:
        ours = {NUMBER: request.number, PAYMENT_NUMBER: request.payment_number, MARKER: self._account.marker}
        return await self._wire.call(
            "post", "/v1/refunds", Refund, key=self._key(request.number, attempt),
            payment_intent=intent, amount=request.amount, metadata=ours,
        )  # fmt: skip


def _ending(expires_at: datetime | None) -> Form:
    """A time to pay longer than Stripe's day is left to its own limit."""
    if expires_at is None or expires_at + SHORTEST > clock.now() + LONGEST:
        return {}
    return {"expires_at": int((expires_at + SHORTEST).timestamp())}


class _Named(msgspec.Struct):
    id: str


def _require_sense(request: PaymentRequest) -> None:
    if request.method not in METHODS:
        raise PaymentRejected("method_not_offered", request.method)
    if not 0 < request.amount <= LARGEST_AMOUNT:
        raise PaymentRejected("bad_amount")


def _intent_of(session: Session) -> str:
    """What refunds are taken from. Raises PaymentRejected while nobody has paid."""
    intent = session.payment_intent
    found = intent.id if isinstance(intent, Intent) else intent
    if not found:
        raise PaymentRejected("refund_exceeds_capture", "nothing was paid")
    return found
