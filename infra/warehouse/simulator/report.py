"""What happened in a rehearsal, counted from its log."""

from __future__ import annotations

from collections.abc import Iterable

from infra.warehouse.simulator.office import Asked, LogEntry, OrderCount, Report, Told

DONE = frozenset({"200", "slow"})


def summarize(run: str, log: Iterable[LogEntry], orders: Iterable[OrderCount], unheard: int) -> Report:
    entries = list(log)
    asked = [entry for entry in entries if entry.way == "asked"]
    told = [entry for entry in entries if entry.way == "told"]
    pushed = {entry.subject for entry in asked if entry.what == "push"}
    placed = [order for order in orders if order.reference in pushed]
    return Report(
        run=run,
        asked=tuple(_asked(what, [one for one in asked if one.what == what]) for what in _kinds(asked)),
        told=tuple(_told(what, [one for one in told if one.what == what]) for what in _kinds(told)),
        orders=len(placed),
        sent_again=sum(order.received > 1 for order in placed),
        shipped=sum(order.shipped for order in placed),
        parcels=sum(order.parcels for order in placed),
        backwards=_backwards(told),
        unheard=unheard,
    )


def _kinds(entries: Iterable[LogEntry]) -> list[str]:
    return list(dict.fromkeys(entry.what for entry in entries))


def _asked(what: str, entries: list[LogEntry]) -> Asked:
    unanswered = sum(entry.outcome not in DONE for entry in entries)
    return Asked(what, len(entries), unanswered, max(entry.took_ms for entry in entries))


def _told(what: str, entries: list[LogEntry]) -> Told:
    """How long until news was heard is told of the first time somebody took it."""
    first: dict[int, int] = {}
    for entry in entries:
        if _heard(entry):
            first.setdefault(entry.news, entry.since_ms)
    waits = sorted(first.values())
    return Told(
        what=what,
        news=len({entry.news for entry in entries}),
        times=len(entries),
        refused=sum(not _heard(entry) for entry in entries),
        usual_ms=waits[len(waits) // 2] if waits else 0,
        longest_ms=waits[-1] if waits else 0,
    )


def _heard(entry: LogEntry) -> bool:
    return entry.outcome == "acknowledged" or entry.outcome.startswith("2")


def _backwards(told: Iterable[LogEntry]) -> int:
    """News heard after later news about the same thing."""
    latest: dict[str, int] = {}
    found = set()
    for entry in told:
        if not _heard(entry):
            continue
        if entry.news < latest.get(entry.subject, 0) and entry.copy == 0:
            found.add(entry.news)
        latest[entry.subject] = max(latest.get(entry.subject, 0), entry.news)
    return len(found)
