"""A campaign's page moves while it is looked at, and one look at the rows serves everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

import tenants
from app import group_buying
from app.flows import campaign_watch
from app.flows.campaign_seats import channel_of
from app.flows.campaign_watch import Look, View
from app.group_buying import Campaign
from app.kernel import pages, templating
from app.kernel.events import publish
from app.main import TEMPLATES
from app.storefront.campaign_live import look_at
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests.functional.conftest import Visitor, store_address

ENGLISH = View("en")


@pytest.fixture(scope="module")
def environment() -> Environment:
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    templating.install(made)
    made.globals.update(csrf_token=pages.form_token, idempotency_key=pages.form_key)
    return made


@pytest.fixture
async def telling(pools: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """What every process does as long as it lives."""
    heard = asyncio.Event()
    with monkeypatch.context() as at_first:
        at_first.setattr(campaign_watch, "tell", lambda channel: heard.set())
        listener = asyncio.create_task(campaign_watch.listen())
        while not heard.is_set():
            await publish("campaign:nobody's", "changed")
            await asyncio.sleep(0.01)
    yield
    listener.cancel()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_watch, "SUMMARY_SECONDS", 0.0)
    monkeypatch.setattr(campaign_watch, "GATHER_SECONDS", 0.05)


def open_page(shop: Tenant, sale: Campaign, look: Look, view: View = ENGLISH) -> AsyncIterator[bytes]:
    return campaign_watch.watch(channel_of(sale.id), view, look, tenant_id=shop.id, address="10.0.0.1")


async def next_of(stream: AsyncIterator[bytes]) -> str:
    return (await asyncio.wait_for(anext(stream), 60)).decode()


async def test_a_payment_reaches_every_open_page(shop: Tenant, environment: Environment, telling: None) -> None:
    sale = await campaigns.campaign(price=2990)
    look = look_at(shop, sale.code, environment)
    english, chinese = open_page(shop, sale, look), open_page(shop, sale, look, View("zh-Hans"))
    for page in (english, chinese):
        assert await next_of(page) == "retry: 3000\n\n"
        assert "29.9" in await next_of(page)

    await campaigns.join_and_pay(sale)

    for page, words in ((english, "1 person has joined."), (chinese, "已有 1 人参加")):
        moved = await next_of(page)
        assert words in moved
        assert "event: changed" in moved
        await page.aclose()  # type: ignore[attr-defined]


async def test_many_watch_and_the_rows_are_read_once(shop: Tenant, environment: Environment) -> None:
    sale = await campaigns.campaign()
    looks: list[set[View]] = []
    really = look_at(shop, sale.code, environment)

    async def look(views: set[View], known: object) -> tuple[object, Any]:
        looks.append(views)
        return await really(views, known)

    watching = [open_page(shop, sale, look) for _ in range(50)]
    for page in watching:
        await anext(page)
    first = [await next_of(page) for page in watching]
    before = len(looks)
    for _ in range(5):
        campaign_watch.tell(channel_of(sale.id))
    told = [await next_of(page) for page in watching]

    assert len(set(first)) == len(set(told)) == 1
    assert len(looks) == before + 1
    for page in watching:
        await page.aclose()  # type: ignore[attr-defined]


async def test_whoever_leaves_is_forgotten_and_there_is_an_end_to_how_many_may_watch(
    shop: Tenant, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_watch, "MOST_PER_ADDRESS", 1)
    sale = await campaigns.campaign()
    page = open_page(shop, sale, look_at(shop, sale.code, environment))
    await anext(page)

    assert not campaign_watch.has_room(shop.id, "10.0.0.1")
    assert campaign_watch.has_room(shop.id, "10.0.0.2")
    await page.aclose()  # type: ignore[attr-defined]
    assert campaign_watch.has_room(shop.id, "10.0.0.1")


async def test_a_team_is_watched_on_its_own_page_and_an_invented_one_disturbs_nobody(
    shop: Tenant, environment: Environment
) -> None:
    sale = await campaigns.campaign(kind="team_group", terms={"people": 2, "hours": 24})
    await campaigns.join_and_pay(sale, choices={"team": "new"})
    async with tenants.transaction():
        (team,) = await group_buying.teams.with_free_seats(sale.id, 5)
    look = look_at(shop, sale.code, environment)
    invented, real = View("en", (("team", "zzz"),)), View("en", (("team", team.code),))

    pages = [open_page(shop, sale, look, view) for view in (invented, real)]
    for page in pages:
        await anext(page)
    shown = await next_of(pages[1])

    assert "1 more needed" in shown
    for page in pages:
        await page.aclose()  # type: ignore[attr-defined]


async def test_too_many_watchers_are_refused_and_a_draft_cannot_be_watched(
    shop: Tenant, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_watch, "MOST_PER_STORE", 0)
    sale, draft = await campaigns.campaign(), await campaigns.campaign(publish=False)

    assert (await visitor.get(store_address(shop, f"/campaigns/{sale.code}/stream"))).status_code == 429
    assert (await visitor.get(store_address(shop, f"/campaigns/{draft.code}/stream"))).status_code == 404


async def test_a_strangers_page_is_kept_until_the_campaign_moves(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    sale = await campaigns.campaign(quota=3)
    page = store_address(shop, f"/campaigns/{sale.code}")
    first = (await visitor.get(page)).text
    await campaigns.join(sale, units=1)

    kept = (await visitor.get(page)).text
    campaign_watch.tell(channel_of(sale.id))
    anew = (await visitor.get(page)).text

    assert "Only 3 left" in first
    assert kept == first
    assert "Only 2 left" in anew


async def test_whoever_has_a_session_is_never_answered_with_a_strangers_page(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    sale = await campaigns.campaign(quota=3)
    page, item = store_address(shop, f"/campaigns/{sale.code}"), await campaigns.item(sale.id)
    await visitor.submit(f"{page}/join", {f"units_{item.variant}": "1"})
    await another_visitor.get(page)

    own = await visitor.get(page)

    assert own.headers["cache-control"] == "no-store"
    assert (await another_visitor.get(page)).headers["cache-control"] == "private, no-cache"
