"""Room: touches and the decision whose sale a line was."""

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
from app.attribution.last_click import LEADER, RULE, RULE_VERSION, Candidate, Loser, Verdict, judge, with_leader
from app.attribution.reasons import REASONS, reason_text
from app.attribution.receipts import Party, Receipt, receipt_of, receipt_of_line, write_receipt
from app.attribution.touches import NewTouch, append_touches

__all__ = [
    "LEADER", "REASONS", "RULE", "RULE_VERSION", "Candidate", "Decision", "LinkSales", "Loser", "NewTouch", "Party",
    "Receipt", "Verdict", "append_touches", "decide_line", "decisions_of", "finalize", "judge", "note_refund",
    "reason_text", "receipt_of", "receipt_of_line", "sales_of", "undecide", "void", "with_leader", "write_receipt",
]  # fmt: skip
