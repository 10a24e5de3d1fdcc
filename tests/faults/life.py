"""What a life is: the journeys of one area, played in one store by a process that may die at any boundary of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.faults.boundaries import Moment


@asynccontextmanager
async def nobody(folder: Path) -> AsyncIterator[dict[str, str]]:
    """An area that needs no partner."""
    yield {}


@dataclass(frozen=True)
class Life:
    """`live` plays everything that can happen and comes by every boundary of `files`; `prepare` makes what it needs
    (and its answer is what `live` is given); both run in the bound store. `mend` is what the system does by itself
    afterwards, and `disagreements` tells what is wrong then.

    `around` runs the partners that outlive every process of ours and says what the dying one has to know of them.
    `calls` are the partners by the names the code has for them. `spared` gives a reason for each file that is not
    played.
    """

    files: tuple[str, ...]
    prepare: Callable[[], Awaitable[Any]]
    live: Callable[[Any], Awaitable[None]]
    mend: Callable[[], Awaitable[None]]
    disagreements: Callable[[], Awaitable[list[str]]]
    around: Callable[[Path], AbstractAsyncContextManager[Mapping[str, str]]] = nobody
    calls: frozenset[str] = frozenset()
    spared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """What one process has to do, and where it dies. Without a boundary it lives to its end."""

    life: str
    tenant_id: UUID
    made: Any
    boundary: str = ""
    moment: Moment = "before"


def flows(*names: str) -> tuple[str, ...]:
    return tuple(f"app/flows/{name}.py" for name in names)
