"""Answers of pages: a template with what every page knows, or a redirect with a word to show once."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
from litestar.response import Redirect, Template

from app.kernel import cookies
from app.kernel.i18n import current_locale
from infra import crypto
from infra.settings import settings
from tenants.middleware import Arrival, current_arrival

FLASH = "flash"

# What a face adds to each of its pages (its sidebar, say); filled by the faces when they are imported.
face_context: dict[str, Callable[[Arrival], dict[str, Any]]] = {}


def page(template: str, *, status_code: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Template:
    """One full page or partial; `context` wins over what every page knows."""
    return Template(
        template_name=template,
        context={**page_context(), **context},
        status_code=status_code,
        media_type="text/html",
        headers=_never_stored() | (headers or {}),
    )


def _never_stored() -> dict[str, str]:
    """A page drawn for somebody stays in no cache: its forms carry keys that are good for one command."""
    arrival = current_arrival.get()
    somebody = arrival and (arrival.memo.get("viewer") or arrival.memo.get("visit"))
    return {"Cache-Control": "no-store"} if somebody else {}


def page_context() -> dict[str, Any]:
    """What every template may ask for without being given it."""
    arrival = current_arrival.get()
    if arrival is None:
        return {"locale": current_locale.get(), "origin": settings().origin}
    viewer = arrival.memo.get("viewer")
    known: dict[str, Any] = {
        "locale": current_locale.get(),
        "origin": settings().origin,
        "path": arrival.path,
        "query": arrival.query,
        "viewer": viewer,
        "store": arrival.memo.get("store"),
        "flash": _take_flash(arrival),
        "request_id": arrival.request_id,
    }
    extra = face_context.get(arrival.face)
    return {**known, **extra(arrival)} if extra else known


def form_token() -> str:
    """The form token of whoever this page is drawn for; empty when there is no session to protect."""
    arrival = current_arrival.get()
    known = arrival.memo.get("viewer") or arrival.memo.get("visit") if arrival else None
    return str(getattr(known, "csrf_token", ""))


def form_key() -> str:
    """A key for one form of this page, so that sending it twice acts once.

    Empty on pages that are the same for everybody: there the page's script gives each browser keys of its own.
    """
    arrival = current_arrival.get()
    if arrival is None or (arrival.face == "storefront" and not form_token()):
        return ""
    return secrets.token_urlsafe(16)


def see_other(path: str, *, flash: tuple[str, str] | None = None) -> Redirect:
    """303 to a page of this host after a form. `flash` is (kind, text), kind ok, warn, bad or info, shown once."""
    arrival = current_arrival.get()
    if flash and arrival:
        arrival.cookies.append(_flash_cookie(flash))
    return Redirect(path, status_code=303)


def safe_path(path: str, otherwise: str = "/") -> str:
    """A path of this host, or `otherwise`: never another host, whatever a form or query claims."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(letter) < 32 for letter in path):
        return otherwise
    return path


def _flash_cookie(flash: tuple[str, str]) -> str:
    text = base64.urlsafe_b64encode(msgspec.json.encode(flash)).decode().rstrip("=")
    return cookies.make(FLASH, f"{text}.{crypto.sign(text, 'flash')}", lasts=timedelta(minutes=2))


def _take_flash(arrival: Arrival) -> list[tuple[str, str]]:
    """The word left by the page before; shown once, so its cookie goes with this answer."""
    words: list[tuple[str, str]] = arrival.memo.get(FLASH, [])
    return words


def read_flash(arrival: Arrival, cookie: str | None) -> None:
    """Called once per request by the application, before the handler."""
    if not cookie:
        return
    arrival.cookies.append(cookies.expire(FLASH))
    text, _, signature = cookie.partition(".")
    if crypto.verify(text, signature, "flash"):
        kind, words = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=tuple[str, str])
        arrival.memo[FLASH] = [(kind, words)]
