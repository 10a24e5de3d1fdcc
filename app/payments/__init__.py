"""Room: payment accounts, payments, refunds and the inbox of provider events."""

from app.payments.accounts import (
    Account,
    account_of,
    accounts,
    active_accounts,
    enable_account,
    order_accounts,
    record_health,
    save_account,
)
from app.payments.inbox import quarantine, settle_event, take_event
from app.payments.payments import (
    Payment,
    capture,
    close,
    find,
    find_by_number,
    lock_by_number,
    newest_of,
    open_payment,
    open_payments_before,
    open_payments_of,
    paid_payment_of,
    record_link,
    was_asked,
)  # fmt: skip
from app.payments.refunds import (
    LATE_PAYMENT,
    Refund,
    fail_refund,
    find_refund,
    find_refund_by_number,
    lock_refund,
    open_refund,
    promised_back,
    refunds_of,
    refunds_waiting_since,
    retry_refund,
    succeed_refund,
)  # fmt: skip
from app.payments.vendors import VENDORS, Field, Vendor, vendor_of

__all__ = [
    "LATE_PAYMENT", "VENDORS", "Account", "Field", "Payment", "Refund", "Vendor", "account_of", "accounts",
    "active_accounts", "capture", "close", "enable_account", "fail_refund", "find", "find_by_number", "find_refund",
    "find_refund_by_number", "lock_by_number", "lock_refund", "newest_of", "open_payment", "open_payments_before",
    "open_payments_of", "open_refund", "order_accounts", "paid_payment_of", "promised_back", "quarantine",
    "record_health", "record_link", "refunds_of", "refunds_waiting_since", "retry_refund", "save_account",
    "settle_event", "succeed_refund", "take_event", "vendor_of", "was_asked",
]  # fmt: skip
