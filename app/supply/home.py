"""What waits for the supplier in the chosen store."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

from app.kernel.pages import page
from app.supply.frame import AnyRequest, enter


@get("/", permission="signed_in")
async def show_home(request: AnyRequest) -> Template:
    place = await enter(request)
    return page("supply/home/show.html", place=place)


HANDLERS = [show_home]
