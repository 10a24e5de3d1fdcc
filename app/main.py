"""Composition root: one Litestar application behind the doorman."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import structlog
from jinja2 import Environment, FileSystemLoader
from litestar import Litestar, Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig

from app import answers, repeats, shared
from app.api import admit
from app.api import router as api
from app.backoffice import router as backoffice
from app.console import router as console
from app.flows import campaign_watch
from app.identity import SHOPPER, guard
from app.kernel import cards, formats, i18n, page_cache, pages, templating, uploads
from app.portal import router as portal
from app.store import profile_for_page
from app.storefront import router as storefront
from app.storefront.links import LINKS, sent_on
from app.supply import router as supply
from app.webhooks import router as webhooks
from app.website import router as website
from infra import logging, redis, wiring
from infra.settings import settings
from tenants import directory, platform, scope
from tenants.middleware import App, Arrival, Doorman, Receive, Scope, Send, arrival_of

log = structlog.get_logger()
TEMPLATES = Path(__file__).parent / "templates"


def create_app() -> App:
    """The ASGI application: kept pages -> doorman -> tracked links -> languages -> kept answers -> Litestar."""
    logging.configure()
    litestar = make_litestar()
    keeping = repeats.Keeping(litestar)

    async def inside(scope_: Any, receive: Any, send: Any) -> None:
        if scope_["type"] == "http":
            if scope_["path"].startswith(LINKS) and await sent_on(scope_, send):
                return
            _choose_language(scope_)
        await keeping(scope_, receive, send)

    async def refuse(scope_: Scope, receive: Receive, send: Send, kind: str) -> None:
        _choose_language(scope_)
        scope_["path"] = f"/@refused/{kind}"
        scope_["raw_path"] = scope_["path"].encode()
        await litestar(scope_, receive, send)  # type: ignore[arg-type] # our aliases are wider than Litestar's

    return page_cache.PageCache(Doorman(inside, refuse), SHOPPER.cookie)


def make_litestar() -> Litestar:
    """The one route table. Every face's guard is the same; a route without a permission does not start."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False)
    templating.install(environment)
    litestar = Litestar(
        route_handlers=[website, storefront, backoffice, portal, supply, console, api, webhooks, shared.router],
        guards=[guard],
        before_request=_before_request,
        exception_handlers={**answers.HANDLERS, HTTPException: answers.answer_http},
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment)),
        lifespan=[_connections],
        openapi_config=None,
        request_max_body_size=uploads.LARGEST_FORM,
        logging_config=None,
        debug=False,
    )
    # Macros see globals only; these replace the framework's own, which know nothing of our sessions and hosts.
    environment.globals.update(csrf_token=pages.form_token, idempotency_key=pages.form_key, origin=settings().origin)
    return litestar


@contextlib.asynccontextmanager
async def _connections(_: Litestar) -> AsyncIterator[None]:
    await platform.open_pool()
    await scope.open_pools()
    listeners = [asyncio.create_task(listen()) for listen in (_listen_for_changes, campaign_watch.listen)]
    gc.collect()
    gc.freeze()  # what the program itself is made of need not be searched for garbage again
    try:
        yield
    finally:
        for listener in listeners:
            listener.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()
        await wiring.close()


async def _listen_for_changes() -> None:
    """Forget what another process changed; while Valkey is away entries age out by themselves."""
    from app.kernel.events import subscribe

    async for message in subscribe(directory.CHANNEL):
        forget(message)


def forget(message: str) -> None:
    """One announced change: a store's id, or "beat" which means nothing."""
    from uuid import UUID

    from app import store

    with contextlib.suppress(ValueError):
        tenant_id = UUID(message)
        directory.forget(tenant_id)
        store.forget_store(tenant_id)


async def _before_request(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """What pages need to know before their handler runs: a word from the page before, the store's face.

    A command that was answered before is answered here, and its handler does not run.
    """
    arrival: Arrival = arrival_of(request)
    if arrival.face != "webhooks":
        await cards.refuse_cards(request)
    if arrival.face == "api":
        await admit(request)
    else:
        pages.read_flash(arrival, request.cookies.get(pages.FLASH))
    if arrival.tenant is not None and arrival.face in ("storefront", "backoffice"):
        arrival.memo["store"] = await profile_for_page(arrival.tenant)
        formats.current_zone.set(arrival.tenant.time_zone)
    return await repeats.answer_repeat(request)


def _choose_language(scope_: Any) -> None:
    """The visitor's own choice; on a store's host else the store's language, elsewhere the browser's.

    Programs ask for theirs with each request.
    """
    arrival: Arrival = scope_["arrival"]
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope_)
    if arrival.tenant is not None and arrival.face == "api":
        asked = connection.headers.get("accept-language")
        i18n.current_locale.set(i18n.negotiate(None, asked, arrival.tenant.locale))
        return
    chosen = connection.cookies.get("lang")
    if arrival.tenant is not None and arrival.face == "storefront":
        locale = i18n.negotiate(chosen, None, arrival.tenant.locale)
    else:
        locale = i18n.negotiate(chosen, connection.headers.get("accept-language"), "zh-Hans")
    i18n.current_locale.set(locale)


__all__ = ["create_app", "forget", "make_litestar", "settings"]
