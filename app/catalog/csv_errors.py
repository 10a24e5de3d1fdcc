"""Refusals of a whole product file: nothing of it is imported."""

from __future__ import annotations

from app.catalog.csv_messages import MESSAGES
from app.kernel.errors import Refusal


class FileError(Refusal):
    """The file as a whole cannot be read; nothing was changed. `details` names the row where that is known."""

    code = "csv.empty"
    message = MESSAGES["csv.empty"]


class FileTooLarge(FileError):
    """More bytes than an import may have."""

    code = "csv.too_large"
    message = MESSAGES["csv.too_large"]


class WrongEncoding(FileError):
    """Not UTF-8, not UTF-16 with its mark, and not plausibly Chinese in GB18030 or Big5."""

    code = "csv.wrong_encoding"
    message = MESSAGES["csv.wrong_encoding"]


class MissingColumns(FileError):
    """The header lacks a column without which rows cannot be understood."""

    code = "csv.missing_columns"
    message = MESSAGES["csv.missing_columns"]


class TooManyHeaderColumns(FileError):
    """A header nobody wrote on purpose."""

    code = "csv.too_many_header_columns"
    message = MESSAGES["csv.too_many_header_columns"]


class UnclosedQuote(FileError):
    """Half a row: everything after the open quote would be read as one cell."""

    code = "csv.unclosed_quote"
    message = MESSAGES["csv.unclosed_quote"]


class RowsScattered(FileError):
    """Too many rows would have to wait in memory for the rest of their product."""

    code = "csv.scattered"
    message = MESSAGES["csv.scattered"]
