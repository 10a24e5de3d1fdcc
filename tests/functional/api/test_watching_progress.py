"""A program sees a campaign move: by asking cheaply, or by a stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from app.api.campaign_live import EVERYBODY, look_at
from app.flows import campaign_watch
from app.flows.campaign_seats import channel_of
from infra.settings import settings
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests import builders_teams as teams
from tests.functional.api.conftest import Program


async def test_as_long_as_nothing_moves_the_answer_is_a_few_bytes(shop: Tenant, program: Program) -> None:
    sale = await campaigns.campaign(await selling.offer(stock=50), price=2990, quota=5)
    path = f"/campaigns/{sale.code}/live"

    first = await program.ask("GET", path)
    same = await program.ask("GET", path, If_None_Match=first.headers["etag"])
    await campaigns.join_and_pay(sale)
    campaign_watch.tell(channel_of(sale.id))
    moved = await program.ask("GET", path, If_None_Match=first.headers["etag"])

    assert (same.status_code, same.content) == (304, b"")
    assert (first.json()["progress"]["units"], first.json()["items"][0]["left"]) == (0, 5)
    assert (moved.status_code, moved.json()["progress"], moved.json()["items"][0]["left"]) == (
        200, {"units": 1, "people": 1}, 4,
    )  # fmt: skip


async def test_many_who_ask_within_a_second_cost_one_read(
    shop: Tenant, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = await campaigns.campaign()
    path = f"/campaigns/{sale.code}/live"
    await program.get(path)
    monkeypatch.setattr("app.api.campaign_live._read", None)

    assert [(await program.ask("GET", path)).status_code for _ in range(5)] == [200] * 5


async def test_the_stream_tells_how_it_stands_and_every_move(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_watch, "GATHER_SECONDS", 0.05)
    sale = await teams.campaign(people=3)
    stream = campaign_watch.watch(
        channel_of(sale.id), EVERYBODY, look_at(shop, sale.code), tenant_id=shop.id, address="10.0.0.1",
        form="program",
    )  # fmt: skip

    said = [await asyncio.wait_for(anext(stream), 60) for _ in range(2)]
    await teams.open_team(sale, choices={"team": "new"})
    campaign_watch.tell(channel_of(sale.id))
    moved = (await asyncio.wait_for(anext(stream), 60)).decode()
    await stream.aclose()  # type: ignore[attr-defined]

    assert said[0] == b"retry: 3000\n\n"
    event, _, data = said[1].decode().partition("\ndata: ")
    assert (event, json.loads(data)["teams"]) == ("event: progress", [])
    assert '"missing":2' in moved


async def test_the_stream_begins_at_once_and_is_no_json(shop: Tenant, app: Any, pools: None) -> None:
    sale = await campaigns.campaign()
    sent: asyncio.Queue[Any] = asyncio.Queue()
    host = settings().origin(shop.slug).partition("://")[2].encode()
    request = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": f"/api/v1/campaigns/{sale.code}/events", "raw_path": b"", "query_string": b"",
        "headers": [(b"host", host)], "client": ("127.0.0.1", 50003), "server": ("127.0.0.1", 80), "root_path": "",
    }  # fmt: skip
    stays = asyncio.Event()

    answering = asyncio.create_task(app(request, lambda: stays.wait(), sent.put))
    start, hello, first = [await asyncio.wait_for(sent.get(), 60) for _ in range(3)]
    answering.cancel()
    await asyncio.gather(answering, return_exceptions=True)

    headers = dict(start["headers"])
    assert (start["status"], headers[b"content-type"].partition(b";")[0]) == (200, b"text/event-stream")
    assert b"set-cookie" not in headers
    assert hello["body"] == campaign_watch.HELLO
    assert first["body"].startswith(b"event: progress\ndata: {")


async def test_when_too_many_watch_the_next_is_asked_to_come_later(
    shop: Tenant, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = await campaigns.campaign()
    monkeypatch.setattr(campaign_watch, "MOST_PER_STORE", 0)

    answer = await program.ask("GET", f"/campaigns/{sale.code}/events")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")


async def test_a_draft_is_watched_by_nobody(shop: Tenant, program: Program) -> None:
    draft = await campaigns.campaign(publish=False)

    for path in ("live", "events"):
        assert (await program.ask("GET", f"/campaigns/{draft.code}/{path}")).status_code == 404
