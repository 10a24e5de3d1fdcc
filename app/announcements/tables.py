"""Rows of what merchants and hosts tell promoters, and who has read it."""

from piccolo.columns import Boolean, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Announcement(Table):
    """What was told, and to whom."""

    id = key()
    author = reference("promoters", "Promoter", null=True)
    author_name = Text(default=None)
    title = Text(default=None)
    body = Text(default=None)
    audience = Text(default=None)
    kind = Text(default=None, null=True)
    level = reference("promoters", "PromoterLevel", null=True)
    session = reference("live", "LiveSession", null=True)
    mailed = Boolean(default=False)
    status = Text(default="shown")
    published_at = Timestamptz(default=None)
    edited_at = Timestamptz(default=None, null=True)
    withdrawn_at = Timestamptz(default=None, null=True)


class AnnouncementReading(Table, tablename="announcement_reading"):
    """A promoter has seen it."""

    id = key()
    announcement = reference("announcements", "Announcement", on_delete=OnDelete.cascade)
    promoter = reference("promoters", "Promoter")
    read_at = Timestamptz(default=None)
    read_once = Unique([announcement, promoter])
