"""The merchant puts up links of channels, and makes many links at once."""

from __future__ import annotations

import html
import re
from typing import Any

import tenants
from app import links
from app.flows.fold_clicks import fold_clicks
from tenants import Tenant
from tests import builders_earning as build
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import Visitor, store_address

CARD = {"name": "Poster", "note": "at the station", "click_amount": "0.10", "order_amount": "3", "sale_bps": "12.5"}


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _sign_in(visitor: Visitor, shop: Tenant, role: str = "manager") -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


async def _channel(visitor: Visitor, **fields: str) -> str:
    answer = await visitor.submit(admin("/channels/new"), CARD | fields, page=admin("/channels/new"))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_channel_is_opened_its_poster_followed_and_its_page_tells(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    await _sign_in(visitor, shop)
    here = admin(await _channel(visitor))
    await visitor.submit(f"{here}/links", {"label": "north entrance"}, page=here)
    await visitor.submit(f"{here}/spends", {"amount": "20", "spent_on": "2026-11-01", "note": "print"}, page=here)
    async with tenants.transaction():
        (link,) = await tenants.connection().fetch("SELECT id, code FROM tracked_link")

    landed = await another_visitor.get(store_address(shop, f"/l/{link['code']}"))

    assert landed.headers["location"] == "/"
    assert "Poster" in (await visitor.get(admin("/channels"))).text
    page = await visitor.get(f"{here}?days=0")
    assert "north entrance" in page.text
    assert "¥20.00" in _text(page.text)
    assert (await visitor.get(admin(f"/links/{link['id']}/qr.svg"))).text.startswith("<svg")
    assert (await visitor.get(admin(f"/links/{link['id']}/qr.png"))).content.startswith(b"\x89PNG")


async def test_a_channel_that_makes_no_sense_is_refused_with_what_was_typed(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    page = admin("/channels/new")

    refused = await visitor.submit(page, CARD | {"name": "Nonsense", "sale_bps": "many"}, page=page)

    assert refused.status_code == 422
    assert "Enter percent like 12.5." in refused.text
    assert 'value="Nonsense"' in refused.text
    async with tenants.transaction():
        assert await links.channels() == []


async def test_other_rates_a_new_name_closing_and_opening(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    here = admin(await _channel(visitor))

    await visitor.submit(f"{here}/edit", CARD | {"name": "Big poster", "order_amount": "5"}, page=f"{here}/edit")
    await visitor.submit(f"{here}/close", {}, page=here)
    closed = await visitor.get(here)
    await visitor.submit(f"{here}/open", {}, page=here)

    assert "Big poster" in closed.text
    assert "Version 2" in closed.text
    assert "Open again" in closed.text
    async with tenants.transaction():
        assert [one.status for one in await links.channels()] == ["active"]


async def test_an_amount_of_a_day_to_come_is_refused(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    here = admin(await _channel(visitor))

    refused = await visitor.submit(f"{here}/spends", {"amount": "1", "spent_on": "2099-01-01", "note": ""}, page=here)

    assert refused.status_code == 422
    assert "still to come" in refused.text


async def test_somebody_who_only_reads_changes_no_channel(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    here = admin(await _channel(visitor))
    await _sign_in(visitor, shop, "read_only")

    read = await visitor.get(here)
    refused = await visitor.submit(f"{here}/close", {}, page=here)

    assert (read.status_code, refused.status_code) == (200, 403)
    assert "/close" not in read.text


async def test_many_links_are_made_and_taken_away(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    host, peaches = await build.promoter(name="Ajie"), await build.product(title="Peaches")
    waiting = await build.promoter(name="Waiting", status="pending")
    page = admin("/links/batches/new")
    chosen: dict[str, Any] = {"promoters": [str(host.id), str(waiting.id)], "products": str(peaches), "label": "autumn"}

    made = await visitor.submit(page, chosen, page=page)

    assert made.status_code == 303, made.text
    here = admin(made.headers["location"])
    shown = _text((await visitor.get(here)).text)
    assert "Waiting: The store has not approved this person." in shown
    assert "1 new, 0 were there before" in shown
    table = await visitor.get(f"{here}/links.csv")
    assert table.headers["content-disposition"].endswith('.csv"')
    assert '"Ajie","Peaches"' in table.text
    assert (await visitor.get(f"{here}/links.xlsx")).content.startswith(b"PK")


async def test_nothing_chosen_is_said_beside_the_lists(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    host, page = await build.promoter(name="Ajie"), admin("/links/batches/new")

    refused = await visitor.submit(page, {"promoters": str(host.id), "label": "kept"}, page=page)

    assert refused.status_code == 422
    assert "Choose what the links show." in refused.text
    assert 'value="kept"' in refused.text


async def test_a_link_with_odd_traffic_says_why_and_where_it_is_listed(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    host = await build.promoter(name="Ajie")
    link = await build.link(host)
    async with tenants.transaction():
        await links.write_clicks([build.click_of(link, reason="machine") for _ in range(60)])
    await fold_clicks()
    async with tenants.transaction():
        await links.look_at_traffic()

    one = _text((await visitor.get(admin(f"/links/{link.id}"))).text)

    assert "100% of the arrivals were machines, looks ahead or parts of other pages." in one
    for path in ("/links", f"/promoters/{host.id}"):
        assert "Traffic" in _text((await visitor.get(admin(path))).text)


async def test_single_clicks_are_kept_as_long_as_the_merchant_says(shop: Tenant, visitor: Visitor) -> None:
    await _sign_in(visitor, shop)
    page = admin("/links")

    saved = await visitor.submit(f"{page}/keeping", {"keep_days": "60"}, page=page)
    refused = await visitor.submit(f"{page}/keeping", {"keep_days": "3"}, page=page)

    assert (saved.status_code, refused.status_code) == (303, 422)
    async with tenants.transaction():
        assert await links.keep_days() == 60
