"""What the journal of stock says in words."""

from __future__ import annotations

from collections.abc import Iterable

from app.kernel.i18n import N_, gettext

KINDS = {
    "opening": N_("Opening count"),
    "receipt": N_("Delivery received"),
    "ship": N_("Shipped"),
    "restock": N_("Came back, good"),
    "scrap": N_("Came back damaged"),
    "count": N_("Counted"),
    "adjust": N_("Corrected by hand"),
    "import": N_("From a file"),
    "transfer": N_("Moved between warehouses"),
    "sync": N_("As the warehouse says"),
    "short": N_("Missing at picking"),
}
REASONS = {
    "found": N_("Found"),
    "lost": N_("Lost"),
    "damaged": N_("Damaged"),
    "expired": N_("Past its date"),
    "sample": N_("Given as a sample"),
    "correction": N_("Wrong figure corrected"),
    "other": N_("Something else"),
    "undone": N_("An entry undone"),
    "returned": N_("Transfer called off"),
}


def options(names: Iterable[str]) -> list[tuple[str, str]]:
    """Choices of a list, as pairs of value and text."""
    return [(name, gettext((KINDS | REASONS)[name])) for name in names]


def kind(name: str) -> str:
    return gettext(KINDS[name]) if name in KINDS else name


def reason(name: str) -> str:
    return gettext(REASONS[name]) if name in REASONS else name
