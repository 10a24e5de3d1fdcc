"""Rows of payment accounts, payments, refunds and the inbox of provider events."""

from piccolo.columns import JSONB, BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class PaymentAccount(Table):
    """The store's own account with a payment provider."""

    id = key()
    provider = Text(default=None)
    merchant_id = Text(default=None)
    secret_sealed = Text(default=None)
    credentials_sealed = Text(default="")
    base_url = Text(default=None)
    status = Text(default="active")
    enabled = Boolean(default=True)
    position = Integer(default=0)
    settings = JSONB(default="{}")
    last_ok_at = Timestamptz(default=None, null=True)
    last_error = Text(default="")
    last_error_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    one_account_per_provider = Unique([provider])


class Payment(Table):
    """One try to collect an order's money."""

    id = key()
    number = Text(default=None)
    order_id = reference("orders", "Order")
    provider = Text(default=None)
    status = Text(default=None)
    amount = BigInt(default=None)
    currency = Text(default=None)
    provider_ref = Text(default=None, null=True)
    pay_url = Text(default=None, null=True)
    failure = Text(default="")
    receipt = JSONB(default="{}")
    created_at = Timestamptz(default=None)
    captured_at = Timestamptz(default=None, null=True)
    asked_at = Timestamptz(default=None, null=True)
    updated_at = Timestamptz(default=None)
    opened_as = Text(default="")
    payer_mark = Text(default="")
    payment_number_is_unique = Unique([number])


class Refund(Table):
    """Money on its way back; a failed one keeps its number and is tried again."""

    id = key()
    number = Text(default=None)
    payment = reference("payments", "Payment")
    order_id = reference("orders", "Order")
    amount = BigInt(default=None)
    currency = Text(default=None)
    reason = Text(default=None)
    status = Text(default=None)
    provider_ref = Text(default=None, null=True)
    failure = Text(default="")
    attempts = Integer(default=0)
    created_at = Timestamptz(default=None)
    succeeded_at = Timestamptz(default=None, null=True)
    updated_at = Timestamptz(default=None)
    source_id = plain_id(null=True)
    into_wallet = Text(default="")
    refund_number_is_unique = Unique([number])


class RefundLine(Table):
    """What a refund gives back of one order line: units, and the parts of its amount."""

    id = key()
    refund = reference("payments", "Refund")
    order_line = reference("orders", "OrderLine")
    quantity = Integer(default=0)
    released_quantity = Integer(default=0)
    restock_quantity = Integer(default=0)
    goods_amount = BigInt(default=0)
    freight_amount = BigInt(default=0)
    tax_amount = BigInt(default=0)
    refund_names_a_line_once = Unique([refund, order_line])


class WebhookEvent(Table):
    """The inbox: one event of a provider, taken once."""

    id = key()
    source = Text(default=None)
    event_id = Text(default=None)
    body = Text(default=None)
    status = Text(default="received")
    outcome = Text(default="")
    received_at = Timestamptz(default=None)
    processed_at = Timestamptz(default=None, null=True)
    handled_at = Timestamptz(default=None, null=True)
    handled_by = Text(default="")
    handled_note = Text(default="")
    event_is_taken_once = Unique([source, event_id])


class PspStatement(Table):
    """What one provider says about one day, and how it compared."""

    id = key()
    provider = Text(default=None)
    day = Date(default=None)
    starts_at = Timestamptz(default=None)
    ends_at = Timestamptz(default=None)
    source = Text(default=None)
    loaded_at = Timestamptz(default=None)
    checked_at = Timestamptz(default=None, null=True)
    matched = Integer(default=0)
    missing_here = Integer(default=0)
    missing_there = Integer(default=0)
    amount_differs = Integer(default=0)
    one_statement_a_day = Unique([provider, day])


class PspStatementLine(Table):
    """One payment or refund of a statement; or one of ours that the statement should have had."""

    id = key()
    psp_statement = reference("payments", "PspStatement", on_delete=OnDelete.cascade)
    number = Text(default=None)
    kind = Text(default=None)
    copy = Integer(default=1)
    provider_ref = Text(default="")
    currency = Text(default=None)
    amount = BigInt(default=None)
    fee_amount = BigInt(default=0)
    happened_at = Timestamptz(default=None)
    outcome = Text(default="unchecked")
    subject_id = plain_id(null=True)
    here_amount = BigInt(default=None, null=True)
    line_is_there_once = Unique([psp_statement, kind, number, copy])
