"""Room: suppliers, which goods come from whom, and what they cost."""

from app.suppliers.costs import CostVersion, costs_at, set_cost, versions_of
from app.suppliers.link_files import COLUMNS, MOST_ROWS, BadRow, GoodRow, in_our_words, known_names, read_rows
from app.suppliers.links import (
    Link,
    LinkEdit,
    all_links_of,
    find_link,
    links_of,
    make_main,
    put_link,
    remove_link,
    suppliers_of,
    variants_by_sku,
)
from app.suppliers.suppliers import (
    ACTIVE,
    PAUSED,
    Supplier,
    SupplierRow,
    Terms,
    find,
    give_warehouse,
    rows,
    save,
    switch,
)

__all__ = [
    "ACTIVE", "COLUMNS", "MOST_ROWS", "PAUSED", "BadRow", "CostVersion", "GoodRow", "Link", "LinkEdit", "Supplier",
    "SupplierRow", "Terms", "all_links_of", "costs_at", "find", "find_link", "give_warehouse", "in_our_words",
    "known_names", "links_of", "make_main", "put_link", "read_rows", "remove_link", "rows", "save", "set_cost",
    "suppliers_of", "switch", "variants_by_sku", "versions_of",
]  # fmt: skip
