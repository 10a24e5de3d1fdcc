"""Rows of people who may earn in this store."""

from piccolo.columns import Array, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id


class Promoter(Table):
    """Somebody who may earn in this store."""

    id = key()
    login_id = plain_id()
    name = Text(default=None)
    email = Text(default=None)
    kinds = Array(base_column=Text(), default=list)
    status = Text(default=None)
    commission_bps = Integer(default=None)
    note = Text(default="")
    applied_at = Timestamptz(default=None)
    decided_at = Timestamptz(default=None, null=True)
    decided_by = Text(default="")
    login_joins_once = Unique([login_id])
