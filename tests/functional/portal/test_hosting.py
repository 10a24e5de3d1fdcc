"""A host signs up, joins a store, shares a link and watches the board."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import commissions, promoters
from app.flows.decide_promoter import decide_promoter
from app.flows.fold_clicks import fold_clicks
from app.kernel.ids import new_id
from app.portal import board
from app.portal.board import nudges
from app.portal.stores import read_slug
from tenants import Tenant
from tests import builders_earning as build
from tests.builders_running import listened_to
from tests.functional.conftest import Visitor, own_address, store_address
from workers.attribution import HANDLERS
from workers.context import JobContext

JOB = JobContext(new_id(), "attribution.decide", 1, 12)


def _host(path: str = "/") -> str:
    return own_address("host", path)


async def _sign_up(visitor: Visitor, email: str = "") -> str:
    email = email or f"{new_id().hex}@host.test"
    answer = await visitor.submit(
        _host("/sign-up"), {"name": "小雅", "email": email, "password": "correct horse battery"}
    )
    assert answer.status_code == 303, answer.text
    return email


async def _approved(shop: Tenant, visitor: Visitor, rate_bps: int = 1500) -> promoters.Promoter:
    """Signed up, applied and approved."""
    await _sign_up(visitor)
    answer = await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        waiting = (await promoters.everyone("pending"))[0]
    return await decide_promoter(waiting.id, True, rate_bps, "Su He")


async def _make_link(visitor: Visitor, **fields: Any) -> str:
    answer = await visitor.submit(_host("/links"), {"label": "", **fields}, page=_host("/links/new"))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def _sold(shop: Tenant, visitor: Visitor, another_visitor: Visitor) -> UUID:
    """The paid order of somebody who came by the host's link."""
    await _approved(shop, visitor)
    peaches = await build.product(handle="peaches", title="阳山水蜜桃")
    path = await _make_link(visitor, product=str(peaches))
    shared = await visitor.get(_host(path))
    code = re.search(r"/l/([0-9a-z]{10})", shared.text)
    assert code is not None

    landed = await another_visitor.get(store_address(shop, f"/l/{code[1]}"))
    order = await build.order(visitor=landed.cookies["visitor"].partition(".")[0], goods=(8780,))  # type: ignore[arg-type]
    await build.mark_paid(order)
    await HANDLERS["attribution.decide"](JOB, order_id=str(order))
    await fold_clicks()
    return order


async def _open_receipt(visitor: Visitor) -> Any:
    earnings = await visitor.get(_host("/earnings"))
    line = re.search(r'href="(/receipts/[0-9a-f-]+)"', earnings.text)
    assert line is not None
    return await visitor.get(_host(line[1]))


