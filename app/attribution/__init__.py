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
    net_sales_of,
    note_refund,
    sales_of,
    undecide,
    void,
)
from app.attribution.disputes import (
    Dispute,
    DisputeOpen,
    Move,
    answer_disputes,
    disputes_of,
    find_dispute,
    move_decision,
    moves_of,
    open_dispute,
)
from app.attribution.kept import KEPT, Kept, kept_line, kept_of, read_kept
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
from app.attribution.reasons import OWN, REASONS, RUNG_NAMES, RUNG_OUTCOMES, reason_text
from app.attribution.receipts import Party, Receipt, Rung, receipt_of, receipt_of_line, write_receipt
from app.attribution.replays import (
    Compared,
    Replay,
    ask_replay,
    find_replay,
    note_replay,
    recent_replays,
)
from app.attribution.sharer_codes import normalize_sharer_code, sharer_code_of, sharer_with_code
from app.attribution.touches import Appended, NewTouch, append_claim, append_lock, append_touches

__all__ = [
    "ELIGIBLE", "FULL", "HELD", "KEPT", "LEADER", "OWN", "REASONS", "RUNGS", "RUNG_NAMES", "RUNG_OUTCOMES",
    "SNATCHING", "TRIGGERS", "Answer", "Appended", "Approach", "Binding", "Candidate", "Compared", "Decision",
    "Dispute", "DisputeOpen", "Kept", "LinkSales", "Locks", "Loser", "Move", "NewTouch", "Party", "Policy",
    "PolicyChanged", "Receipt", "Replay", "Rung", "Shopper", "Step", "Subject", "Verdict", "answer_disputes",
    "append_claim", "append_lock", "append_touches", "approach", "ask_replay", "binding_at", "check_policy",
    "decide_line", "decisions_of", "disputes_of", "drop", "finalize", "find_dispute", "find_replay", "judge",
    "kept_line", "kept_of", "lock_shoppers", "move_decision", "moves_of", "net_sales_of", "normalize_sharer_code",
    "note_refund", "note_replay", "open_dispute", "paid", "policies", "policy_at", "policy_of", "read_kept",
    "reason_text", "receipt_of", "receipt_of_line", "recent_replays", "sales_of", "save_policy", "save_steps",
    "sharer_code_of", "sharer_with_code", "shopper_of", "undecide", "void", "was_counted", "with_leader",
    "write_receipt",
]  # fmt: skip
