"""One product: its pictures, its choices, what it costs, whether it can be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import catalog, inventory
from app.kernel.pages import page
from app.storefront.home import CACHEABLE

FEW = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of one option. `amount` is set when it decides the price alone; `gone` when nothing of it is left."""

    value: str
    amount: int | None
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
        left = {variant.id: _left(figures.get(variant.id)) for variant in product.variants}
        return page(
            "storefront/products/show.html",
            headers=CACHEABLE,
            product=product,
            options=_options(product, left),
            supply=_supply(left),
        )


def _left(figures: inventory.StockFigures | None) -> int | None:
    """Units that can be had; None for as many as anybody likes."""
    if figures is None:
        return 0
    return None if figures.endless else max(figures.available, 0)


def _supply(left: dict[Any, int | None]) -> Supply:
    counts = [count for count in left.values() if count is not None]
    endless = len(counts) < len(left)
    total = sum(counts)
    return Supply(sold_out=not endless and total == 0, few=total if not endless and 0 < total <= FEW else None)


def _options(product: catalog.Product, left: dict[Any, int | None]) -> list[tuple[str, list[Choice]]]:
    """Every option with its values; the first variant that can be had is chosen beforehand."""
    if len(product.variants) < 2:
        return []
    first = next((each for each in product.variants if left[each.id] != 0), product.variants[0])
    alone = len(product.option_names) == 1 and product.price_from_amount != product.price_to_amount
    options = []
    for place, (name, values) in enumerate(product.option_choices()):
        choices = []
        for value in values:
            having = [variant for variant in product.variants if variant.option_values[place] == value]
            gone = all(left[variant.id] == 0 for variant in having)
            amount = having[0].price_amount if alone else None
            choices.append(Choice(value, amount, gone, value == first.option_values[place]))
        options.append((name, choices))
    return options
