"""Room: catalog imports and what was wrong with their rows."""

from app.imports.runs import (
    OPEN,
    ImportNotOpen,
    Issue,
    Progress,
    Run,
    advance_run,
    begin_run,
    cancel_run,
    fail_run,
    find_run,
    finish_run,
    issues_of,
    open_run,
    queue_run,
    recent_runs,
)

__all__ = [
    "OPEN",
    "ImportNotOpen",
    "Issue",
    "Progress",
    "Run",
    "advance_run",
    "begin_run",
    "cancel_run",
    "fail_run",
    "find_run",
    "finish_run",
    "issues_of",
    "open_run",
    "queue_run",
    "recent_runs",
]  # fmt: skip
