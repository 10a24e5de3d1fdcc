"""Rows of money on its way to promoters, and the store's terms."""

from piccolo.columns import JSONB, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Payout(Table):
    """One wish of one promoter to be paid, and how far it is."""

    id = key()
    number = Text(default=None)
    promoter = reference("promoters", "Promoter")
    way = Text(default=None)
    amount = BigInt(default=None)
    currency = Text(default=None)
    status = Text(default=None)
    payee_name = Text(default="")
    payee_sealed = Text(default="")
    payee_hint = Text(default="")
    provider_ref = Text(default="")
    confirm = JSONB(default="{}")
    failure = Text(default="")
    words = Text(default="")
    event_seq = Integer(default=0)
    requested_at = Timestamptz(default=None)
    decided_at = Timestamptz(default=None, null=True)
    sent_at = Timestamptz(default=None, null=True)
    confirm_until = Timestamptz(default=None, null=True)
    asked_at = Timestamptz(default=None, null=True)
    finished_at = Timestamptz(default=None, null=True)
    updated_at = Timestamptz(default=None)
    withheld_amount = BigInt(default=0)
    not_before = Timestamptz(default=None, null=True)
    bank_file = reference("payouts", "BankFile", null=True)
    payout_number_is_unique = Unique([number])


class PayoutEvent(Table):
    """One step of a payout: never changed."""

    id = key()
    payout = reference("payouts", "Payout")
    seq = Integer(default=None)
    from_status = Text(default=None)
    to_status = Text(default=None)
    cause = Text(default=None)
    actor = Text(default=None)
    words = Text(default="")
    at = Timestamptz(default=None)
    payout_seq_is_unique = Unique([payout, seq])


class PayoutPolicy(Table):
    """When commission is due and from which amount on it is paid."""

    id = key()
    only_one = Boolean(default=True)
    freeze_days = Integer(default=15)
    received_after_days = Integer(default=10)
    threshold_amount = BigInt(default=100)
    step_up_amount = BigInt(default=100_000)
    cooling_hours = Integer(default=24)
    reserve_bps = Integer(default=0)
    reserve_days = Integer(default=30)
    withholding_bps = Integer(default=0)
    updated_at = Timestamptz(default=None)
    there_is_one_payout_policy = Unique([only_one])


class PayoutAccount(Table):
    """Where a promoter's money went or is to go, known again without being readable; paid to from `usable_from` on."""

    id = key()
    promoter = reference("promoters", "Promoter")
    way = Text(default=None)
    fingerprint = Text(default=None)
    hint = Text(default=None)
    added_at = Timestamptz(default=None)
    usable_from = Timestamptz(default=None)
    account_is_known_once = Unique([promoter, way, fingerprint])


class BankFile(Table):
    """Transfers by hand that were taken to the bank together."""

    id = key()
    number = Text(default=None)
    payouts = Integer(default=None)
    total_amount = BigInt(default=None)
    currency = Text(default=None)
    made_by = Text(default=None)
    made_at = Timestamptz(default=None)
    bank_file_number_is_unique = Unique([number])
