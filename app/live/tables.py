"""Rows of live sessions."""

from piccolo.columns import Text, Timestamptz
from piccolo.table import Table

from app.kernel.columns import key, reference


class LiveSession(Table):
    """One time on air of a host."""

    id = key()
    promoter = reference("promoters", "Promoter")
    title = Text(default=None)
    platform = Text(default=None)
    status = Text(default="scheduled")
    scheduled_at = Timestamptz(default=None, null=True)
    started_at = Timestamptz(default=None, null=True)
    ended_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
