"""Room: customers who could recommend the store, found by the books and asked with their consent."""

from app.koc.invitations import (
    Answer,
    AskedLately,
    Invitation,
    InvitationOver,
    NoConsent,
    agreed,
    answer,
    answer_key,
    ask,
    find_by_key,
    say_consent,
)
from app.koc.scores import Candidate, candidates, count_scores, last_counted
from app.koc.weights import PARTS, Facts, parts_of

__all__ = [
    "PARTS", "Answer", "AskedLately", "Candidate", "Facts", "Invitation", "InvitationOver", "NoConsent", "agreed",
    "answer", "answer_key", "ask", "candidates", "count_scores", "find_by_key", "last_counted", "parts_of",
    "say_consent",
]  # fmt: skip
