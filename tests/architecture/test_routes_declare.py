"""Every handler says who may call it and how its form is checked; looking never changes anything."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

from tests.architecture.route_table import SAFE, Operation, operations

# Unsafe methods without a form check: machines that sign their body, programs whose token no browser sends by itself
# (the API reads no cookies), and the doorman's own refusal.
UNCHECKED = {"webhooks", "api", "anywhere"}
# GETs that do change something, and why that is right.
CHANGES_ON_GET = {
    "storefront GET /l/{code:str}": "a click is a visit: it is stored before the visitor is sent on",
    "storefront HEAD /l/{code:str}": "the same, asked by a link preview; stored as not qualifying",
    "backoffice GET /enter": "spends the one-time code that carried a sign-in here from another host",
    "portal GET /enter": "spends the one-time code that carried a sign-in here from another host",
    "console GET /enter": "spends the one-time code that carried a sign-in here from another host",
}
# Calls that change something, by the name they are called by.
POSTING = {"post", "save", "place", "insert", "delete", "update", "remove", "execute", "executemany", "open_session"}
READING_OWNERS = {"cookies", "headers", "memo", "context", "values", "params"}


def test_every_handler_declares_who_may_call_it() -> None:
    assert [operation.name for operation in operations() if not operation.permission] == []


def test_every_unsafe_method_checks_where_its_form_came_from() -> None:
    loose = [
        operation.name
        for operation in operations()
        if operation.method not in SAFE
        and (
            operation.csrf not in ("session", "origin") if operation.face not in UNCHECKED else operation.csrf != "none"
        )
    ]

    assert loose == []


def test_only_the_origin_is_checked_where_no_session_can_be_ridden() -> None:
    """`origin` is for sign-in forms and for forms on pages that are the same for everybody."""
    wrong = [
        operation.name for operation in operations() if operation.csrf == "origin" and operation.permission != "public"
    ]

    assert wrong == []


def test_looking_changes_nothing() -> None:
    changing = [
        f"{operation.name} calls {call}"
        for operation in operations()
        if operation.method in SAFE and operation.name not in CHANGES_ON_GET
        for call in _changes(operation)
    ]

    assert changing == []


def test_a_planted_change_behind_a_get_is_seen() -> None:
    async def show() -> None:
        from tenants import outbox

        await outbox.post("planted")

    assert list(_called(show)) == ["outbox.post"]


def _changes(operation: Operation) -> list[str]:
    if operation.face == "anywhere" and len(operation.handler.http_methods) > 1:
        return []
    return list(_called(operation.handler.fn))


def _called(function: Any) -> list[str]:
    """Calls in this handler whose names say that something is written."""
    found = []
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in POSTING and owner.rpartition(".")[2] not in READING_OWNERS:
                found.append(f"{owner}.{node.func.attr}")
    return found
