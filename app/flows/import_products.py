"""A merchant's product file comes into the catalog.

Not one transaction but one per batch of products: good products stay when a later one is refused, and a file of a
million rows needs no more memory than a small one. A file that is refused as a whole changes nothing. Running twice
writes the same products again, so a crash is mended by starting over.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec

import tenants
from app import catalog, imports, inventory, store
from app.kernel.clock import now
from app.kernel.money import CURRENCIES
from infra.images import close as close_workers
from tenants import directory, outbox, states
from tenants.errors import UnknownStore

BATCH = 100
_DEFAULT_WAREHOUSE = "SELECT id FROM warehouse WHERE is_default"
# Pictures still to come of the products this file wrote; those of other products are not this file's news.
_PENDING = (
    "SELECT count(*) FROM product_image i JOIN product p ON p.id = i.product"
    " WHERE i.status = 'pending' AND p.updated_at >= $1"
)
Found = catalog.ProductDraft | catalog.RowError | catalog.RowWarning


class ImportSummary(msgspec.Struct, frozen=True):
    """What came of a file. `issues` are the problems of single rows, in the order of the file."""

    products: int = 0
    variants: int = 0
    images: int = 0
    pending_images: int = 0
    errors: int = 0
    issues: tuple[imports.Issue, ...] = ()

    def __str__(self) -> str:
        return (
            f"products={self.products} variants={self.variants} images={self.images}"
            f" pending_images={self.pending_images} errors={self.errors}"
        )


async def import_file(store_slug: str, file: Path | str, images_dir: Path | str | None = None) -> ImportSummary:
    """Import a file from this machine, pictures from a folder or zip. Raises FileError, UnknownStore, StoreClosed."""
    tenant = await directory.find_by_slug(store_slug)
    if tenant is None:
        raise UnknownStore(slug=store_slug)
    states.require(tenant, "edit")
    began = now()
    with tenants.bind(tenant):
        async with tenants.transaction():
            run_id = await imports.open_run(Path(file).name, "", by="command line", status="queued")
        await import_products(run_id, Path(file))
        if images_dir:
            await _store_pictures(Path(images_dir))
        async with tenants.transaction():
            await store.touch()
            await outbox.post("imports.collect_pictures", queue="bulk", key="imports:collect", run_id=str(run_id))
            run, issues = await imports.find_run(run_id), await imports.issues_of(run_id)
            pending = await tenants.connection().fetchval(_PENDING, began)
    return ImportSummary(run.products, run.variants, run.images, pending, run.errors, tuple(issues))


async def _store_pictures(source: Path) -> None:
    """From a folder or a zip; the processes that drew them are stopped again, because a command leaves none behind."""
    try:
        if source.is_dir():  # noqa: ASYNC240 - one look, in a command
            await catalog.store_matching(catalog.folder_files(source))
            return
        with zipfile.ZipFile(source) as archive:
            await catalog.store_matching(catalog.zip_files(archive))
    finally:
        await close_workers()


async def import_products(run_id: UUID, source: BinaryIO | Path) -> None:
    """Read and write the whole file, batch by batch. Raises FileError after recording it; nothing is imported then."""
    async with tenants.transaction():
        if not await imports.begin_run(run_id):
            return
    found = read(source, tenants.current().currency)
    try:
        while batch := await asyncio.to_thread(lambda: list(islice(found, BATCH))):
            await _write(run_id, batch)
    except catalog.FileError as refusal:
        async with tenants.transaction():
            await imports.fail_run(run_id, refusal.code, refusal.details)
        raise
    async with tenants.transaction():
        await imports.finish_run(run_id)


def read(source: BinaryIO | Path, currency: str, limits: catalog.Limits | None = None) -> Iterator[Found]:
    """The file's products and problems, amounts in the store's currency."""
    to_minor = catalog.minor_unit_reader(CURRENCIES[currency].exponent)
    return catalog.read_catalog(source, to_minor=to_minor, limits=limits or catalog.Limits())


def issue_of(problem: catalog.RowError | catalog.RowWarning) -> imports.Issue:
    severity = "error" if isinstance(problem, catalog.RowError) else "warning"
    return imports.Issue(problem.row, problem.column, severity, problem.code, problem.details)


async def _write(run_id: UUID, batch: Sequence[Found]) -> None:
    """One batch in one transaction: products, stock, progress and the new version of the shop window."""
    drafts = [found for found in batch if isinstance(found, catalog.ProductDraft)]
    issues = [issue_of(found) for found in batch if not isinstance(found, catalog.ProductDraft)]
    async with tenants.transaction():
        warehouse = await tenants.connection().fetchval(_DEFAULT_WAREHOUSE)
        taken = await catalog.take_in(drafts) if drafts else catalog.Taken((), (), 0)
        because = inventory.Because("import", "merchant", about=run_id)
        await inventory.take_counts([stock_of(variant) for variant in taken.variants], warehouse, because)
        progress = imports.Progress(
            products=len(taken.products),
            variants=len(taken.variants),
            images=taken.images,
            errors=sum(issue.severity == "error" for issue in issues),
            rows_read=max(found.row for found in batch),
        )
        await imports.advance_run(run_id, progress, issues)
        if drafts:
            await store.touch()


def stock_of(variant: catalog.VariantRecord) -> inventory.Count:
    return inventory.Count(variant.id, variant.on_hand, variant.tracked, variant.oversell)


def describe(summary: ImportSummary, write: Callable[[str], None]) -> None:
    """The problems of single rows, then the counts: what the command line prints."""
    for issue in summary.issues:
        place = f"row {issue.row_number}" + (f", {issue.column_name}" if issue.column_name else "")
        write(f"{issue.severity}: {place}: {catalog.MESSAGES[issue.code] % issue.details}")
    write(str(summary))
