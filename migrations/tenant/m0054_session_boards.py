"""Find what came through a live session without reading every touch and every decision (expand)."""

SQL = """
CREATE INDEX touch_live ON touch (live_session, occurred_at, visitor_id) WHERE live_session IS NOT NULL;
CREATE INDEX attribution_decision_live ON attribution_decision (live_session, decided_at)
    WHERE live_session IS NOT NULL;
"""
