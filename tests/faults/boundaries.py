"""Every commit and every outbound call of the money flows, listed from their code, and a way to die at one of them.

A boundary is a `tenants.transaction()` block (its COMMIT) or an awaited call of a provider. Nothing is marked by hand:
a flow that gains a boundary gains it here, and the test that has to reach each of them fails until it does.
"""

from __future__ import annotations

import ast
import os
import signal
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from infra.http import Outside
from infra.settings import ROOT
from tenants.scope import TenantTransaction

Kind = Literal["commit", "call"]
Moment = Literal["before", "after"]

# The journeys of an order's money. Every other flow has its reason below; a test holds both lists against the folder.
FLOWS = (
    "place_order", "start_payment", "settle_payment", "expire_reservation", "cancel_order", "request_refund",
    "send_refund", "settle_refund", "decide_attribution", "finalize_attribution", "reverse_commission",
)  # fmt: skip
PARTNERS = frozenset({"provider"})


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where in the code something becomes true for others: lines `first` to `last` of a flow."""

    name: str
    kind: Kind
    file: str
    first: int
    last: int


@cache
def boundaries() -> tuple[Boundary, ...]:
    """All of them, in the order of the files."""
    return tuple(found for flow in FLOWS for found in _of_file(ROOT / "app" / "flows" / f"{flow}.py"))


def _of_file(path: Path) -> list[Boundary]:
    found: list[Boundary] = []
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.AsyncFunctionDef):
            found.extend(_of_function(function, path))
    return found


def _of_function(function: ast.AsyncFunctionDef, path: Path) -> list[Boundary]:
    found: list[Boundary] = []
    for node in ast.walk(function):
        kind, what = _kind_of(node)
        if kind:
            count = 1 + sum(one.name.rpartition("#")[0].endswith(f".{what}") for one in found)
            name = f"{path.stem}.{function.name}.{what}#{count}"
            assert isinstance(node, ast.stmt | ast.expr)
            found.append(Boundary(name, kind, str(path), node.lineno, node.end_lineno or node.lineno))
    return found


def _kind_of(node: ast.AST) -> tuple[Kind | None, str]:
    if isinstance(node, ast.AsyncWith) and any(_is_transaction(item.context_expr) for item in node.items):
        return "commit", "commit"
    if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        called = node.value.func
        if isinstance(called.value, ast.Name) and called.value.id in PARTNERS:
            return "call", called.attr
    return None, ""


def _is_transaction(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Call) and ast.unparse(expression.func) == "tenants.transaction"


def here(kind: Kind) -> Boundary | None:
    """The boundary whose code is running: the nearest one up the stack."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        inside = [
            one
            for one in boundaries()
            if one.kind == kind and one.file == frame.f_code.co_filename and one.first <= frame.f_lineno <= one.last
        ]
        if inside:
            return min(inside, key=lambda one: one.last - one.first)
        frame = frame.f_back
    return None


def crash_at(name: str, moment: Moment, reached: set[str]) -> None:
    """From now on this process ends, as by a power cut, when it comes to that boundary; `reached` collects the others.

    An empty name never ends anything.
    """
    commit, request = TenantTransaction.__aexit__, Outside.request

    def pass_by(kind: Kind, now: Moment) -> None:
        found = here(kind)
        if found is None:
            return
        if (found.name, now) == (name, moment):
            os.kill(os.getpid(), signal.SIGKILL)
        reached.add(found.name)

    async def leave(self: TenantTransaction, kind: Any, error: Any, trace: Any) -> Literal[False]:
        if kind is None:
            pass_by("commit", "before")
        try:
            return await commit(self, kind, error, trace)
        finally:
            if kind is None:
                pass_by("commit", "after")

    async def ask(self: Outside, *args: Any, **more: Any) -> Any:
        pass_by("call", "before")
        answer = await request(self, *args, **more)
        pass_by("call", "after")
        return answer

    TenantTransaction.__aexit__ = leave  # type: ignore[method-assign] # the process is made for dying
    Outside.request = ask  # type: ignore[method-assign] # the same
