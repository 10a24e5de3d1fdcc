"""Rows of rehearsals. They refer to nothing real, and nothing real refers to them."""

from piccolo.columns import JSONB, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Rehearsal(Table):
    """One rehearsal at the simulator. It answers by the names of a warehouse, so that an adapter is built from it."""

    id = key()
    adapter = Text(default=None)
    scenario = Text(default=None)
    status = Text(default="running")
    base_url = Text(default=None)
    app_key = Text(default=None)
    secret_sealed = Text(default="")
    credentials_sealed = Text(default=None)
    settings = JSONB(default="{}")
    carrier_salt_sealed = Text(default=None)
    cursor = Text(default="")
    started_by = Text(default=None)
    started_at = Timestamptz(default=None)
    ends_at = Timestamptz(default=None)
    ended_at = Timestamptz(default=None, null=True)
    figures = JSONB(default="{}")


class RehearsalOrder(Table):
    """A practice order: nobody bought it, and nothing of it is in stock."""

    id = key()
    rehearsal = reference("rehearsals", "Rehearsal", on_delete=OnDelete.cascade)
    reference = Text(default=None)
    lines = JSONB(default=None)
    status = Text(default="open")
    attempts = Integer(default=0)
    asked_at = Timestamptz(default=None, null=True)
    on_its_way = Boolean(default=False)
    slowest_ms = Integer(default=0)
    trouble = Text(default="")
    said = Text(default="")
    handled = Text(default="")
    rehearsed_once = Unique([rehearsal, reference])


class RehearsalNews(Table):
    """What the warehouse told about a practice order, once, and how often it came again."""

    id = key()
    rehearsal = reference("rehearsals", "Rehearsal", on_delete=OnDelete.cascade)
    rehearsal_order = reference("rehearsals", "RehearsalOrder", on_delete=OnDelete.cascade, null=True)
    notice_id = Text(default=None)
    kind = Text(default=None)
    facts = JSONB(default=None)
    copies = Integer(default=0)
    late = Boolean(default=False)
    heard_at = Timestamptz(default=None)
    rehearsed_news_counts_once = Unique([rehearsal, notice_id])
