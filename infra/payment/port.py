"""What any payment provider promises us: pay and refund at most once per number, and notices we can believe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

from infra.signatures import BadSignature, StaleNotice, UntrustedNotice

__all__ = [
    "Acknowledgment", "AlreadyPaid", "BadSignature", "IntentKind", "PayMethod", "PayerLookup", "PaymentAccount",
    "PaymentIntent", "PaymentNotice", "PaymentProvider", "PaymentRejected", "PaymentRequest", "PaymentState",
    "PaymentUnavailable", "PaymentUnknown", "ProgramLookup", "ProgramUser", "RefundNotice", "RefundRequest",
    "RefundState", "SelfCheck", "StaleNotice", "UnrelatedNotice", "UntrustedNotice", "WrongMerchant",
]  # fmt: skip

PayMethod = Literal["page", "qr", "h5", "jsapi", "wap"]
IntentKind = Literal["redirect", "qr", "jsapi"]
PaymentStatus = Literal["pending", "captured", "failed", "canceled"]
RefundStatus = Literal["pending", "succeeded", "failed"]


class PaymentRejected(Exception):
    """The provider says no, with a code; asking again cannot help."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code


class PaymentUnknown(PaymentRejected):
    """The provider never heard of this number."""


class AlreadyPaid(PaymentRejected):
    """Somebody has paid under this number before: nothing was opened; `query` tells what came of it."""

    def __init__(self, message: str = "") -> None:
        super().__init__("already_paid", message)


class PaymentUnavailable(Exception):
    """No clear answer; the deed may or may not be done. Ask again with the same number."""


class WrongMerchant(UntrustedNotice):
    """Rightly signed, but about another merchant's money."""


class UnrelatedNotice(Exception):
    """Rightly signed, but about nothing of ours: the same account may serve other systems too. Thank for it."""


class PaymentAccount(Struct, frozen=True):
    """A merchant's own account at the provider. `public_url` is where shoppers pay, if it differs from `base_url`."""

    merchant_id: str
    secret: str
    base_url: str
    currency: str
    public_url: str = ""

    def __repr__(self) -> str:
        return f"PaymentAccount({self.merchant_id!r})"


class PaymentRequest(Struct, frozen=True):
    """One amount to collect. `number` is ours and stays the same for every attempt; amounts are minor units.

    `method` is how the shopper pays: `page` on a computer, `wap` and `h5` in a phone's browser, `qr` by scanning,
    `jsapi` inside the wallet's own browser or a mini-program, which needs `payer_id`, the shopper's name there, under
    `app_id` (the account's usual one when it is empty). A provider that does
    not offer the method refuses with `method_not_offered`. `expires_at` ends the link or code and must be the same at
    every attempt. `shared` keeps the money back for `ProfitSharing`.
    """

    number: str
    amount: int
    currency: str
    description: str
    return_url: str
    lang: str = "en"
    method: PayMethod = "page"
    payer_id: str = ""
    app_id: str = ""
    client_ip: str = ""
    expires_at: datetime | None = None
    shared: bool = False


class PaymentIntent(Struct, frozen=True):
    """What the shopper needs to pay. `redirect`: go to `pay_url`. `qr`: draw `payload["code_url"]` as a QR code.

    `jsapi`: hand `payload` as it is to the wallet's browser.
    """

    provider_ref: str
    pay_url: str
    kind: IntentKind = "redirect"
    payload: Mapping[str, str] = {}


class PaymentState(Struct, frozen=True):
    """`payer_id` is the provider's name for who paid, where it tells one."""

    number: str
    provider_ref: str
    status: PaymentStatus
    amount: int
    currency: str
    refunded_amount: int = 0
    payer_id: str = ""


class RefundRequest(Struct, frozen=True):
    """Money to give back. The same number twice is one refund; a failed one is tried again under its number.

    `payment_amount` is what was captured. Some providers want to be told; left out, their adapter asks for it.
    """

    number: str
    payment_number: str
    amount: int
    currency: str
    payment_amount: int = 0


class RefundState(Struct, frozen=True):
    """`failure` is the provider's own word for why it could not, if it said one."""

    number: str
    payment_number: str
    status: RefundStatus
    amount: int
    currency: str
    failure: str = ""


class PaymentNotice(Struct, frozen=True):
    """What became of a payment. May come twice, late, or out of order; `event_id` is the same for every copy."""

    event_id: str
    happened_at: datetime
    state: PaymentState


class RefundNotice(Struct, frozen=True):
    """What became of a refund; the same caution as for a PaymentNotice."""

    event_id: str
    happened_at: datetime
    state: RefundState


class Acknowledgment(Struct, frozen=True):
    """What a provider wants to read once its notice is stored; anything else makes it come again."""

    body: bytes = b""
    media_type: str = "application/json"
    status: int = 200


class PaymentProvider(Protocol):
    """All calls raise PaymentRejected when asking again cannot help, and PaymentUnavailable when it can."""

    acknowledgment: Acknowledgment

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        """Open a payment; the same number twice is one payment, another amount under it is rejected.

        Raises AlreadyPaid, except where only the shopper's browser is told.
        """
        ...

    async def query(self, number: str) -> PaymentState:
        """The truth about a payment. Raises PaymentUnknown if it was never opened."""
        ...

    async def close(self, number: str) -> PaymentState:
        """Make sure nobody can pay any more; the answer tells whether somebody already had."""
        ...

    async def refund(self, request: RefundRequest) -> RefundState:
        """Give money back, never more than was captured."""
        ...

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        """The truth about a refund. Some providers find it only beside its payment: name that one, if you know it."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        """Believe a notice or raise BadSignature, StaleNotice, WrongMerchant or UnrelatedNotice.

        Amounts are still ours to compare.
        """
        ...


@runtime_checkable
class PayerLookup(Protocol):
    """What an adapter offers beside, whose wallet's own browser (`jsapi`) pays only for somebody it has named."""

    @property
    def knows_payers(self) -> bool:
        """The account has what it takes."""
        ...

    def payer_address(self, return_url: str, state: str) -> str:
        """Where the browser goes; it comes back with a `code` and this state (letters and digits, 128 at most)."""
        ...

    async def payer_of(self, code: str) -> str:
        """The `payer_id` of a payment. A code is good once. Raises PaymentRejected, PaymentUnavailable."""
        ...


class ProgramUser(Struct, frozen=True):
    """Who is using a mini-program: the app's id, and the person's name under it (`payer_id`)."""

    app_id: str
    payer_id: str


@runtime_checkable
class ProgramLookup(Protocol):
    """What an adapter offers beside, whose wallet runs mini-programs of the merchant's."""

    @property
    def knows_programs(self) -> bool:
        """The account has what it takes."""
        ...

    async def program_user(self, code: str) -> ProgramUser:
        """What the program got for its user; good once. Raises PaymentRejected, PaymentUnavailable."""
        ...


@runtime_checkable
class SelfCheck(Protocol):
    """What an adapter offers beside, when asking about a made-up number would call nobody."""

    async def check(self) -> str:
        """Who we are over there; proves the credentials. Raises PaymentRejected, PaymentUnavailable."""
        ...
