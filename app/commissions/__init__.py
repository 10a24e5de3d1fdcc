"""Room: what each promoter earns on each line, and the plans that say so."""

from app.commissions.evaluating import KEPT_FOR, Party, Share, Sold, evaluate, evaluate_over_time, rule_for
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
from app.commissions.plan_rows import (
    PlanIsFixed,
    TooLate,
    discard_plan,
    publish_plan,
    read_plan,
    read_plans,
    retire_plan,
    save_plan,
)
from app.commissions.plans import NOBODY, OWN_RATE, OWN_RATES, Guard, Plan, Rule, Term, in_force, terms, terms_within
from app.commissions.settling import SETTLED, UNSETTLED, cover, earn, freeze, release
from app.commissions.shares import remaining_base, reversal_due, share_amount

__all__ = [
    "KEPT_FOR", "NOBODY", "OWN_RATE", "OWN_RATES", "SETTLED", "UNSETTLED", "CommissionLine", "Guard", "NewLine",
    "Party", "Plan", "PlanIsFixed", "Rule", "Share", "Sold", "Term", "TooLate", "accrue", "cancel", "cover",
    "discard_plan", "earn", "earned_through", "estimate", "evaluate", "evaluate_over_time", "forget_estimates",
    "freeze", "in_force", "lines_of", "publish_plan", "read_plan", "read_plans", "release", "remaining_base",
    "retire_plan", "reversal_due", "reverse", "rule_for", "save_plan", "share_amount", "taken_back", "terms",
    "terms_within",
]  # fmt: skip
