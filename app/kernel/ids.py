"""Identifiers: time-ordered UUIDs made in Python, never by a database sequence."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): sortable by creation time, so indexes stay compact and rows can move between databases."""
    return uuid7()
