"""The relay: turns what the stores posted into arq jobs, store after store, and never gives up.

It looks at a store when a hint names it, when a moment it noted has come, and on its rounds. Hints make it quick; the
rounds make it right: a lost hint costs one round. Stores wait in one line, each once, and a store takes at most its
share of a queue per look, so a busy store cannot keep the others waiting.
"""

from __future__ import annotations

import asyncio
import signal
from collections import OrderedDict
from uuid import UUID

import structlog

import tenants
from app.flows.record_clicks import drain_clicks
from infra import logging, redis
from tenants import directory, outbox, platform, scope
from workers import claims
from workers.doorbell import Doorbell
from workers.forever import forever, together, until_it_works
from workers.hearing import hear_of_changes
from workers.schedule import Schedule
from workers.timetable import keep_timetable

log = structlog.get_logger()

VISITORS = 4
ROUND_SECONDS = 1.0  # a round takes this long, or
PAUSE_SECONDS = 0.01  # this long per store, so that a thousand idle stores cost a tenth of a processor
REST_SECONDS = 0.02  # between two looks at a store that keeps ringing: one look finds what several hints were about


class Relay:
    def __init__(self) -> None:
        self.bell = Doorbell()
        self.schedule = Schedule()
        self._line: OrderedDict[UUID, None] = OrderedDict()
        self._somebody = asyncio.Event()
        self._inside: set[UUID] = set()
        self._once_more: set[UUID] = set()
        self._rested: dict[UUID, float] = {}

    async def run(self) -> None:
        """Until canceled."""
        await together(
            forever(self._hear_hints, "hints"),
            forever(self._go_round, "rounds"),
            forever(self._keep_moments, "moments"),
            forever(self._watch_valkey, "valkey"),
            *(forever(self._work_off, f"visitor-{number}") for number in range(VISITORS)),
        )

    def look_at(self, store: UUID) -> None:
        self._line.setdefault(store, None)
        self._somebody.set()

    def hear(self, store: UUID) -> None:
        """Look at it now, or a moment after the last look."""
        rested = self._rested.get(store, 0.0)
        if rested > asyncio.get_running_loop().time():
            self.schedule.note(store, rested)
        else:
            self.look_at(store)

    async def _hear_hints(self) -> None:
        client = redis.make_client(socket_timeout=10.0)
        try:
            while True:
                heard = await client.blpop([outbox.HINTS], timeout=2)  # type: ignore[misc]  # typed for both clients
                if heard is None:
                    continue
                more = await client.lpop(outbox.HINTS, 500)  # type: ignore[misc]  # typed for both clients
                for name in {heard[1], *(more or ())}:
                    self.hear(UUID(name.decode()))
        finally:
            await client.aclose()

    async def _go_round(self) -> None:
        while True:
            stores = await directory.everyone()
            pause = max(PAUSE_SECONDS, ROUND_SECONDS / max(1, len(stores)))
            for store in stores:
                self.look_at(store.id)
                await asyncio.sleep(pause)
            if not stores:
                await asyncio.sleep(ROUND_SECONDS)

    async def _keep_moments(self) -> None:
        while True:
            for store in await self.schedule.due():
                self.look_at(store)

    async def _watch_valkey(self) -> None:
        """A flushed or restarted Valkey has lost the bells of rows that wait: ring them all again."""
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            if await self.bell.lost_everything():
                log.warning("relay.valkey_was_emptied")
                for store in await directory.everyone():
                    with tenants.bind(store):
                        await claims.forget_bells()
                    self.look_at(store.id)
                await self.bell.remember()

    async def _work_off(self) -> None:
        while True:
            while not self._line:
                self._somebody.clear()
                await self._somebody.wait()
            await self.bell.works()
            if self._line:
                store, _ = self._line.popitem(last=False)
                await self._visit_alone(store)

    async def _visit_alone(self, store: UUID) -> None:
        """One visitor at a time in a store: two would each count the free places and together take too many."""
        if store in self._inside:
            self._once_more.add(store)
            return
        self._inside.add(store)
        try:
            await self._visit(store)
        finally:
            self._inside.discard(store)
            if store in self._once_more:
                self._once_more.discard(store)
                self.look_at(store)

    async def _visit(self, store_id: UUID) -> None:
        store = await directory.find(store_id)
        if store is None or store.status == "deleted":
            return
        now = asyncio.get_running_loop().time
        with tenants.bind(store):
            found = await claims.visit()
            self._rested[store_id] = now() + REST_SECONDS
            if found.claims and not await self.bell.ring(store_id, found.claims):
                await claims.unclaim(found.claims)
                self.look_at(store_id)
        if found.next_in is not None:
            self.schedule.note(store_id, now() + max(0.0, found.next_in) + 0.002)


async def _relay() -> None:
    loop = asyncio.get_running_loop()
    whole = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: whole and whole.cancel())
    await until_it_works(platform.open_pool, "platform pool")
    await until_it_works(scope.open_pools, "store pools")
    try:
        await together(
            Relay().run(),
            forever(hear_of_changes, "directory"),
            keep_timetable(),
            forever(drain_clicks, "clicks"),
        )
    except asyncio.CancelledError:
        log.info("relay.stopped")
    finally:
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()


def run_relay() -> None:
    """Blocks until SIGTERM or Ctrl-C. Any number of relays may run; rows are claimed by one only."""
    import uvloop

    logging.configure()
    uvloop.run(_relay())
