"""Stripe's own library for requests, over our guarded client; its failures in the two words of the port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import stripe

from infra.http import AddressRefused, Outside, OutsideUnavailable
from infra.payment.port import PaymentRejected, PaymentUnavailable, PaymentUnknown

T = TypeVar("T")

stripe.enable_telemetry = False  # what machine we run on is nobody's business

SENSELESS = {"amount_too_large", "amount_too_small", "parameter_invalid_integer", "parameter_invalid_empty"}
SPENT = {"charge_already_refunded"}
REPLAYED = "idempotent-replayed"


class Replayed(PaymentRejected):
    """Not an answer to this request but the kept one to an earlier request under the same key."""


class StripeWire:
    """Requests of one account."""

    def __init__(self, secret_key: str, base_url: str, outside: Outside) -> None:
        self._door = _Door(outside, base_url)
        self._client = stripe.StripeClient(
            secret_key, base_addresses={"api": base_url.rstrip("/")}, http_client=self._door, max_network_retries=0
        )

    async def call(self, method: str, path: str, kind: type[T], *, key: str = "", **form: Any) -> T:
        """One request, once; `key` makes it safe to send again. Raises PaymentRejected, PaymentUnavailable."""
        options = {"idempotency_key": key} if key else {}
        try:
            answer = await self._client.raw_request_async(method, path, **form, **options)
        except stripe.StripeError as error:
            raise _judged(error) from error
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.DecodeError as error:
            raise PaymentUnavailable("the answer makes no sense") from error


def _judged(error: stripe.StripeError) -> Exception:
    code, status = error.code or "", error.http_status or 0
    if isinstance(error, stripe.APIConnectionError) or status >= 500 or status in (0, 409, 429):
        return PaymentUnavailable(f"answered {status}" if status else str(error))
    if isinstance(error, stripe.IdempotencyError):
        return PaymentRejected("number_conflict")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return PaymentRejected("untrusted")
    if status == 404 or code == "resource_missing":
        return PaymentUnknown("unknown_number")
    if code in SPENT or (code == "" and getattr(error, "param", "") == "amount"):
        return PaymentRejected("refund_exceeds_capture")
    rejected = Replayed if (error.headers or {}).get(REPLAYED) == "true" else PaymentRejected
    return rejected("bad_amount" if code in SENSELESS else code or "refused", error.user_message or "")


class _Door(stripe.HTTPClient):
    """Stripe's library speaks through this; no connection leaves by another way."""

    name = "tuanzhou"

    def __init__(self, outside: Outside, base_url: str) -> None:
        super().__init__()
        self._outside = outside
        self._base_url = base_url

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        content = post_data.encode() if isinstance(post_data, str) else post_data or b""
        try:
            answer = await self._outside.request(
                method.upper(), url, content=content, headers=headers, party=f"stripe@{self._base_url}"
            )
        except AddressRefused as error:
            raise PaymentRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise PaymentUnavailable(str(error)) from error
        return answer.body, answer.status, {name.lower(): value for name, value in answer.headers.items()}
