"""Everything the simulator needs at hand, put together once per process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.simulation.agenda import Agenda
from infra.simulation.doors import Doors
from infra.simulation.luck import Luck
from infra.simulation.store import open_store
from infra.warehouse.simulator import older, records
from infra.warehouse.simulator.floor import Floor
from infra.warehouse.simulator.log import RunLog
from infra.warehouse.simulator.news import News
from infra.warehouse.simulator.schema import SCHEMA


class Desk:
    def __init__(self, path: Path) -> None:
        self.db = open_store(path, SCHEMA)
        self.luck = Luck()
        self.doors = Doors()
        self.log = RunLog(self.db)
        self.news = News(self.db, self.luck, self.log)
        self.agenda = self.news.agenda = Agenda(self.db, self._act)
        older.adopt(self.db)
        self.floor = Floor(self.db, self.agenda, self.news, self.luck)

    async def _act(self, kind: str, payload: dict[str, Any]) -> bool:
        account = records.find_account(self.db, payload["account"])
        if account is None:
            return True
        match kind:
            case "pick" | "pack":
                self.floor.progress(account, payload["reference"], packed=kind == "pack")
            case "ship":
                self.floor.ship(account, payload["reference"])
            case "receive":
                self.floor.receive(account, payload["reference"])
            case "move":
                self.floor.move(account, payload["tracking"], payload["leg"])
            case "tell":
                return await self.news.send(account, payload)
            case "again":
                return await self.news.send_again(account, payload)
            case "tracking":
                return await self.news.send_tracking(account, payload)
        return True
