"""Everything about one request, as its pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.aftersales.reading import Aftersale, Event, Line, events_of, find, lines_of
from app.aftersales.thread import Picture, Said, pictures_of, said_about


@dataclass(frozen=True, slots=True)
class Dossier:
    case: Aftersale
    lines: list[Line]
    events: list[Event]
    said: list[Said]
    pictures: list[Picture]


async def dossier_of(aftersale: UUID) -> Dossier:
    """Raises NotFound."""
    return Dossier(
        await find(aftersale),
        await lines_of(aftersale),
        await events_of(aftersale),
        await said_about(aftersale),
        await pictures_of(aftersale),
    )
