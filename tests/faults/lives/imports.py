"""The life of product files: good ones come in once, bad ones change nothing, by a job and from the command line."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import tenants
from app import catalog, imports
from app.flows import import_products
from infra.settings import settings
from infra.storage.obstore import storage
from infra.storage.port import object_key
from tenants import outbox
from tests.faults import jobs
from tests.faults.life import Life, flows

ELSEWHERE = ("payments.", "fulfillment.")
HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Status\n"
UPLOADED = HEADER + (
    "mug,Mug,Color,Red,M-R,5,39.90,active\nmug,,,Blue,M-B,3,41.00,\nbowl,Bowl,Title,Default Title,B,2,25.00,active\n"
)
TYPED = HEADER + "pot,Pot,Title,Default Title,P,7,99.00,active\n"
NONSENSE = "What,Is,This\n1,2,3\n"
SHELVES = {"M-R": 5, "M-B": 3, "B": 2, "P": 7}
COMMAND = "command line"


async def prepare() -> None:
    """Nothing: a file brings everything along."""


async def live(_: None) -> None:
    import_products.BATCH = 1  # so that a file is several transactions
    for text in (UPLOADED, NONSENSE):
        await _upload(text)
    await _work()
    await _type_the_command()


async def mend() -> None:
    """Leases run out, and whoever saw the command break off gives it again."""
    await _work()
    if await _runs("kind = 'catalog'"):
        await _type_the_command()


async def _upload(text: str) -> None:
    key = object_key(tenants.current().id, hashlib.sha256(text.encode()).hexdigest(), "csv")
    await storage().put(key, text.encode())
    async with tenants.transaction():
        run_id = await imports.open_run("products.csv", key, by="Su He", status="queued")
        await outbox.post("imports.run", queue="bulk", key=f"imports:{run_id}", run_id=str(run_id))


async def _type_the_command() -> None:
    path = settings().var / f"typed-{tenants.current().slug}.csv"
    path.write_text(TYPED)
    with suppress(catalog.FileError):
        await import_products.import_file(tenants.current().slug, Path(path))
    await _work()


async def _work() -> None:
    for _ in range(2):
        await jobs.make_everything_due()
        await jobs.work(*ELSEWHERE)


async def _runs(condition: str) -> list[tuple[str, int, int]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            f"SELECT status, products, variants FROM import_run WHERE {condition} ORDER BY created_at"
        )
    return [tuple(row) for row in rows]


async def disagreements() -> list[str]:
    """Every uploaded file came to its end with honest counts, and each product is there once with its shelf."""
    found = await jobs.undone(*ELSEWHERE)
    uploaded, typed = await _runs(f"created_by <> '{COMMAND}'"), await _runs(f"created_by = '{COMMAND}'")
    if uploaded != [("finished", 2, 3), ("failed", 0, 0)][: len(uploaded)]:
        found.append(f"uploaded: {uploaded}")
    if typed and typed[-1] != ("finished", 1, 1):
        found.append(f"typed: {typed}")
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT variant.sku, array_agg(level.on_hand) AS counts FROM variant"
            " LEFT JOIN stock_level AS level ON level.variant = variant.id GROUP BY variant.sku"
        )
        products = await tenants.connection().fetchval("SELECT count(*) - count(DISTINCT handle) FROM product")
    wanted = {sku: count for sku, count in SHELVES.items() if (sku != "P" or typed) and (sku == "P" or uploaded)}
    if {row["sku"]: row["counts"] for row in rows} != {sku: [count] for sku, count in wanted.items()}:
        found.append(f"shelves: {[dict(row) for row in rows]}")
    return found + ["a product twice"] * products


LIFE = Life(
    files=(*flows("import_products"), "workers/imports.py"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, calls=frozenset({"storage()"}),
)  # fmt: skip
