"""Room: live sessions."""

from app.live.sessions import (
    PLATFORMS,
    LiveSession,
    SessionOver,
    end,
    find,
    schedule,
    sessions_by_id,
    sessions_of,
    start,
)

__all__ = [
    "PLATFORMS", "LiveSession", "SessionOver", "end", "find", "schedule", "sessions_by_id", "sessions_of", "start",
]  # fmt: skip
