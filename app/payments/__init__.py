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
from app.payments.comparing import (
    compare_statement,
    count_outcomes,
    differences_of,
    fee_differs,
    fees_of,
    matched_numbers,
)
from app.payments.inbox import (
    AlreadyHandled,
    Aside,
    count_aside,
    handle_aside,
    notices_aside,
    quarantine,
    settle_event,
    take_event,
)
from app.payments.payments import (
    WALLETS,
    Payment,
    authorize,
    capturing,
    close,
    find,
    find_by_number,
    lock_by_number,
    may_ask,
    newest_of,
    note_receipt,
    only_by_hand,
    open_payment,
    open_payments_before,
    open_payments_of,
    paid_payment_of,
    record_capture,
    record_link,
    refundable_payments,
    was_asked,
)  # fmt: skip
from app.payments.refund_amounts import (
    Part,
    RefundLine,
    Terms,
    choose,
    merge,
    share_out,
    spread_parts,
    take_all,
    what_is_left,
)
from app.payments.refund_lines import back_of, gone_of, left_of, lines_of_refund, lines_of_refunds, write_refund_lines
from app.payments.refunds import (
    LATE_PAYMENT,
    Refund,
    fail_refund,
    find_refund,
    find_refund_by_number,
    lock_refund,
    note_reference,
    open_refund,
    refunds_for,
    refunds_of,
    refunds_waiting_since,
    retry_refund,
    succeed_refund,
    unnamed_amount,
)  # fmt: skip
from app.payments.statement_csv import FileLine, RowError, read_statement
from app.payments.statements import (
    OUTCOMES,
    Line,
    Stated,
    Statement,
    awaited_statements,
    find_statement,
    lock_statement,
    save_statement,
    statement_lines,
    statements,
)
from app.payments.vendor_form import Field, Vendor, faults_of
from app.payments.vendors import VENDORS, vendor_of

__all__ = [
    "LATE_PAYMENT", "OUTCOMES", "VENDORS", "WALLETS", "Account", "AlreadyHandled", "Aside", "Field", "FileLine",
    "Line", "Part", "Payment", "Refund", "RefundLine", "RowError", "Stated", "Statement", "Terms", "Vendor",
    "account_of", "accounts", "active_accounts", "authorize", "awaited_statements", "back_of", "capturing", "choose",
    "close", "compare_statement", "count_aside", "count_outcomes", "differences_of", "enable_account", "fail_refund",
    "faults_of", "fee_differs", "fees_of", "find", "find_by_number", "find_refund", "find_refund_by_number",
    "find_statement", "gone_of", "handle_aside", "left_of", "lines_of_refund", "lines_of_refunds", "lock_by_number",
    "lock_refund", "lock_statement", "matched_numbers", "may_ask", "merge", "newest_of", "note_receipt",
    "note_reference", "notices_aside", "only_by_hand", "open_payment", "open_payments_before", "open_payments_of",
    "open_refund", "order_accounts", "paid_payment_of", "quarantine", "read_statement", "record_capture",
    "record_health", "record_link", "refundable_payments", "refunds_for", "refunds_of", "refunds_waiting_since",
    "retry_refund", "save_account", "save_statement", "settle_event", "share_out", "spread_parts", "statement_lines",
    "statements", "succeed_refund", "take_all", "take_event", "unnamed_amount", "vendor_of", "was_asked",
    "what_is_left", "write_refund_lines",
]  # fmt: skip
