"""The program's own source files, read once for the tests of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("infra", "tenants", "app", "migrations", "workers")


@cache
def modules(*floors: str) -> tuple[Path, ...]:
    return tuple(path for floor in floors for path in sorted((ROOT / floor).rglob("*.py")))


def imports(path: Path) -> Iterator[str]:
    """Every module name an import statement of this file reaches, as far as the statement tells."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string written in a file except docstrings, with its line: SQL lives in strings, words about it do not."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