async def test_from_sign_up_to_commission_on_the_board(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    await _sold(shop, visitor, another_visitor)

    board = await visitor.get(_host("/"))
    assert board.status_code == 200
    figure = re.search(r'class="v num" aria-live="off">.*?</p>', board.text, re.DOTALL)
    assert figure is not None
    assert re.sub(r"<[^>]+>", "", figure[0].partition(">")[2]) == "¥13.17"
    assert "阳山水蜜桃" in board.text
    receipt = await _open_receipt(visitor)
    assert (receipt.status_code, "last_click/1" in receipt.text) == (200, True)


async def test_a_receipt_says_what_refunds_took_back(shop: Tenant, visitor: Visitor, another_visitor: Visitor) -> None:
    order = await _sold(shop, visitor, another_visitor)
    async with tenants.transaction():
        [line] = await commissions.lines_of(order)
        await commissions.reverse(line.id, 117)

    receipt = (await _open_receipt(visitor)).text

    assert "¥12.00" in receipt
    assert "¥1.17" in receipt
    assert "¥13.17" not in receipt


@pytest.mark.parametrize("path", ["/", "/links", "/links/new", "/live", "/earnings", "/stores"])
async def test_every_page_asks_strangers_to_sign_in(visitor: Visitor, path: str) -> None:
    answer = await visitor.get(_host(path))

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant", "en"])
async def test_every_page_speaks_every_language(shop: Tenant, visitor: Visitor, locale: str) -> None:
    await _approved(shop, visitor)
    link = await _make_link(visitor)
    planned = await visitor.submit(_host("/live"), {"title": "周六", "platform": "douyin"}, page=_host("/live"))
    visitor.cookies.set("lang", locale)

    for path in ("/", "/stores", "/links", "/links/new", link, "/live", planned.headers["location"], "/earnings"):
        answer = await visitor.get(_host(path))
        assert answer.status_code == 200, path
        assert f'lang="{locale}"' in answer.text
        assert "style=" not in answer.text.replace('rel="stylesheet"', "")


async def test_a_link_has_a_code_to_scan_and_a_poster_to_send(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    path = await _make_link(visitor, product=str(await build.product()))

    svg = await visitor.get(_host(f"{path}/qr.svg"))
    png = await visitor.get(_host(f"{path}/qr.png"))
    poster = await visitor.get(_host(f"{path}/poster.png"))
    again = await visitor.get(_host(f"{path}/poster.png"), headers={"If-None-Match": poster.headers["etag"]})

    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert png.content.startswith(b"\x89PNG")
    assert (poster.status_code, poster.content[:4]) == (200, b"\x89PNG")
    assert again.status_code == 304


async def test_a_host_waits_for_the_answer_and_cannot_make_links_meanwhile(shop: Tenant, visitor: Visitor) -> None:
    await _sign_up(visitor)
    await visitor.submit(_host(f"/join/{shop.slug}"), {}, page=_host(f"/join/{shop.slug}"))

    answer = await visitor.submit(_host("/links"), {"label": ""}, page=_host("/links/new"))

    assert answer.status_code == 403


async def test_nobody_opens_another_hosts_things(shop: Tenant, visitor: Visitor, another_visitor: Visitor) -> None:
    await _approved(shop, visitor)
    link = await _make_link(visitor)
    planned = await visitor.submit(_host("/live"), {"title": "Mine", "platform": "douyin"}, page=_host("/live"))
    await _sign_up(another_visitor)
    await another_visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))

    for path in (link, f"{link}/poster.png", f"{link}/qr.svg", planned.headers["location"]):
        assert (await another_visitor.get(_host(path))).status_code == 404, path


async def test_a_wrong_password_is_refused_in_plain_words(visitor: Visitor) -> None:
    email = await _sign_up(visitor)

    answer = await visitor.submit(_host("/sign-in"), {"email": email, "password": "not the password"})

    assert answer.status_code == 422
    assert email in answer.text


async def test_a_nudge_reaches_the_board_before_its_next_heartbeat(shop: Tenant) -> None:
    host = await build.promoter()
    link = await build.link(host)
    stream = nudges(f"board:{shop.id}:{host.id}")
    assert (await anext(stream)).event == "ready"
    waiting = asyncio.ensure_future(anext(stream))
    await listened_to(f"board:{shop.id}:{host.id}")

    await build.click(link)
    await fold_clicks()

    assert (await asyncio.wait_for(waiting, board.HEARTBEAT_SECONDS / 2)).event == "changed"
    await stream.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "qinghe",
        " QINGHE ",
        "qinghe.localhost",
        "http://qinghe.localhost:8000/products",
        "http://host.localhost/join/qinghe",
    ],
)
def test_a_store_is_found_by_name_address_or_invitation(text: str) -> None:
    assert read_slug(text.lower()) == "qinghe"


async def test_a_host_makes_many_links_at_once_and_takes_them_along(shop: Tenant, visitor: Visitor) -> None:
    host = await _approved(shop, visitor)
    peaches, page = await build.product(title="Peaches"), _host("/links/batches/new")

    made = await visitor.submit(
        page, {"promoters": str(host.id), "products": str(peaches), "whole_store": "yes"}, page=page
    )

    assert made.status_code == 303, made.text
    here = _host(made.headers["location"])
    assert "Peaches" in (await visitor.get(here)).text
    table = (await visitor.get(f"{here}/links.csv")).text
    assert len(re.findall(r"/l/[0-9a-z]{10}", table)) == 2


async def test_links_of_somebody_elses_act_are_not_shown(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    host, page = await _approved(shop, visitor), _host("/links/batches/new")
    made = await visitor.submit(page, {"promoters": str(host.id), "whole_store": "yes"}, page=page)
    await _approved(shop, another_visitor)

    for tail in ("", "/links.csv", "/links.xlsx"):
        assert (await another_visitor.get(_host(made.headers["location"] + tail))).status_code == 404
