"""Forms: text fields in, a typed struct out, or a refusal that names the fields."""

from __future__ import annotations

import re
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile

from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

Form = TypeVar("Form", bound=msgspec.Struct)

MAX_TEXT = 50_000
# What every form carries along and no handler reads.
NOT_OURS = ("_csrf", "_idempotency_key")
_PLACE = re.compile(r"`\$\.(?P<field>[a-z_0-9]+)")
_MISSING = re.compile(r"missing required field `(?P<field>[a-z_0-9]+)`")
_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]+)`")


async def read_form(request: Request[Any, Any, Any], form_type: type[Form]) -> Form:
    """Convert the submitted form to `form_type`. Raises InvalidInput; unknown fields are refused too."""
    submitted = await request.form()
    return convert_form(submitted.multi_items(), form_type)


def convert_form(items: Any, form_type: type[Form]) -> Form:
    """The same for (name, value) pairs. Empty texts count as absent when the field has a default."""
    hints = get_type_hints(form_type)
    defaults = {field.name for field in msgspec.structs.fields(form_type) if not field.required}
    values: dict[str, Any] = {}
    for name, value in items:
        if name in NOT_OURS:
            continue
        clean = value if isinstance(value, UploadFile) else _clean(value)
        if _is_list(hints.get(name)):
            values.setdefault(name, []).append(clean)
        else:
            values[name] = clean
    values = {n: v for n, v in values.items() if not (v == "" and n in defaults and _no_text(hints.get(n)))}
    try:
        return msgspec.convert(values, form_type, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(explain(str(error))) from error


async def table_of(form: FormMultiDict) -> bytes:
    """The table chosen as `file`, or else pasted as `rows`. Raises InvalidInput where neither came."""
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) and file.filename else str(form.get("rows", "")).encode()
    if not data.strip():
        raise InvalidInput({"file": N_("Choose a CSV or XLSX file, or paste rows.")})
    return data


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > MAX_TEXT:
        raise InvalidInput({"": N_("A text is too long.")})
    return {"on": "true"}.get(text, text)


def _is_list(hint: Any) -> bool:
    return get_origin(hint) in (list, tuple, set)


def _no_text(hint: Any) -> bool:
    """An empty box of a number or date means "not given"; of a text it means the empty text."""
    return str not in (hint, *get_args(hint)) or type(None) in get_args(hint)


def explain(message: str) -> dict[str, str]:
    if missing := _MISSING.search(message):
        return {missing["field"]: N_("This is needed.")}
    if unknown := _UNKNOWN.search(message):
        return {unknown["field"]: N_("This field is not part of the form.")}
    place = _PLACE.search(message)
    field = place["field"] if place else ""
    if "length >= " in message:
        return {field: N_("This is needed.") if "length >= 1 " in message else N_("This is too short.")}
    if "length <= " in message:
        return {field: N_("This is too long.")}
    if "int`" in message or "`int" in message or ">= " in message or "<= " in message:
        return {field: N_("Enter a whole number within the allowed range.")}
    if "enum" in message.lower() or "Invalid" in message:
        return {field: N_("Choose one of the offered values.")}
    return {field: N_("This does not look right.")}
