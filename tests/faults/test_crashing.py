"""A process may die at any commit and any outbound call of a journey; every state it leaves behind is mended."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
from pathlib import Path

import pytest

import tenants
from infra.settings import ROOT
from tenants import Tenant
from tests import builders, invariants, washing
from tests.faults import lives
from tests.faults.boundaries import ELSEWHERE, Moment, Passing, boundaries, same_as_the_next
from tests.faults.dying import live
from tests.faults.life import Life, Part
from tests.figures import Figure

# A flow that opens a transaction and enters one of these rooms is played, or has its reason in `spared` of a life.
WATCHED = {"payments", "ledger", "wallets", "payouts", "inventory"}
# The test run dies at every so many of the deaths of a life, `make faults` at each.
STRIDE = int(os.environ.get("CRASH_STRIDE", "4"))
MOMENTS: tuple[Moment, Moment] = ("before", "after")

each_life = pytest.mark.parametrize("name", list(lives.every()))


async def _part(name: str, boundary: str = "", moment: Moment = "before") -> tuple[Tenant, Part]:
    tenant = await builders.open_store(f"crash-{secrets.token_hex(4)}")
    with tenants.bind(tenant):
        made = await lives.every()[name].prepare()
    return tenant, Part(name, tenant.id, made, boundary, moment)


async def _mended(tenant: Tenant, life: Life, where: object = "") -> None:
    with tenants.bind(tenant):
        await life.mend()
        found = await life.disagreements()
        assert not found, (where, found)
    await invariants.check(tenant)
    await washing.give_back(tenant)


def _is_watched(path: Path) -> bool:
    source = path.read_text()
    rooms = re.findall(r"^from app import (.+)$", source, re.MULTILINE)
    return "tenants.transaction()" in source and bool(WATCHED & {name for line in rooms for name in line.split(", ")})


def test_every_flow_that_touches_money_or_stock_is_tried() -> None:
    found = {path.stem for path in (ROOT / "app" / "flows").glob("*.py") if _is_watched(path)}
    played = {Path(file).stem for life in lives.every().values() for file in life.files}
    spared = {name for life in lives.every().values() for name in life.spared}

    assert found - played - spared == set()
    assert played & spared == set()


def test_two_deaths_are_one_only_when_nothing_lies_between_them() -> None:
    at_once: list[Passing] = [("a", "before"), ("a", "after"), ("b", "before"), ("b", "after")]
    between: list[Passing] = [("a", "before"), ("a", "after"), (ELSEWHERE, "before"), ("b", "before"), ("b", "after")]
    known_before: list[Passing] = [("b", "before"), ("b", "after"), *at_once]

    assert same_as_the_next(at_once) == {("a", "after")}
    assert same_as_the_next(between) == set()
    assert same_as_the_next(known_before) == {("b", "after")}


@each_life
@pytest.mark.timeout(900)
async def test_dying_at_any_boundary_leaves_nothing_half_done(
    name: str, pools: None, tmp_path: Path, figure: Figure
) -> None:
    """First somebody lives to the end and comes by every boundary; then one dies at each, before and after it.

    Two moments with nothing between them that outlives a process are one death, died at the second of them.
    """
    life, file = lives.every()[name], tmp_path / "reached"
    known_boundaries = boundaries(life.files, life.calls)
    async with life.around(tmp_path) as known:
        tenant, part = await _part(name)
        assert await live(part, known, file) == 0
        reached = [(where, when) for where, when in json.loads(file.read_text())]
        assert {one.name for one in known_boundaries} ^ {where for where, _ in reached} - {ELSEWHERE} == set()
        await _mended(tenant, life)

        twins = same_as_the_next(reached)
        every_death = [(one.name, moment) for one in known_boundaries for moment in MOMENTS]
        deaths = [death for death in every_death if death not in twins][len(name) % STRIDE :: STRIDE]
        for death in deaths:
            tenant, part = await _part(name, *death)
            assert await live(part, known, file) == -signal.SIGKILL, death
            await _mended(tenant, life, death)

    figure(
        f"crashes life={name} boundaries={len(known_boundaries)} deaths={len(deaths)} same_as_another={len(twins)}"
        " half_done=0"
    )
