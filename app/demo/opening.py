"""Part one: somebody opens a store and brings the catalog along."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from app.demo.steps import Step, until
from app.demo.stores import CONTENT
from app.demo.visitor import NotSeen, Page
from app.demo.world import World, at

CATALOG = CONTENT / "qinghe"
HANDLE = "yangshan-shuimitao"


def opening(world: World) -> list[Step]:
    async def sign_up() -> str:
        page = await world.merchant.open(at("", "/sign-up"))
        home = await world.merchant.submit(
            page, page.form("slug", "password"),
            name=world.store_name, slug=world.slug, selling_mode="live", currency="CNY",
            email=world.email("merchant"), password=world.password,
        )  # fmt: skip
        home.require(world.store_name)
        return home.url

    async def store_answers() -> str:
        page = await world.shopper.open(world.shop())
        page.require(world.store_name)
        return page.url

    async def upload() -> str:
        page = await world.merchant.open(at("admin", "/imports"))
        files = {
            "file": ("products.csv", _draft_catalog(CATALOG / "products.csv"), "text/csv"),
            "pictures": ("pictures.zip", _pictures(CATALOG), "application/zip"),
        }
        preview = await world.merchant.submit(page, page.form("file"), files)
        running = await world.merchant.press(preview, "/confirm")

        async def finished() -> Page:
            return (await world.merchant.open(running.url)).require("Done.")

        done = await until(finished, seconds=60, what="the finished import")
        if done.after("Errors") != "0":
            raise NotSeen(f"the import had errors: {done.excerpt}")
        if (await world.shopper.fetch(world.shop(f"/products/{HANDLE}"))).status_code != 404:
            raise NotSeen("a draft can be seen by shoppers")
        return done.url

    async def publish() -> str:
        page = await world.merchant.open(at("admin", "/products?status=draft"))
        form = page.form("product", "act", action="/products/bulk")
        await world.merchant.submit(page, form, product=form.choices["product"], act="publish")

        async def in_the_window() -> Page:
            shown = await world.shopper.open(world.shop(f"/products/{HANDLE}"))
            if "/media/" not in shown.answer.text:
                raise NotSeen(f"{shown.url} has no picture yet")
            return shown

        shown = await until(in_the_window, seconds=60, what="the published product with its picture")
        world.product = shown.url
        await _require_picture(world, shown)
        return shown.url

    return [
        Step("A merchant signs up and is signed in", sign_up),
        Step("The store answers on its own host", store_answers),
        Step("The merchant imports a CSV with pictures", upload),
        Step("The merchant publishes; the product page has its picture", publish),
    ]


async def _require_picture(world: World, page: Page) -> None:
    address = page.answer.text.split('src="/media/', 1)[1].split('"', 1)[0]
    answer = await world.shopper.fetch(str(page.answer.url.join(f"/media/{address}")))
    if answer.status_code != 200 or not answer.headers["content-type"].startswith("image/"):
        raise NotSeen(f"/media/{address} answered {answer.status_code}")


def _draft_catalog(path: Path) -> bytes:
    """The demo catalog as a merchant would prepare it first: everything a draft."""
    out = io.StringIO()
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        writer = csv.DictWriter(out, rows.fieldnames or [])
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "Status": "draft" if row["Status"] else ""})
    return out.getvalue().encode()


def _pictures(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.glob("*.webp")):
            archive.write(path, path.name)
    return out.getvalue()
