"""The public front page, and the way to everybody's sign-in."""

from __future__ import annotations

from litestar import Controller, get
from litestar.response import Redirect, Template

from app.kernel.pages import page
from infra.settings import settings


class LandingController(Controller):
    @get("/", permission="public", sync_to_thread=False)
    def show(self) -> Template:
        return page("website/landing/show.html")

    @get("/sign-in", permission="public", sync_to_thread=False)
    def sign_in(self) -> Redirect:
        """Merchants are asked for most; the page there leads promoters on."""
        return Redirect(f"{settings().origin('admin')}/sign-in", status_code=303)

    @get("/terms", permission="public", sync_to_thread=False)
    def terms(self) -> Template:
        return page("website/landing/terms.html")
