"""Every commit and every outbound call in some files of ours, listed from their code, and a way to die at one of them.

A boundary is a transaction's block (its COMMIT) or an awaited call of a partner. Nothing is marked by hand: a flow that
gains a boundary gains it here, and the test that has to reach each of them fails until it does.
"""

from __future__ import annotations

import ast
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import httpx
from asyncpg.transaction import Transaction
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from infra.http import Outside
from infra.messaging.smtp import SmtpMailer
from infra.settings import ROOT
from infra.storage.obstore import ObstoreStorage
from tenants.scope import TenantTransaction

Kind = Literal["commit", "call"]
Moment = Literal["before", "after"]
TRANSACTIONS = ("tenants.transaction", "platform.transaction")
WAYS_OUT = ((Outside, "request"), (SmtpMailer, "send"), (ObstoreStorage, "put"), (ObstoreStorage, "delete"))
# What else outlives a process: a shopper's deeds at a partner, and what Valkey is told.
OF_OTHERS = ((httpx.AsyncClient, "send"), (Redis, "execute_command"), (Pipeline, "execute"))
ELSEWHERE = "elsewhere"
Passing = tuple[str, Moment]


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where in the code something becomes true for others: lines `first` to `last` of a file."""

    name: str
    kind: Kind
    file: str
    first: int
    last: int


@cache
def boundaries(files: tuple[str, ...], partners: frozenset[str]) -> tuple[Boundary, ...]:
    """All of them, in the order of the files. `partners` are what the code calls those it asks."""
    return tuple(found for file in files for found in _of_file(ROOT / file, partners))


def _of_file(path: Path, partners: frozenset[str]) -> list[Boundary]:
    found: list[Boundary] = []
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.AsyncFunctionDef):
            found.extend(_of_function(function, path, partners))
    return found


def _of_function(function: ast.AsyncFunctionDef, path: Path, partners: frozenset[str]) -> list[Boundary]:
    found: list[Boundary] = []
    home = path.stem if path.parent.name == "flows" else f"{path.parent.name}.{path.stem}"
    for node in ast.walk(function):
        kind, what = _kind_of(node, partners)
        if kind:
            count = 1 + sum(one.name.rpartition("#")[0].endswith(f".{what}") for one in found)
            name = f"{home}.{function.name}.{what}#{count}"
            assert isinstance(node, ast.stmt | ast.expr)
            found.append(Boundary(name, kind, str(path), node.lineno, node.end_lineno or node.lineno))
    return found


def _kind_of(node: ast.AST, partners: frozenset[str]) -> tuple[Kind | None, str]:
    if isinstance(node, ast.AsyncWith) and any(_is_transaction(item.context_expr) for item in node.items):
        return "commit", "commit"
    if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        called = node.value.func
        if ast.unparse(called.value) in partners:
            return "call", called.attr
    return None, ""


def _is_transaction(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Call) and ast.unparse(expression.func) in TRANSACTIONS


def here(kind: Kind, known: Iterable[Boundary]) -> Boundary | str | None:
    """The boundary whose code is running: the nearest one up the stack. A call from a place in the known files that is
    none of them is told as it is: something goes out there that nobody listed."""
    place = ""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        in_file = [one for one in known if one.file == frame.f_code.co_filename]
        inside = [one for one in in_file if one.kind == kind and one.first <= frame.f_lineno <= one.last]
        if inside:
            return min(inside, key=lambda one: one.last - one.first)
        if in_file and kind == "call" and not place:
            place = f"unlisted:{frame.f_code.co_name}:{frame.f_lineno}"
        frame = frame.f_back
    return place or None


class Death:
    """Ends this process, as by a power cut, when it comes to a boundary; `reached` tells all it came by, in order.

    An empty name never ends anything.
    """

    def __init__(self, name: str, moment: Moment, known: tuple[Boundary, ...]) -> None:
        self.wanted, self.known, self.reached = (name, moment), known, list[Passing]()

    def lie_in_wait(self) -> None:
        for transaction in (TenantTransaction, Transaction):
            self._around_commit(transaction)
        for partner, deed in WAYS_OUT:
            self._around_call(partner, deed)
        for other, deed in OF_OTHERS:
            self._note(other, deed)

    def pass_by(self, kind: Kind, now: Moment) -> None:
        found = here(kind, self.known) or ELSEWHERE
        name = found if isinstance(found, str) else found.name
        if (name, now) == self.wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        self.reached.append((name, now))

    def _around_commit(self, transaction: type[Any]) -> None:
        commit: Callable[..., Any] = transaction.__aexit__

        async def leave(block: Any, kind: Any, error: Any, trace: Any) -> Any:
            if kind is None:
                self.pass_by("commit", "before")
            try:
                return await commit(block, kind, error, trace)
            finally:
                if kind is None:
                    self.pass_by("commit", "after")

        transaction.__aexit__ = leave

    def _around_call(self, partner: type[Any], deed: str) -> None:
        call: Callable[..., Any] = getattr(partner, deed)

        async def ask(one: Any, *args: Any, **more: Any) -> Any:
            self.pass_by("call", "before")
            answer = await call(one, *args, **more)
            self.pass_by("call", "after")
            return answer

        setattr(partner, deed, ask)

    def _note(self, other: type[Any], deed: str) -> None:
        act: Callable[..., Any] = getattr(other, deed)

        async def do(one: Any, *args: Any, **more: Any) -> Any:
            self.reached.append((ELSEWHERE, "before"))
            return await act(one, *args, **more)

        setattr(other, deed, do)


def same_as_the_next(reached: Sequence[Passing]) -> set[Passing]:
    """Deaths after a boundary that leave what a death before the next one leaves.

    Nothing that outlives a process happened in between, here or elsewhere. The later of the two is harder: the dead
    process held locks.
    """
    first = {passing: number for number, passing in reversed(list(enumerate(reached)))}
    return {
        passing
        for passing, number in first.items()
        if passing[1] == "after" and number + 1 < len(reached)
        and (following := reached[number + 1])[1] == "before"
        and ELSEWHERE not in (passing[0], following[0]) and first[following] == number + 1
    }  # fmt: skip
