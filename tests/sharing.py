"""Which worker runs what: whole programs never meet another of their kind, and what takes longest begins first.

xdist has groups of its own, but they travel in the names of tests, which pytest no longer lets it change; they are then
ignored without a word. So the groups are told here, by place, and handed out by its scheduler for scopes.
"""

from __future__ import annotations

from typing import Any

import pytest

# Everything below a place is one group, run in order by one worker: one program and one browser for all of its tests,
# or one storm at a time.
GROUPS = {
    "tests/browser/": "browser",
    "tests/faults/test_faults.py": "storms",
    "tests/faults/test_flash_sale.py": "storms",
    "tests/integration/demo/test_journey.py": "storms",
    "tests/unit/kernel/test_translations_are_complete.py": "texts",  # collected once
}
# Handed out in this order before everything else, lest one worker is busy with the last of them while the other waits.
LONG = (
    "tests/model/", "tests/browser/", "tests/faults/test_faults.py", "tests/faults/test_flash_sale.py",
    "tests/integration/demo/test_journey.py", "tests/faults/", "tests/functional/webhooks/test_mutated_notices.py",
)  # fmt: skip


def group_of(test: str) -> str:
    """A test that belongs to no group is one by itself."""
    return next((group for place, group in GROUPS.items() if test.startswith(place)), test)


def _turn(test: str) -> int:
    return next((turn for turn, place in enumerate(LONG) if test.startswith(place)), len(LONG))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False  # our order stands
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = group_of
    return scheduler
