"""Who can sign in to the console."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get
from litestar.response import Template

from app import identity
from app.console import words
from app.console.frame import console_page
from app.identity import viewer_of

AnyRequest = Request[Any, Any, Any]


class ColleagueController(Controller):
    """A list for administrators; people are let in from the command line."""

    path = "/colleagues"

    @get(permission="staff.write")
    async def index(self, request: AnyRequest) -> Template:
        return await console_page(
            "console/colleagues/index.html", viewer_of(request), people=await identity.staff_users(), words=words
        )
