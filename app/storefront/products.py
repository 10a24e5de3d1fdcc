"""One product: its pictures, its choices, what it costs, whether it can be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import catalog, group_buying, inventory
from app.kernel.pages import page
from app.storefront import queries
from app.storefront.campaign_cards import cards_with
from app.storefront.delivery_terms import terms_of
from app.storefront.home import CACHEABLE

FEW = 5
BESIDE = 6
Left = Mapping[UUID, int | None]  # units of each variant that can be had; None for as many as anybody likes


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of one option. `amount` is set when it matters to the price: the price itself when it is `exact`, else
    the lowest of it; `gone` when nothing of it is left."""

    value: str
    amount: int | None
    exact: bool
    gone: bool
    checked: bool


@dataclass(frozen=True, slots=True)
class Supply:
    """How much of the product can be had. `few` is the number left when it is worth saying."""

    sold_out: bool
    few: int | None


class ProductController(Controller):
    @get("/products/{handle:str}", permission="public")
    async def show(self, handle: FromPath[str]) -> Template:
        """Raises NotFound for what is not published."""
        async with tenants.transaction():
            product = await catalog.find_published(handle)
            figures = await inventory.figures_of(variant.id for variant in product.variants)
            shelf, beside = await _beside(product)
            marks = await queries.marks_of(card.id for card in beside)
            left = {variant.id: _left(figures.get(variant.id)) for variant in product.variants}
            first = _first(product, left)
            delivery = await terms_of(product, first)
            together = await cards_with(product.id)
        return page(
            "storefront/products/show.html",
            headers=CACHEABLE,
            product=product,
            options=_options(product, left),
            first=first,
            delivery=delivery,
            left=left,
            shelf=shelf,
            beside=beside,
            gone=marks.gone,
            ships=marks.ships,
            supply=_supply(left),
            together=together,
            words=group_buying.words,
        )


def _left(figures: inventory.StockFigures | None) -> int | None:
    """Units that can be had; None for as many as anybody likes."""
    return figures.for_sale if figures else 0


def _supply(left: Left) -> Supply:
    counts = [count for count in left.values() if count is not None]
    endless = len(counts) < len(left)
    total = sum(counts)
    return Supply(sold_out=not endless and total == 0, few=total if not endless and 0 < total <= FEW else None)


def _first(product: catalog.Product, left: Left) -> catalog.Variant | None:
    """What is chosen beforehand: the first variant that can be had."""
    variants = product.variants
    return next((each for each in variants if left[each.id] != 0), variants[0] if variants else None)


def _options(product: catalog.Product, left: Left) -> list[tuple[str, list[Choice]]]:
    """Every option with its values, each with its own price as far as it decides it."""
    first = _first(product, left)
    if first is None or len(product.variants) < 2:
        return []
    options = []
    for place, (name, values) in enumerate(product.option_choices()):
        having = {value: [each for each in product.variants if each.option_values[place] == value] for value in values}
        prices = {value: sorted({each.price_amount for each in variants}) for value, variants in having.items()}
        matters = len({tuple(amounts) for amounts in prices.values()}) > 1
        choices = [
            Choice(
                value,
                amount=prices[value][0] if matters else None,
                exact=len(prices[value]) == 1,
                gone=all(left[each.id] == 0 for each in having[value]),
                checked=value == first.option_values[place],
            )
            for value in values
        ]
        options.append((name, choices))
    return options


async def _beside(product: catalog.Product) -> tuple[queries.ShelfName | None, list[catalog.Card]]:
    """What else stands on the product's shelf; when it stands there alone, what else the store has."""
    shelf = await queries.shelf_of(product.id)
    for where in (shelf.id, None) if shelf else (None,):
        near = await catalog.list_published(shelf=where, limit=BESIDE + 1)
        others = [card for card in near.items if card.id != product.id][:BESIDE]
        if others:
            return (shelf if where else None), others
    return None, []
