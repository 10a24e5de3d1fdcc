"""Room: touches, who a shopper is bound to, and the decision whose sale a line was."""

from app.attribution.binding_rules import Answer, Approach, Binding, approach, drop, paid
from app.attribution.bindings import (
    Shopper,
    Step,
    Subject,
    binding_at,
    lock_shoppers,
    save_steps,
    shopper_of,
    was_counted,
)
from app.attribution.candidates import Candidate, Loser, Verdict
from app.attribution.decisions import (
    Decision,
    LinkSales,
    decide_line,
    decisions_of,
    finalize,
    note_refund,
    sales_of,
    undecide,
    void,
)
from app.attribution.kept import Kept, kept_of
from app.attribution.ladder import HELD, LEADER, judge, with_leader
from app.attribution.policies import (
    ELIGIBLE,
    FULL,
    RUNGS,
    SNATCHING,
    TRIGGERS,
    Locks,
    Policy,
    PolicyChanged,
    check_policy,
    policies,
    policy_at,
    policy_of,
    save_policy,
)
from app.attribution.reasons import REASONS, RUNG_NAMES, RUNG_OUTCOMES, reason_text
from app.attribution.receipts import Party, Receipt, Rung, receipt_of, receipt_of_line, write_receipt
from app.attribution.sharer_codes import normalize_sharer_code, sharer_code_of, sharer_with_code
from app.attribution.touches import Appended, NewTouch, append_claim, append_lock, append_touches

__all__ = [
    "ELIGIBLE", "FULL", "HELD", "LEADER", "REASONS", "RUNGS", "RUNG_NAMES", "RUNG_OUTCOMES", "SNATCHING", "TRIGGERS",
    "Answer", "Appended", "Approach", "Binding", "Candidate", "Decision", "Kept", "LinkSales", "Locks", "Loser",
    "NewTouch", "Party", "Policy", "PolicyChanged", "Receipt", "Rung", "Shopper", "Step", "Subject", "Verdict",
    "append_claim", "append_lock", "append_touches", "approach", "binding_at", "check_policy", "decide_line",
    "decisions_of", "drop", "finalize", "judge", "kept_of", "lock_shoppers", "normalize_sharer_code", "note_refund",
    "paid", "policies", "policy_at", "policy_of", "reason_text", "receipt_of", "receipt_of_line", "sales_of",
    "save_policy", "save_steps", "sharer_code_of", "sharer_with_code", "shopper_of", "undecide", "void",
    "was_counted", "with_leader", "write_receipt",
]  # fmt: skip
