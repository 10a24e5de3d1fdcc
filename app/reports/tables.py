"""Rows of settlement reports of live sessions."""

from piccolo.columns import JSONB, BigInt, Integer, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class SessionReport(Table):
    """A session's figures when its returns were over; never changed."""

    id = key()
    session = reference("live", "LiveSession")
    figures = JSONB(default=None)
    written_at = Timestamptz(default=None)
    a_session_is_settled_once = Unique([session])


class SessionCorrection(Table):
    """What changed after that; never changed itself."""

    id = key()
    session = reference("live", "LiveSession")
    seq = Integer(default=None)
    gross_amount = BigInt(default=None)
    refunded_amount = BigInt(default=None)
    commission_amount = BigInt(default=None)
    written_at = Timestamptz(default=None)
    correction_seq_is_unique = Unique([session, seq])
