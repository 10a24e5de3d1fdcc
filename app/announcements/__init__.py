"""Room: what merchants and hosts tell promoters."""

from app.announcements.announcements import (
    AUDIENCES,
    Announcement,
    Draft,
    Reader,
    count_unread,
    edit,
    find,
    note_read,
    post_announcement,
    readable,
    withdraw,
    written_by,
)

__all__ = [
    "AUDIENCES", "Announcement", "Draft", "Reader", "count_unread", "edit", "find", "note_read", "post_announcement",
    "readable", "withdraw", "written_by",
]  # fmt: skip
