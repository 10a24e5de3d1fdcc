"""A host joins stores, and each store answers for itself."""

from __future__ import annotations

import pytest

import tenants
from app import links, promoters
from app.flows.apply_as_promoter import apply_as_promoter
from app.flows.create_link import create_link, pause_link
from app.flows.decide_promoter import decide_promoter, suspend_promoter
from app.flows.record_clicks import find_destination
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tenants.errors import UnknownStore
from tests import builders_earning as build


async def test_one_host_sells_for_two_stores_at_two_rates(shop: Tenant, other_shop: Tenant) -> None:
    login = await build.login()

    mine = await apply_as_promoter(login, shop.slug)
    theirs = await apply_as_promoter(login, other_shop.slug.upper())
    approved = await decide_promoter(mine.id, True, 1500, "Su He")

    assert (approved.status, approved.commission_bps, theirs.status) == ("approved", 1500, "pending")
    assert await promoters.stores_of(login) == [shop.id, other_shop.id]
    with tenants.bind(other_shop), pytest.raises(NotFound):
        await decide_promoter(mine.id, True, 5000, "somebody else")


async def test_asking_twice_is_asking_once_and_no_answer_is_changed_by_asking(shop: Tenant) -> None:
    login = await build.login()
    first = await apply_as_promoter(login, shop.slug)
    await decide_promoter(first.id, True, 800, "Su He")

    again = await apply_as_promoter(login, shop.slug)

    assert (again.id, again.status, again.commission_bps) == (first.id, "approved", 800)


async def test_there_is_no_such_store(pools: None) -> None:
    with pytest.raises(UnknownStore):
        await apply_as_promoter(await build.login(), "nowhere-at-all")


async def test_a_rate_above_half_is_refused(shop: Tenant) -> None:
    host = await build.promoter(status="pending")

    with pytest.raises(InvalidInput):
        await decide_promoter(host.id, True, 5_001, "Su He")


async def test_only_the_approved_create_links_and_only_for_what_is_on_the_shelf(shop: Tenant) -> None:
    waiting = await build.promoter(status="pending")
    host = await build.promoter()
    hidden = await build.product(status="draft")

    with pytest.raises(promoters.NotApproved):
        await create_link(waiting.login_id)
    with pytest.raises(NotFound):
        await create_link(host.login_id, product_id=hidden)


async def test_the_same_wish_gives_the_same_link(shop: Tenant) -> None:
    host, peaches = await build.promoter(), await build.product(handle="peaches")

    first = await create_link(host.login_id, product_id=peaches)
    again = await create_link(host.login_id, product_id=peaches)
    store = await create_link(host.login_id)

    assert first == again
    assert store.id != first.id
    destination = await find_destination(shop, first.code)
    assert destination == links.Destination(first.id, "/products/peaches", "")


async def test_nobody_links_into_another_hosts_session(shop: Tenant) -> None:
    host, other = await build.promoter(), await build.promoter()
    session = await build.session(other)

    with pytest.raises(NotFound):
        await create_link(host.login_id, session_id=session.id)


async def test_a_paused_link_leads_on_but_earns_nothing(shop: Tenant) -> None:
    host = await build.promoter()
    link = await build.link(host)

    await pause_link(host.login_id, link.id, paused=True)
    paused = await find_destination(shop, link.code)
    await pause_link(host.login_id, link.id, paused=False)
    resumed = await find_destination(shop, link.code)

    assert paused == links.Destination(link.id, "/", "paused")
    assert resumed == links.Destination(link.id, "/", "")
    with pytest.raises(NotFound):
        await pause_link(new_id(), link.id, paused=True)


async def test_a_suspended_promoters_link_leads_on_but_earns_nothing(shop: Tenant) -> None:
    host = await build.promoter()
    link = await build.link(host)

    await suspend_promoter(host.id, "Su He")

    destination = await find_destination(shop, link.code)
    assert destination is not None
    assert destination.barred == "promoter_not_approved"


async def test_a_code_means_nothing_in_another_store(shop: Tenant, other_shop: Tenant) -> None:
    link = await build.link(await build.promoter())

    assert await find_destination(other_shop, link.code) is None
