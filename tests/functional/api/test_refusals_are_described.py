"""Every refusal a route may answer stands in its document: what its flows say they raise, and what was ever met."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from app.api.campaign_refusals import OF_CAMPAIGNS
from app.api.documents import PREFIX, described_by
from app.flows import campaign_modes
from app.kernel.errors import Forbidden, InvalidInput, NotFound, Refusal, SignInNeeded
from app.main import make_litestar

RAISES = re.compile(r"[Rr]aises ([A-Z]\w+(?:(?:, | and |, and )[A-Z]\w+)*)")
# Every route may answer these, and the document says so in its own words; or nobody who is let in meets them.
UNDERSTOOD = (SignInNeeded, Forbidden, InvalidInput, NotFound)


@pytest.fixture(scope="module")
def application() -> Litestar:
    return make_litestar()


def handlers(application: Litestar) -> list[HTTPRouteHandler]:
    return [
        handler
        for route in application.routes
        if route.path.startswith(f"{PREFIX}/")
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler) and handler.http_methods - {"OPTIONS"}
    ]


def refusals() -> list[type[Refusal]]:
    found, waiting = list[type[Refusal]](), [Refusal]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        found += kinds
        waiting += kinds
    return [each for each in found if each.__module__.startswith(("app.", "tenants."))]


def said_in(text: str) -> Iterator[str]:
    for names in RAISES.findall(text):
        yield from re.findall(r"[A-Z]\w+", names)


def called(fn: Any, seen: set[Any]) -> Iterator[Any]:
    """The functions of flows and rooms a handler names, itself or through helpers of the API."""
    if fn in seen:
        return
    seen.add(fn)
    for name, within in names_in(fn.__code__):
        target = within if within is not None else fn.__globals__.get(name)
        if not isinstance(target, types.FunctionType):
            continue
        if target.__module__.startswith("app.api."):
            yield from called(target, seen)
        elif target.__module__.startswith("app."):
            yield target
    yield from _of_rooms(fn)


def names_in(code: types.CodeType) -> Iterator[tuple[str, Any]]:
    yield from ((name, None) for name in code.co_names)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from names_in(const)


def _of_rooms(fn: Any) -> Iterator[Any]:
    """`orders.find`: a function behind a room's door."""
    for room, name in re.findall(r"\b([a-z_]+)\.([a-z_]+)\(", inspect.getsource(fn)):
        target = getattr(fn.__globals__.get(room), name, None)
        if isinstance(target, types.FunctionType) and target.__module__.startswith("app."):
            yield target


def test_what_a_routes_flows_say_they_raise_is_in_its_document(application: Litestar) -> None:
    missing = []
    for handler in handlers(application):
        if "gives" not in handler.opt:
            continue
        declared = {kind.__name__ for each in handler.opt["refuses"] for kind in (each, *each.__subclasses__())}
        for fn in called(inspect.unwrap(handler.fn), set()):
            said = set(said_in(inspect.getdoc(fn) or "")) & KNOWN - declared
            missing += [f"{handler.fn.__module__}.{handler.fn.__name__}: {name} ({fn.__name__})" for name in said]

    assert sorted(set(missing)) == []


KNOWN = {each.__name__ for each in refusals() if not issubclass(each, UNDERSTOOD)}


def test_what_any_kind_of_campaign_refuses_is_described_where_one_joins(application: Litestar) -> None:
    raised = {
        name.rpartition(".")[2]
        for module in Path(campaign_modes.__file__).parent.glob("mode_*.py")
        for name in re.findall(r"raise ([\w.]+)", module.read_text())
    }
    described = {each.__name__ for each in OF_CAMPAIGNS}

    assert (raised & KNOWN) - described == set()


def test_every_route_says_what_it_is_and_how_it_refuses(application: Litestar) -> None:
    document = described_by(application)
    undescribed = [one.fn.__name__ for one in handlers(application) if "gives" not in one.opt]

    assert undescribed == ["show_document"]
    for path, operations in document["paths"].items():
        for method, one in operations.items():
            where = f"{method} {path}"
            assert one["summary"], where
            assert one["description"], where
            # A 202 stands beside the usual answer where somebody else is asked first.
            good = [status for status in one["responses"] if status.startswith("2") and status != "202"]
            assert len(good) == 1, where
            refused = {status: said for status, said in one["responses"].items() if status >= "400"}
            assert "429" in refused, where
            for said in refused.values():
                assert said["x-codes"], where
                assert all(f"`{code}`: " in said["description"] for code in said["x-codes"]), where


def test_every_code_has_one_meaning(application: Litestar) -> None:
    by_code: dict[str, list[type[Refusal]]] = {}
    for each in refusals():
        if "code" in vars(each):
            by_code.setdefault(each.code, []).append(each)

    assert {code: kinds for code, kinds in by_code.items() if len(kinds) > 1} == {}
