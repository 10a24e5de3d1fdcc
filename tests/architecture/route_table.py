"""The application's own route table, read once: what is asked where, by whom, and which parameters it takes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import KwargDefinition, ParameterKwarg

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ANYWHERE = "anywhere"
_QUERY = re.compile(r"""query_params(?:\.(?:get|getall|getone)\(|\[)\s*["'](\w+)["']""")


@dataclass(frozen=True)
class Operation:
    """One method of one address of one face, as the visitor sees it."""

    face: str
    method: str
    path: str
    permission: str
    csrf: str
    handler: Any

    @property
    def name(self) -> str:
        return f"{self.face} {self.method} {self.path}"

    @property
    def place(self) -> str:
        return f"{self.handler.fn.__module__}.{self.handler.fn.__qualname__}"

    @property
    def path_parameters(self) -> list[tuple[str, str]]:
        """(name, kind) of each `{name:kind}` in the path."""
        return re.findall(r"\{(\w+):(\w+)\}", self.path)

    @property
    def query_parameters(self) -> list[str]:
        """Names the signature takes from the query, and names its module reads from the query itself."""
        in_path = {name for name, _ in self.path_parameters}
        fields = self.handler.parsed_fn_signature.parameters
        named = [_wire_name(name, field) for name, field in fields.items() if _is_query(field) and name not in in_path]
        return sorted({*named, *_read_by_hand(_file(self.handler.fn))})

    @property
    def forms(self) -> list[type[msgspec.Struct]]:
        """The forms declared beside the handler: one of them is what it reads."""
        return list(_forms(inspect.getmodule(self.handler.fn))) if self.method not in SAFE else []


def _is_query(field: Any) -> bool:
    given = field.kwarg_definition
    return isinstance(given, ParameterKwarg | KwargDefinition) and type(given).__name__ == "QueryParameter"


def _wire_name(name: str, field: Any) -> str:
    return getattr(field.kwarg_definition, "query", None) or name


def _file(function: Any) -> Path:
    return Path(inspect.getsourcefile(function) or "")


@cache
def _read_by_hand(file: Path) -> frozenset[str]:
    return frozenset(_QUERY.findall(file.read_text()))


def _forms(module: Any) -> Iterator[type[msgspec.Struct]]:
    for found in vars(module).values():
        if (
            isinstance(found, type)
            and issubclass(found, msgspec.Struct)
            and found.__struct_config__.forbid_unknown_fields
        ):
            yield found


@cache
def operations() -> tuple[Operation, ...]:
    """Everything that can be asked, sorted; the framework's own OPTIONS answers are left out."""
    from app.main import make_litestar

    return operations_of(make_litestar())


def operations_of(application: Any) -> tuple[Operation, ...]:
    found = [
        _operation(route.path, method, handler)
        for route in application.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler) and handler.handler_name != "options_handler"
        for method in handler.http_methods
        if method != "OPTIONS"
    ]
    return tuple(sorted(found, key=lambda one: (one.face, one.path, one.method)))


def _operation(mounted: str, method: str, handler: Any) -> Operation:
    face, path = _seen_by_visitor(mounted)
    csrf = "-" if method in SAFE else str(handler.opt.get("csrf", "session"))
    return Operation(face, method, path, str(handler.opt.get("permission", "")), csrf, handler)


def _seen_by_visitor(path: str) -> tuple[str, str]:
    """Face and visitor's path of a mounted path: `/@portal/links` is `/links` on the portal."""
    if not path.startswith("/@") or path.startswith("/@refused"):
        return ANYWHERE, path
    face, _, rest = path.removeprefix("/@").partition("/")
    return face, f"/{face}/{rest}" if face in ("webhooks", "api") else f"/{rest}"
