"""Every area's life, a file each. A new area adds a file with `LIFE = Life(...)`; nothing else has to be told."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from tests.faults.life import Life


@cache
def every() -> dict[str, Life]:
    """By the name of its file."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").LIFE for name in names}
