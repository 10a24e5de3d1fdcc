"""The shop window: home, shelves, search. The same for everybody, so it may be kept."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app import catalog, group_buying, promotions, store
from app.kernel.errors import NotFound
from app.kernel.pages import page
from app.storefront import queries
from app.storefront.campaign_cards import running_cards

# Read by the layer that keeps pages; taken off before the answer leaves.
CACHEABLE = {"X-Cacheable": "1", "Cache-Control": "private, no-cache"}
LONGEST_QUERY = 80


def headline(title: str) -> list[str]:
    """The lines of the hero's title. Two halves that a Chinese comma parts are set under each other, without it."""
    lines = title.splitlines()
    halves = title.split("，")
    return halves if len(lines) == 1 and len(halves) == 2 and max(map(len, halves)) <= 8 else lines


class WindowController(Controller):
    @get("/", permission="public")
    async def home(self) -> Template:
        async with tenants.transaction():
            products = await catalog.list_published(limit=24)
            shelves = await catalog.list_shelves()
            live = await queries.live_now()
            profile = await store.profile()
            marks = await queries.marks_of(card.id for card in products.items)
            coupons = await promotions.on_offer()
            running = await running_cards()
        star = next((card for card in products.items if profile.hero_path == f"/products/{card.handle}"), None)
        return page(
            "storefront/home/show.html", headers=CACHEABLE, products=products, shelves=shelves, live=live, star=star,
            headline=headline(profile.hero_title), gone=marks.gone, ships=marks.ships, coupons=coupons, running=running,
            words=group_buying.words, tab="home",
        )  # fmt: skip

    @get("/categories", permission="public")
    async def categories(self) -> Template:
        async with tenants.transaction():
            shelves = await catalog.list_shelves()
            shown = {shelf.id: (await catalog.list_published(shelf=shelf.id, limit=4)).items for shelf in shelves[:24]}
            marks = await queries.marks_of(card.id for cards in shown.values() for card in cards)
            running = await running_cards()
        return page(
            "storefront/home/categories.html", headers=CACHEABLE, shelves=shelves, shown=shown, gone=marks.gone,
            ships=marks.ships, running=running, words=group_buying.words, tab="categories",
        )  # fmt: skip

    @get("/collections/{handle:str}", permission="public")
    async def collection(self, handle: FromPath[str], after: FromQuery[str] = "") -> Template:
        """Raises NotFound."""
        async with tenants.transaction():
            shelf = await catalog.find_shelf(handle)
            if shelf is None:
                raise NotFound
            shelves = await catalog.list_shelves()
            products = await catalog.list_published(shelf=shelf.id, after=after)
            marks = await queries.marks_of(card.id for card in products.items)
        return page(
            "storefront/home/collection.html", headers=CACHEABLE, shelf=shelf, shelves=shelves, products=products,
            gone=marks.gone, ships=marks.ships, tab="categories",
        )  # fmt: skip

    @get("/search", permission="public")
    async def search(self, q: FromQuery[str] = "", after: FromQuery[str] = "") -> Template:
        words = " ".join(q.split())[:LONGEST_QUERY]
        async with tenants.transaction():
            products = await catalog.list_published(query=words, after=after)
            shelves = await catalog.list_shelves()
            marks = await queries.marks_of(card.id for card in products.items)
        return page(
            "storefront/home/search.html",
            headers=CACHEABLE,
            words=words,
            products=products,
            shelves=shelves,
            gone=marks.gone,
            ships=marks.ships,
            tab="home",
        )
