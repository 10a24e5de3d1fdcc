"""Rows of catalog imports and what was wrong with their rows."""

from piccolo.columns import JSONB, BigInt, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.kernel.columns import key, reference


class ImportRun(Table):
    """One catalog file on its way in."""

    id = key()
    kind = Text(default=None)
    file_name = Text(default=None)
    file_key = Text(default=None)
    images_key = Text(default=None, null=True)
    status = Text(default=None)
    failure_code = Text(default="")
    failure_details = JSONB(default="{}")
    rows_read = BigInt(default=0)
    products = BigInt(default=0)
    variants = BigInt(default=0)
    images = BigInt(default=0)
    errors = BigInt(default=0)
    created_by = Text(default="")
    created_at = Timestamptz(default=None)
    started_at = Timestamptz(default=None, null=True)
    finished_at = Timestamptz(default=None, null=True)


class ImportIssue(Table):
    """What was wrong with one row of a file."""

    id = key()
    import_run = reference("imports", "ImportRun", on_delete=OnDelete.cascade)
    row_number = Integer(default=None)
    column_name = Text(default="")
    severity = Text(default=None)
    code = Text(default=None)
    details = JSONB(default="{}")
