"""Room: sales that are, or may be, the promoter's own, and cases a person has to look at."""

from app.risk import prints, words
from app.risk.assessments import Assessment, assess, assessments_of, find_assessment, note_prints, prints_of
from app.risk.cases import (
    HELD_FOR,
    CaseDecided,
    Note,
    NotPaidYet,
    RiskCase,
    add_note,
    case_of,
    case_words,
    decide_case,
    end_case,
    find_case,
    held_for,
    notes_of,
    open_case,
)
from app.risk.policies import (
    SELF_PURCHASE,
    RiskPolicy,
    RiskPolicyChanged,
    risk_policies,
    risk_policy_at,
    save_risk_policy,
)
from app.risk.rules import (
    AT_PAYMENT,
    LOOK_BACK,
    REFUNDS_LOOK_BACK,
    SURE,
    WEIGHTS,
    Habits,
    Known,
    Reason,
    Shown,
    hints,
    own_purchase,
    score,
)
from app.risk.traits import Trait, add_trait, forget_trait, remember, traits_of

__all__ = [
    "AT_PAYMENT", "HELD_FOR", "LOOK_BACK", "REFUNDS_LOOK_BACK", "SELF_PURCHASE", "SURE", "WEIGHTS", "Assessment",
    "CaseDecided", "Habits", "Known", "NotPaidYet", "Note", "Reason", "RiskCase", "RiskPolicy", "RiskPolicyChanged",
    "Shown", "Trait", "add_note", "add_trait", "assess", "assessments_of", "case_of", "case_words", "decide_case",
    "end_case", "find_assessment", "find_case", "forget_trait", "held_for", "hints", "note_prints", "notes_of",
    "open_case", "own_purchase", "prints", "prints_of", "remember", "risk_policies", "risk_policy_at",
    "save_risk_policy", "score", "traits_of", "words",
]  # fmt: skip
