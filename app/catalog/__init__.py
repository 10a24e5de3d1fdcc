"""Room: products, their variants, pictures and collections."""

from app.catalog.collections import Shelf, find_shelf, list_shelves
from app.catalog.csv_drafts import Limits, ProductDraft, RowError, RowProblem, RowWarning
from app.catalog.csv_errors import FileError
from app.catalog.csv_format import read_catalog
from app.catalog.csv_messages import MESSAGES
from app.catalog.csv_values import minor_unit_reader
from app.catalog.descriptions import plain_text, sanitize
from app.catalog.intake import Taken, take_in
from app.catalog.matching import store_matching
from app.catalog.picture_files import folder_files, zip_files
from app.catalog.pictures import (
    Picture,
    add_picture,
    describe_pictures,
    find_picture,
    note_picture_failure,
    order_pictures,
    pictures_awaited,
    pictures_of,
    remove_picture,
    restore_picture,
    store_picture,
)
from app.catalog.preview import Preview, look_at
from app.catalog.products import (
    STATUSES,
    Card,
    Product,
    Variant,
    count_by_status,
    find_product,
    find_published,
    list_published,
    list_recent,
    search_patterns,
)
from app.catalog.records import VariantRecord
from app.catalog.saving import ProductEdit, VariantEdit, save_product, set_status

__all__ = [
    "MESSAGES",
    "STATUSES",
    "Card",
    "FileError",
    "Limits",
    "Picture",
    "Preview",
    "Product",
    "ProductDraft",
    "ProductEdit",
    "RowError",
    "RowProblem",
    "RowWarning",
    "Shelf",
    "Taken",
    "Variant",
    "VariantEdit",
    "VariantRecord",
    "add_picture",
    "count_by_status",
    "describe_pictures",
    "find_picture",
    "find_product",
    "find_published",
    "find_shelf",
    "folder_files",
    "list_published",
    "list_recent",
    "list_shelves",
    "look_at",
    "minor_unit_reader",
    "note_picture_failure",
    "order_pictures",
    "pictures_awaited",
    "pictures_of",
    "plain_text",
    "read_catalog",
    "remove_picture",
    "restore_picture",
    "sanitize",
    "save_product",
    "search_patterns",
    "set_status",
    "store_matching",
    "store_picture",
    "take_in",
    "zip_files",
]  # fmt: skip
