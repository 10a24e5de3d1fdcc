"""What every store has to say about itself: delivery, returns, privacy, who sells here."""

from __future__ import annotations

from litestar import Controller, get
from litestar.response import Template

import tenants
from app import freight
from app.kernel.pages import page
from app.storefront.delivery_terms import tariff_of


class LegalController(Controller):
    @get("/about", permission="public")
    async def show(self) -> Template:
        async with tenants.transaction():
            template = (await tariff_of([])).default
        return page(
            "storefront/legal/about.html", usual=template if template.id else None, countries=freight.COUNTRIES,
            kilograms=freight.kilograms,
        )  # fmt: skip
