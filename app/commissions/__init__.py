"""Room: what each promoter earns on each line."""

from app.commissions.lines import (
    CommissionLine,
    NewLine,
    accrue,
    cancel,
    earned_through,
    estimate,
    forget_estimates,
    lines_of,
    reverse,
    taken_back,
)
from app.commissions.settling import SETTLED, UNSETTLED, cover, earn, freeze, release
from app.commissions.shares import remaining_base, reversal_due

__all__ = [
    "SETTLED", "UNSETTLED", "CommissionLine", "NewLine", "accrue", "cancel", "cover", "earn", "earned_through",
    "estimate", "forget_estimates", "freeze", "lines_of", "release", "remaining_base", "reversal_due", "reverse",
    "taken_back",
]  # fmt: skip
