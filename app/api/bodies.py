"""JSON in and out: a body becomes a typed struct or a refusal that names the field, a struct becomes an answer."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response

from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import explain
from app.kernel.i18n import N_
from app.kernel.uploads import files_of

Body = TypeVar("Body", bound=msgspec.Struct)
AnyRequest = Request[Any, Any, Any]

Line = Annotated[str, msgspec.Meta(max_length=254)]
Text = Annotated[str, msgspec.Meta(max_length=2_000)]
_PLACE = re.compile(r"`\$(?P<place>[^`]*)`")
# A zero byte is no text for the database.
_ZERO = (b"\\u0000", b"\x00")


class KeyNeeded(Refusal):
    """An order may be asked for twice by accident, so it carries a key."""

    code = "idempotency.key_needed"
    status = 400
    message = "Send an Idempotency-Key header with this request, a new one for each order."


async def read_body(request: AnyRequest, body_type: type[Body]) -> Body:
    """Raises InvalidInput, with the field's place in the body where it has one."""
    return _read(await request.body(), body_type)


async def read_body_with_files(request: AnyRequest, body_type: type[Body], *, most: int) -> tuple[Body, list[bytes]]:
    """The same for a body that may bring pictures: plain JSON, or a form with the JSON as `body` beside `pictures`."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await read_body(request, body_type), []
    submitted = await request.form()
    text = submitted.get("body")
    body = _read(text.encode() if isinstance(text, str) else b"", body_type)
    return body, await files_of(submitted, "pictures", most)


def _read(raw: bytes, body_type: type[Body]) -> Body:
    raw = raw or b"{}"
    if any(zero in raw for zero in _ZERO):
        raise InvalidInput({"": N_("This does not look right.")})
    try:
        return msgspec.json.decode(raw, type=body_type)
    except msgspec.ValidationError as error:
        found, message = _PLACE.search(str(error)), next(iter(explain(str(error)).items()))
        place = (found["place"] if found else "").strip(".")
        named = message[0] if "missing" in str(error) or "unknown field" in str(error) else ""
        raise InvalidInput({".".join(part for part in (place, named) if part): message[1]}) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput({"": N_("This does not look right.")}) from error


def answer(value: msgspec.Struct, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """An answer for one person; nobody keeps it."""
    return Response(
        msgspec.json.encode(value), status_code=status, media_type=MediaType.JSON,
        headers={"Cache-Control": "no-store"} | (headers or {}),
    )  # fmt: skip


def answer_same_for_all(request: AnyRequest, value: msgspec.Struct) -> Response[bytes]:
    """An answer without anything personal: who has it already is told so, in a few bytes."""
    return answer_bytes_same_for_all(request, msgspec.json.encode(value), language=True)


def answer_bytes_same_for_all(request: AnyRequest, body: bytes, *, language: bool = False) -> Response[bytes]:
    """The same for JSON that is ready. `language`: it has words in the reader's."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"} | ({"Vary": "Accept-Language"} if language else {})
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(b"", status_code=304, media_type=MediaType.JSON, headers=headers)
    return Response(body, media_type=MediaType.JSON, headers=headers)
