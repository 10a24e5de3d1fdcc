"""A merchant's catalog file of 5,000 rows, and whether a larger file needs more memory."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from pathlib import Path

from app.flows.open_store import create_store
from tests.load.report import Line, compared, exact, limited
from tests.load.stack import VAR, Stack
from tests.load.stores import Stores

ROWS, SMALL, SIZES = 5_000, 1_000, ("S", "M", "L", "XL")
GOAL = 2_000
COLUMNS = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy",
    "Variant Fulfillment Service", "Variant Price", "Variant Compare At Price", "Variant Requires Shipping",
    "Variant Taxable", "SEO Title", "SEO Description", "Status",
)  # fmt: skip


async def catalog(stack: Stack, stores: Stores) -> list[Line]:
    small, large = _write(SMALL), _write(ROWS)
    first, second = await _import("import-small", small), await _import("import-large", large)
    return [
        compared("product CSV import, 5,000 rows", ROWS / second["seconds"], GOAL, goal=1, of="wanted", unit=" rows/s"),
        exact("product CSV import, variants taken in", int(second["variants"]), ROWS),
        limited(
            "product CSV import, memory of 5 x the rows", second["grown_mb"] - first["grown_mb"], 25, "MB more",
            note=f"{first['grown_mb']:.0f} MB for {SMALL:,} rows", decimals=1,
        ),
    ]  # fmt: skip


async def _import(slug: str, file: Path) -> dict[str, float]:
    await create_store(slug=slug, name=slug, email=f"{slug}@example.test")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.load.import_once", slug, str(file), stdout=asyncio.subprocess.PIPE
    )
    text = (await process.communicate())[0]
    if process.returncode:
        raise RuntimeError(f"the import of {file.name} ended with {process.returncode}")
    found: dict[str, float] = json.loads(text)
    return found


def _write(rows: int) -> Path:
    """Products of four sizes each, with descriptions of the usual length."""
    path = VAR / f"catalog-{rows}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            writer.writerow(_row(number // len(SIZES), SIZES[number % len(SIZES)]))
    return path


def _row(product: int, size: str) -> tuple[object, ...]:
    handle, variant = f"linen-shirt-{product}", ("Size" if size == "S" else "", size, f"LS-{product}-{size}")
    stock = (250, "shopify", 40, "deny", "manual", "39.90", "49.90", "true", "true")
    if size != SIZES[0]:
        return (handle, "", "", "", "", "", "", *variant, *stock, "", "", "")
    text = f"<p>Linen shirt number {product}, woven in a small mill and washed twice.</p>" * 4
    about = (f"Linen shirt {product}", text, "Qinghe", "Shirts", "linen, summer, shirt", "true")
    return (handle, *about, *variant, *stock, f"Linen shirt {product}", "A light shirt for warm days", "active")
