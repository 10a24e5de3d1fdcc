"""Everything the simulator needs at hand, put together once per process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.simulation.agenda import Agenda
from infra.simulation.doors import Doors
from infra.simulation.luck import Luck
from infra.simulation.store import open_store
from infra.warehouse.simulator import records
from infra.warehouse.simulator.floor import Floor
from infra.warehouse.simulator.news import News


class Desk:
    def __init__(self, path: Path) -> None:
        self.db = open_store(path, records.SCHEMA)
        self.luck = Luck()
        self.doors = Doors()
        self.news = News(self.db, self.luck)
        self.agenda = self.news.agenda = Agenda(self.db, self._act)
        self.floor = Floor(self.db, self.agenda, self.news)

    async def _act(self, kind: str, payload: dict[str, Any]) -> bool:
        app = records.find_app(self.db, payload["app_key"])
        if app is None:
            return True
        match kind:
            case "ship":
                self.floor.ship(app, payload["so_id"])
            case "move":
                self.floor.move(app, payload["l_id"], payload["leg"])
            case "callback":
                return await self.news.send_callback(app, payload)
            case "tracking":
                return await self.news.send_tracking(app, payload)
        return True
