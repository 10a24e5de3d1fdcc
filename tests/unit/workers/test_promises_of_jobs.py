"""Every job that is asked for anywhere has somebody who does it; failures are repeated with growing pauses."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from infra.settings import ROOT
from workers.context import JobContext, backoff
from workers.queues import PLANS, decode, encode
from workers.registry import HANDLERS, collect

POSTED = re.compile(r'(?:outbox\.post|\bWish)\(\s*"([a-z_]+\.[a-z_.]+)"')


def asked_for() -> dict[str, Path]:
    return {
        kind: path
        for floor in ("app", "workers")
        for path in (ROOT / floor).rglob("*.py")
        for kind in POSTED.findall(path.read_text())
    }


def test_every_job_that_is_asked_for_has_a_handler() -> None:
    orphans = {kind: str(path) for kind, path in asked_for().items() if kind not in HANDLERS}

    assert orphans == {}


def test_two_handlers_for_one_kind_are_refused() -> None:
    async def handler(context: JobContext) -> None:
        return

    with pytest.raises(RuntimeError, match="twice"):
        collect({"a.b": handler}, {"a.b": handler})


def test_pauses_grow_and_stay_bounded() -> None:
    pauses = [backoff(attempt).total_seconds() for attempt in range(1, 12)]

    assert pauses[0] < 1.5
    assert all(later > earlier for earlier, later in pairwise(pauses[:6]))
    assert max(pauses) <= 900 * 1.2


def test_a_store_never_holds_more_than_a_quarter_of_a_workers_places() -> None:
    assert all(plan.per_store * 4 <= plan.max_jobs for plan in PLANS.values())


def test_jobs_travel_as_json() -> None:
    message: dict[str, Any] = {"f": "run_job", "a": ["x", 1], "k": {}, "t": None, "et": 0}

    assert decode(encode(message)) == message
    assert ast.literal_eval(encode({"a": 1}).decode()) == {"a": 1}
