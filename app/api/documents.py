"""The OpenAPI document, written from the routes themselves and the shapes they name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.handlers import HTTPRouteHandler

from app.api.shapes import Error
from app.flows.talk_about_aftersale import MOST_AT_ONCE
from app.kernel.errors import InvalidInput, NotFound, Refusal
from infra.settings import settings

AnyRequest = Request[Any, Any, Any]
PREFIX = "/@api/v1"
JSON = "application/json"
REFERENCE = "#/components/schemas/{name}"
ABOUT = """\
What a front end of a shopper's own (a mini-program, say) needs of one store. Every store answers on its own host.

- **Tokens**: `POST /session` gives one; send it as `Authorization: Bearer ...`. Cookies are never read.
- **Money** is an integer of minor units with its currency. **Times** are RFC 3339 in UTC.
- **Lists** that end somewhere later have `next`; send it as `after`. Lists and reads that are the same for everybody
  carry an `ETag`; send it as `If-None-Match`.
- **Languages**: `Accept-Language` with zh-Hans, zh-Hant or en; else the store's own.
- **Sent twice**: give each command a new `Idempotency-Key`. The same key with the same body is answered again and acts
  once.
- **Pace**: 240 requests a minute for each token. A 429 says in `Retry-After`, where it is sent, or in its message when
  to come again.
- **Refusals** have one shape: a stable `code`, a `message` for people, and `fields` where the body is wrong.
"""
PARAMETERS = {
    "q": "Words that all have to occur",
    "collection": "Handle of a collection",
    "after": "`next` of the page before",
    "handle": "Handle of the product",
    "code": "Code of the campaign",
    "variant": "Id of the variant",
    "cart": "Id of the cart",
    "coupon_id": "Id of the coupon",
    "number": "Number of the order",
    "address_id": "Id of the address",
    "aftersale_id": "Id of the request",
    "aftersale_picture_id": "Id of the picture",
}


@get("/openapi.json", permission="public", sync_to_thread=False)
def show_document(request: AnyRequest) -> Response[bytes]:
    """This document."""
    document = described_by(request.app)
    servers = [{"url": f"{settings().scheme}://{request.headers['host']}/api/v1"}]
    body = msgspec.json.encode({**document, "servers": servers})
    return Response(body, media_type=MediaType.JSON, headers={"Cache-Control": "private, no-cache"})


@cache
def described_by(application: Litestar) -> dict[str, Any]:
    """Everything but the server's address, which is the host that was asked."""
    found = sorted(_operations(application), key=lambda one: (one[0], one[1]))
    named = dict.fromkeys([shape for _, _, handler in found for shape in _shapes(handler)] + [Error])
    _, components = msgspec.json.schema_components(named, ref_template=REFERENCE)
    paths: dict[str, Any] = {}
    for path, method, handler in found:
        paths.setdefault(path, {})[method.lower()] = _operation(path, handler)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Store API", "version": "1.0.0", "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operations(application: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in application.routes:
        if not route.path.startswith(f"{PREFIX}/"):
            continue
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and "gives" in handler.opt:
                for method in handler.http_methods:
                    yield re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path.removeprefix(PREFIX)), method, handler


def _shapes(handler: HTTPRouteHandler) -> Iterator[type[msgspec.Struct]]:
    yield from (handler.opt[name] for name in ("takes", "gives") if handler.opt[name])


def _operation(path: str, handler: HTTPRouteHandler) -> dict[str, Any]:
    options: Mapping[str, Any] = handler.opt
    described: dict[str, Any] = {
        "operationId": f"{handler.fn.__module__.rpartition('.')[2]}_{handler.fn.__name__}",
        "summary": options["summary_"],
        "description": inspect.getdoc(handler.fn) or "",
        "tags": [handler.fn.__module__.rpartition(".")[2]],
        "parameters": [*_named(path, handler), *_headers(options)],
        "responses": {**_good(handler), **_refusals(options["refuses"])},
        "security": [{"token": []}] if options["bearer"] else [{"token": []}, {}],
    }
    if options["takes"]:
        content = _json(options["takes"]) | (_form(options) if options["files"] else {})
        described["requestBody"] = {"required": True, "content": content}
    return described


def _named(path: str, handler: HTTPRouteHandler) -> Iterator[dict[str, Any]]:
    in_path = set(re.findall(r"\{(\w+)\}", path))
    for name, field in handler.parsed_fn_signature.parameters.items():
        if name in PARAMETERS:
            kind = {"type": "string", "format": "uuid"} if field.annotation is UUID else {"type": "string"}
            yield {
                "name": name, "in": "path" if name in in_path else "query", "required": name in in_path,
                "description": PARAMETERS[name], "schema": kind,
            }  # fmt: skip


def _headers(options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if options["same_for_all"]:
        yield {
            "name": "If-None-Match", "in": "header", "required": False,
            "description": "`ETag` of the answer before", "schema": {"type": "string"},
        }  # fmt: skip
    if options["key"]:
        yield {
            "name": "Idempotency-Key", "in": "header", "required": options["key"] == "required",
            "description": "A new one for each command", "schema": {"type": "string", "maxLength": 255},
        }  # fmt: skip


def _good(handler: HTTPRouteHandler) -> dict[str, Any]:
    status = handler.status_code
    if not handler.opt["gives"] and handler.opt["media"] != JSON:
        return {str(status): {"description": HTTPStatus(status).phrase, "content": {handler.opt["media"]: {}}}}
    if not handler.opt["gives"]:
        return {str(status): {"description": HTTPStatus(status).phrase}}
    content = {handler.opt["media"]: _json(handler.opt["gives"])[JSON]}
    known: dict[str, Any] = {}
    if handler.opt["same_for_all"]:
        known["304"] = {"description": "As `If-None-Match` says: nothing changed"}
    if handler.opt["later"]:
        known["202"] = {"description": handler.opt["later"], "content": content}
    return {str(status): {"description": inspect.getdoc(handler.opt["gives"]) or "", "content": content}, **known}


def _refusals(refusals: Sequence[type[Refusal]]) -> dict[str, Any]:
    """By status, with the codes to expect under it, for people and (`x-codes`) for programs."""
    codes: dict[int, dict[str, str]] = {}
    for refusal in (kind for each in refusals for kind in _kinds(each)):
        codes.setdefault(refusal.status, {})[refusal.code] = (inspect.getdoc(refusal) or "").strip()
    return {
        str(status): {
            "description": "\n".join(f"`{code}`: {about}" for code, about in said.items()), "x-codes": list(said),
            "content": _json(Error),
        }
        for status, said in sorted(codes.items())
    }  # fmt: skip


def _kinds(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    """A refusal, and what it is when it is told more exactly: a coupon refused because it is used up, say."""
    yield refusal
    if refusal not in (NotFound, InvalidInput):  # everything unknown and every wrong field of the store
        for kind in refusal.__subclasses__():
            yield from _kinds(kind)


def _form(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same body as a field of a form, beside files."""
    files = {"type": "array", "items": {"type": "string", "contentMediaType": "image/*"}, "maxItems": MOST_AT_ONCE}
    body = _json(options["takes"])[JSON]["schema"]
    shape = {"type": "object", "required": ["body"], "properties": {"body": body, options["files"]: files}}
    return {"multipart/form-data": {"schema": shape, "encoding": {"body": {"contentType": JSON}}}}


def _json(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return {JSON: {"schema": {"$ref": REFERENCE.format(name=shape.__name__)}}}
