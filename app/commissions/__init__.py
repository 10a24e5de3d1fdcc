"""Room: what each promoter earns on each line, and the plans that say so."""

from app.commissions import compliance, simulations, words
from app.commissions.compliance import DECLARED, Facts, Finding, NotCompliant, refuses, review
from app.commissions.elsewhere import LineElsewhere, accrue_elsewhere, estimate_elsewhere, lines_elsewhere
from app.commissions.evaluating import KEPT_FOR, Party, Share, Sold, evaluate, evaluate_over_time, rule_for
from app.commissions.lines import (
    CommissionLine,
    NamedLine,
    NewLine,
    accrue,
    cancel,
    cancel_line,
    earned_through,
    estimate,
    forget_estimates,
    forget_sellers,
    hold,
    let_count,
    let_order_count,
    lines_of,
    named_lines,
    reverse,
    taken_back,
    void_line,
)
from app.commissions.margins import Good, Margin
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
from app.commissions.plans import (
    HIGHEST_CAP_BPS,
    MOST_LEVELS,
    NOBODY,
    OWN_RATE,
    OWN_RATES,
    SCOPES,
    SHAPES,
    Guard,
    Plan,
    Rule,
    Term,
    in_force,
    terms,
    terms_within,
)
from app.commissions.settling import SETTLED, UNSETTLED, KeptBack, cover, earn, freeze, kept_back, release
from app.commissions.shares import remaining_base, reversal_due, share_amount
from app.commissions.simulations import Simulation, Tally

__all__ = [
    "DECLARED", "HIGHEST_CAP_BPS", "KEPT_FOR", "MOST_LEVELS", "NOBODY", "OWN_RATE", "OWN_RATES", "SCOPES", "SETTLED",
    "SHAPES", "UNSETTLED", "CommissionLine", "Facts", "Finding", "Good", "Guard", "KeptBack", "LineElsewhere",
    "Margin", "NamedLine", "NewLine", "NotCompliant", "Party", "Plan", "PlanIsFixed", "Rule", "Share", "Simulation",
    "Sold", "Tally", "Term", "TooLate", "accrue", "accrue_elsewhere", "cancel", "cancel_line", "compliance", "cover",
    "discard_plan", "earn", "earned_through", "estimate", "estimate_elsewhere", "evaluate", "evaluate_over_time",
    "forget_estimates", "forget_sellers", "freeze", "hold", "in_force", "kept_back", "let_count", "let_order_count",
    "lines_elsewhere", "lines_of", "named_lines", "publish_plan", "read_plan", "read_plans", "refuses", "release",
    "remaining_base", "retire_plan", "reversal_due", "reverse", "review", "rule_for", "save_plan", "share_amount",
    "simulations", "taken_back", "terms", "terms_within", "void_line", "words",
]  # fmt: skip
