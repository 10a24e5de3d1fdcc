"""The store's colors and shapes as a stylesheet, under an address that changes with every version."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

import tenants
from app import store
from app.kernel.errors import NotFound


@get("/theme/{name:str}", permission="public")
async def show_theme(name: FromPath[str]) -> Response[str]:
    """`/theme/<version>.css`. An older version answers too, uncached, so a page kept somewhere never loses its look."""
    version, text = await store.theme_css(tenants.current())
    if not name.endswith(".css"):
        raise NotFound
    current = name == f"{version}.css"
    keep = "public, max-age=31536000, immutable" if current else "no-store"
    return Response(text, media_type="text/css", headers={"Cache-Control": keep})
