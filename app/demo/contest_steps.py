"""The contest of a live evening: the merchant sets its two hosts against each other, the board says who leads, and what
it says is provisional until refunds are through."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demo.steps import until
from app.demo.visitor import Page, Value
from app.demo.world import World, at
from app.kernel.clock import now

TITLE = "Orchard duel"


class Duel:
    """What the pages of one contest are asked to do and say. `leader` is the name of who sells more."""

    def __init__(self, world: World, leader: str) -> None:
        self.world, self.leader = world, leader
        self.merchants = self.hosts = ""

    async def draft(self, session: str) -> str:
        """Open a contest that counts what this session sells, by its id, from this minute on."""
        page = await self.world.merchant.open(at("admin", "/contests/new"))
        form = page.form("title", "metric", action="/contests/new")
        full_hour = datetime.fromisoformat(form.fields["starts_at"]) - timedelta(hours=1)
        start = full_hour + timedelta(minutes=now().minute)
        sides: dict[str, Value] = {name: "alone" for name in form.names if name.startswith("side_")}
        saved = await self.world.merchant.submit(
            page, form, None, title=TITLE, starts_at=start.isoformat(timespec="minutes"), scope="live_session",
            live_session=session, prize_1="100", cap="10", **sides,
        )  # fmt: skip
        opened = await self.world.merchant.press(saved.require(TITLE, "What it may cost"), "/open")
        self.merchants = opened.require("Under way").url
        return opened.url

    async def who_leads(self) -> str:
        listed = await self.world.host.open(at("host", "/contests"))
        self.hosts = listed.require(TITLE).link("/contests/")

        async def counted() -> Page:
            return (await self.world.host.open(self.hosts)).require(f"{self.leader} leads by", "My place")

        return (await until(counted, seconds=20, what="the orders on the board of the contest")).url

    async def close(self) -> str:
        page = await self.world.merchant.open(self.merchants)
        (await self.world.merchant.press(page, "/close")).require("Provisional")
        return (await self.world.host.open(self.hosts)).require("Over, and provisional").url
