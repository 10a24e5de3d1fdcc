"""What answers the same on every host: assets, pictures, health, and the doorman's own refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Request, Response, Router, get, route
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from app.kernel import cookies
from app.kernel.assets import assets
from app.kernel.errors import NotFound
from app.kernel.i18n import LOCALES
from app.kernel.pages import page, safe_path, see_other
from infra import redis
from infra.storage.obstore import storage
from infra.storage.port import BadKey, ObjectMissing
from tenants import platform
from tenants.errors import StoreClosed
from tenants.middleware import arrival_of

FOREVER = "public, max-age=31536000, immutable"
METHODS: Any = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
AnyRequest = Request[Any, Any, Any]
PICTURES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


@get("/assets/{name:path}", permission="public", sync_to_thread=False)
def show_asset(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """A built asset under its hashed name, compressed as the browser likes it."""
    asset = assets().find(name.removeprefix("/"))
    if asset is None:
        raise NotFound
    accepts = request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": FOREVER, "ETag": asset.etag, "Vary": "Accept-Encoding"}
    body = asset.raw
    if asset.br and "br" in accepts:
        body, headers["Content-Encoding"] = asset.br, "br"
    elif asset.gzip and "gzip" in accepts:
        body, headers["Content-Encoding"] = asset.gzip, "gzip"
    return Response(body, media_type=asset.content_type, headers=headers)


@get("/media/{key:path}", permission="public")
async def show_media(key: FromPath[str]) -> Response[bytes]:
    """A stored picture: content-addressed, so it never changes; never a page, whatever its bytes say."""
    name = key.removeprefix("/")
    content_type = PICTURES.get(name.rpartition(".")[2])
    if content_type is None:
        raise NotFound
    try:
        content = await storage().get(name)
    except (ObjectMissing, BadKey) as error:
        raise NotFound from error
    headers = {
        "Cache-Control": FOREVER,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(content, media_type=content_type, headers=headers)


@get("/health/live", permission="public", sync_to_thread=False)
def live() -> dict[str, str]:
    return {"status": "live"}


@get("/health/ready", permission="public")
async def ready() -> dict[str, str]:
    """Ready when pages can be served: the database answers. Valkey is told, not required."""
    async with platform.transaction() as database:
        await database.fetchval("SELECT 1")
    try:
        await redis.client().ping()
        valkey = "ok"
    except redis.Unavailable:
        valkey = "away"
    return {"status": "ready", "valkey": valkey}


@get("/locale/{lang:str}", permission="public", sync_to_thread=False)
def choose_language(request: AnyRequest, lang: FromPath[str], back: FromQuery[str] = "/") -> Redirect:
    """Remember the reader's language on this host and go back to where they were."""
    if lang not in LOCALES:
        raise NotFound
    arrival_of(request).cookies.append(cookies.make("lang", lang, lasts=timedelta(days=365)))
    return see_other(safe_path(back))


@route("/@refused/{kind:str}", http_method=METHODS, permission="public", csrf="none", sync_to_thread=False)
def refuse(request: AnyRequest, kind: FromPath[str]) -> Template:
    """The doorman's plain words: nobody lives here, or the store is closed for now."""
    arrival = arrival_of(request)
    headers = {"Cache-Control": "no-store"}
    if kind == "closed" and arrival.face == "api":
        raise StoreClosed(status=arrival.tenant.status if arrival.tenant else "")
    if kind == "closed":
        headers["Retry-After"] = "3600"
        return page("errors/suspended.html", status_code=503, headers=headers, store=arrival.tenant)
    if kind == "unknown_host":
        return page("errors/unknown_host.html", status_code=404, headers=headers, host=arrival.host)
    raise NotFound


router = Router(path="/", route_handlers=[show_asset, show_media, live, ready, choose_language, refuse])
