"""What every store has to say about itself: delivery, returns, privacy, who sells here."""

from __future__ import annotations

from litestar import Controller, get
from litestar.response import Template

from app.kernel.pages import page


class LegalController(Controller):
    @get("/about", permission="public", sync_to_thread=False)
    def show(self) -> Template:
        return page("storefront/legal/about.html")
