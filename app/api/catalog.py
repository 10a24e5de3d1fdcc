"""The shelf: the store itself, its collections, its products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get
from litestar.params import FromPath, FromQuery
from msgspec import Meta

import tenants
from app import catalog, inventory, store
from app.api.bodies import answer_same_for_all
from app.api.described import described
from app.api.shapes import Choice, Left, Money, Next, Picture, maybe, money, picture
from app.flows.payment_choices import payment_choices
from app.flows.postal_address import COUNTRIES, country_of, parts_of
from app.kernel.errors import NotFound
from app.kernel.i18n import gettext

AnyRequest = Request[Any, Any, Any]
LONGEST_QUERY = 80


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """A country the store knows addresses of, and which parts an address there has."""

    code: Annotated[str, Meta(examples=["CN"])]
    name: str
    needs: list[str]
    may_have: list[str]


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """The store behind this host."""

    name: str
    tagline: str
    currency: Annotated[str, Meta(examples=["CNY"])]
    locale: Annotated[str, Meta(description="Its own language", examples=["zh-Hans"])]
    time_zone: Annotated[str, Meta(examples=["Asia/Shanghai"])]
    logo: Picture | None
    ways_to_pay: list[Choice]
    country: Annotated[str, Meta(description="Where it usually delivers to")]
    countries: list[Country]


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf. `products` counts what stands on it."""

    handle: str
    title: str
    products: int


class Collections(msgspec.Struct, frozen=True, kw_only=True):
    """Every shelf."""

    items: list[Collection]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A product in a list. `price_from` and `price_to` differ when its variants do."""

    handle: str
    title: str
    cover: Picture | None
    price_from: Money
    price_to: Money
    list_price: Annotated[Money | None, Meta(description="The regular price, when it is reduced")]


class Products(msgspec.Struct, frozen=True, kw_only=True):
    """A page of products."""

    items: list[Card]
    next: Next


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be bought."""

    id: UUID
    title: str
    option_values: list[str]
    sku: str
    price: Money
    list_price: Money | None
    left: Left | None


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One product, with everything that can be chosen."""

    handle: str
    title: str
    description_html: Annotated[str, Meta(description="Cleaned HTML: no scripts, no styles")]
    vendor: str
    tags: list[str]
    pictures: list[str]
    option_names: list[str]
    price_from: Money
    price_to: Money
    variants: list[Variant]


class CatalogController(Controller):
    @get("/store", **described("The store", gives=Store, same_for_all=True))
    async def show_store(self, request: AnyRequest) -> Response[bytes]:
        """Its name, its currency, how one pays, and what an address needs."""
        async with tenants.transaction():
            profile, ways = await store.profile(), await payment_choices()
        return answer_same_for_all(
            request,
            Store(
                name=profile.name, tagline=profile.tagline, currency=profile.currency, locale=profile.locale,
                time_zone=profile.time_zone, logo=picture(profile.logo_key),
                ways_to_pay=[Choice(code=way.code, name=gettext(way.shown)) for way in ways],
                country=country_of(profile.currency), countries=[_country(code) for code in COUNTRIES],
            ),
        )  # fmt: skip

    @get("/collections", **described("Collections", gives=Collections, same_for_all=True))
    async def list_collections(self, request: AnyRequest) -> Response[bytes]:
        """Every shelf of the store, in its order."""
        async with tenants.transaction():
            shelves = await catalog.list_shelves()
        items = [Collection(handle=each.handle, title=each.title, products=each.products) for each in shelves]
        return answer_same_for_all(request, Collections(items=items))

    @get("/products", **described("Products", gives=Products, same_for_all=True, refuses=(NotFound,)))
    async def list_products(
        self,
        request: AnyRequest,
        q: FromQuery[str] = "",
        collection: FromQuery[str] = "",
        after: FromQuery[str] = "",
    ) -> Response[bytes]:
        """Published products, 24 at a time, all of them or those of one collection or with all words of a search."""
        async with tenants.transaction():
            shelf = await catalog.find_shelf(collection) if collection else None
            if collection and shelf is None:
                raise NotFound
            words = " ".join(q.split())[:LONGEST_QUERY]
            found = await catalog.list_published(shelf=shelf.id if shelf else None, query=words, after=after)
        return answer_same_for_all(request, Products(items=[_card(each) for each in found.items], next=found.next))

    @get("/products/{handle:str}", **described("One product", gives=Product, same_for_all=True, refuses=(NotFound,)))
    async def show_product(self, request: AnyRequest, handle: FromPath[str]) -> Response[bytes]:
        """With its variants, pictures, and how much of each can be had."""
        async with tenants.transaction():
            product = await catalog.find_published(handle)
            figures = await inventory.figures_of(variant.id for variant in product.variants)
        return answer_same_for_all(request, _product(product, figures))


def _country(code: str) -> Country:
    name, parts = COUNTRIES[code][0], parts_of(code)
    needed = ["recipient", "phone", *(part.name for part in parts if part.required)]
    return Country(
        code=code, name=gettext(name), needs=needed, may_have=[part.name for part in parts if not part.required]
    )


def _card(card: catalog.Card) -> Card:
    return Card(
        handle=card.handle, title=card.title, cover=picture(card.cover_thumb_key or card.cover_key),
        price_from=money(card.price_from_amount), price_to=money(card.price_to_amount),
        list_price=maybe(card.compare_at_amount),
    )  # fmt: skip


def _product(product: catalog.Product, figures: Mapping[UUID, inventory.StockFigures]) -> Product:
    return Product(
        handle=product.handle, title=product.title, description_html=product.description_html, vendor=product.vendor,
        tags=list(product.tags), option_names=list(product.option_names),
        pictures=[f"/media/{each.storage_key}" for each in product.stored_pictures],
        price_from=money(product.price_from_amount), price_to=money(product.price_to_amount),
        variants=[
            Variant(
                id=each.id, title=each.title, option_values=list(each.option_values), sku=each.sku,
                price=money(each.price_amount), list_price=maybe(each.compare_at_amount),
                left=left_of(figures.get(each.id)),
            )
            for each in product.variants
        ],
    )  # fmt: skip


def left_of(figures: inventory.StockFigures | None) -> int | None:
    """Units that can be had; None for as many as anybody likes."""
    return figures.for_sale if figures else 0
