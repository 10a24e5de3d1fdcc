"""What the pickers find, and into how many parcels the packers put it."""

from __future__ import annotations

import msgspec

from infra.simulation.luck import Luck
from infra.warehouse.simulator.records import Account, Found, Line, Missing

OTHER = "-OTHER"  # what a line with a wrong number lies under


def missing(account: Account, lines: list[Line], luck: Luck) -> list[Missing]:
    """Every line counts once: nothing of it, another number in its place, or one piece too few."""
    manners = account.behavior
    found = [Missing(line.line_id, line.sku, line.quantity) for line in lines if line.sku in manners.short_skus]
    found += [
        Missing(line.line_id, line.sku, line.quantity, manners.found_skus[line.sku])
        for line in lines
        if line.sku in manners.found_skus and line.sku not in manners.short_skus
    ]
    if not found and luck.strikes(account.app_key, manners.seed, manners.wrong_bps):
        first = lines[0]
        return [Missing(first.line_id, first.sku, first.quantity, first.sku + OTHER)]
    if not found and luck.strikes(account.app_key, manners.seed, manners.short_bps):
        return [Missing(lines[0].line_id, lines[0].sku, 1)]
    return found


def leaving(account: Account, lines: list[Line], lacking: list[Missing]) -> list[Line]:
    """What is left to send, under the number it lies under."""
    less = {one.line_id: one.missing for one in lacking}
    swapped = account.behavior.swapped_skus
    there = [
        msgspec.structs.replace(
            line, quantity=line.quantity - less.get(line.line_id, 0), sku=swapped.get(line.sku, line.sku)
        )
        for line in lines
    ]
    return [line for line in there if line.quantity > 0]


def parcels(account: Account, lines: list[Line], luck: Luck) -> list[list[Line]]:
    manners = account.behavior
    if not lines:
        return []
    split = manners.split or luck.strikes(account.app_key, manners.seed, manners.split_bps)
    return _split(lines) if split else [lines]


def inspected(account: Account, lines: list[Line], luck: Luck) -> list[Found]:
    manners = account.behavior
    found = []
    for line in lines:
        damaged = sum(luck.strikes(account.app_key, manners.seed, manners.damaged_bps) for _ in range(line.quantity))
        if line.sku in manners.damaged_skus:
            damaged = line.quantity
        found.append(Found(line.line_id, line.sku, line.quantity - damaged, damaged))
    return found


def _split(lines: list[Line]) -> list[list[Line]]:
    """Two parcels where there is more than one piece to pack."""
    if len(lines) > 1:
        return [lines[:1], lines[1:]]
    (line,) = lines
    if line.quantity == 1:
        return [lines]
    one = msgspec.structs.replace(line, quantity=1)
    return [[one], [msgspec.structs.replace(line, quantity=line.quantity - 1)]]
