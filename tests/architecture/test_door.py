"""A room is entered by its door."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, imports, modules, place

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
ROOMS = set(CONTRACTS[1]["layers"][-2].split(" | "))  # the floor above `kernel`


def _room_of(path: Path) -> str | None:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "app" and len(parts) > 2 and parts[1] in ROOMS else None


def _broken_doors(path: Path) -> list[str]:
    """A name the door offers may be taken at the door; a file behind it may not be reached, however it is written."""
    found = []
    for name in imports(path):
        floor, room, *inside = [*name.split("."), "", ""][: max(2, name.count(".") + 1)]
        if floor != "app" or room not in ROOMS or room == _room_of(path) or not inside:
            continue
        behind = ROOT / "app" / room / inside[0]
        if behind.is_dir() or behind.with_suffix(".py").exists():
            found.append(f"{place(path)} reaches behind the door of {room}: {name}")
    return found


def test_the_rooms_are_those_of_the_import_contract() -> None:
    assert {"orders", "ledger", "commissions"} <= ROOMS


@pytest.mark.parametrize("floor", ["app", "workers"])
def test_a_room_is_entered_by_its_door(floor: str) -> None:
    broken = [line for path in modules(floor) for line in _broken_doors(path)]

    assert broken == []


def test_every_port_is_forbidden_to_rooms_and_faces() -> None:
    ports = {f"infra.{path.parent.name}" for path in (ROOT / "infra").glob("*/port.py")}

    assert ports - {"infra.storage"} <= set(CONTRACTS[2]["forbidden_modules"])


def test_every_file_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        place(path)
        for path in modules("infra", "tenants", "app", "migrations", "workers")
        if not path.read_text().startswith(('"""', "#!"))
    ]

    assert silent == []
