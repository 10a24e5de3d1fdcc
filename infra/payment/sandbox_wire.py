"""The words our payment sandbox and its adapter exchange."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from infra.payment.payouts_port import TransferState
from infra.payment.port import PaymentState, RefundState
from infra.payment.statement_port import StatementLine

PLATFORM = "platform"  # The caller that registers merchants, with a key only this installation can derive.
PLATFORM_PURPOSE = "payment-sandbox"


class RegisterMerchant(Struct, frozen=True, forbid_unknown_fields=True):
    merchant_id: str
    secret: str
    webhook_url: str
    name: str = ""


class Behavior(Struct, frozen=True, forbid_unknown_fields=True):
    """How badly the provider behaves toward one merchant. `seed` makes the bad luck repeatable."""

    duplicate: int = 0  # extra copies of each webhook
    delay_ms: int = 0  # before a webhook is sent
    shuffle: bool = False  # webhooks overtake each other
    drop_bps: int = 0  # webhooks never sent
    error_bps: int = 0  # answers 500 although the deed is done
    fail_refunds: bool = False
    refund_ms: int = 0  # a refund stays pending that long
    fail_transfers: bool = False
    transfer_ms: int = 0  # a transfer stays pending that long before it is offered
    confirm_transfers: bool = True  # the person has to say yes; otherwise the money is there at once
    seed: int = 0
    fee_bps: int = 60  # kept from each captured payment, rounded down


class OpenPayment(Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    amount: int
    currency: str
    description: str
    return_url: str


class OpenTransfer(Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    payee_id: str
    payee_name: str
    amount: int
    currency: str
    remark: str
    notify_url: str


class Problem(Struct, frozen=True):
    code: str
    message: str = ""


class Webhook(Struct, frozen=True, omit_defaults=True):
    event_id: str
    merchant_id: str
    kind: Literal["payment", "refund", "transfer"]
    happened_at: int
    payment: PaymentState | None = None
    refund: RefundState | None = None
    transfer: TransferState | None = None
    to: str = ""  # where it goes, if not to the merchant's one address; not part of what is sent


class StatementPage(Struct, frozen=True):
    """Part of a day's statement, in the order things happened. `more` says that the next page has lines too."""

    lines: list[StatementLine]
    more: bool
