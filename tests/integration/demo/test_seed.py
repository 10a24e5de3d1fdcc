"""The demo stores: there after the first time, unchanged after the second."""

from __future__ import annotations

import tenants
from app import catalog, live, promoters, store
from app.demo import people, seed, sign_ins
from app.demo.stores import STORES
from app.flows.recompute_books import recompute_books
from app.kernel.clock import now
from migrations import runner
from tenants import directory, platform

# What waits at the desks of the supply side: waves, purchase orders, statements and exceptions by their states.
SUPPLY = """
SELECT (SELECT count(*) FROM pick_wave) AS waves, (SELECT count(*) FROM sku_alias) AS aliases,
    (SELECT count(*) FROM supply_statement) AS statements,
    (SELECT array_agg(status ORDER BY status) FROM purchase_order) AS purchases,
    (SELECT count(DISTINCT destination) FROM supply_unit WHERE destination_kind = 'point') AS points,
    (SELECT array_agg(kind || ' ' || status ORDER BY kind, status) FROM fulfillment_exception) AS exceptions
"""


async def _facts() -> dict[str, tuple[object, ...]]:
    facts: dict[str, tuple[object, ...]] = {}
    for demo in STORES:
        tenant = await directory.find_by_slug(demo.slug)
        assert tenant is not None
        with tenants.bind(tenant):
            async with tenants.transaction():
                profile = await store.read_profile()
                approved = {each.name: each for each in await promoters.everyone("approved")}
                host = approved[people.HOST.name]
                sessions = await live.sessions_of(host.id)
                waiting = await catalog.pictures_awaited(None)
                links = await tenants.connection().fetchval("SELECT count(*) FROM tracked_link")
                counted = await catalog.count_by_status()
                supply = await tenants.connection().fetchrow(SUPPLY)
        on_air = [session.status for session in sessions]
        facts[demo.slug] = (
            profile.hero_title, bool(profile.hero_key), counted, len(waiting), on_air, links, tuple(supply or ()),
        )  # fmt: skip
    return facts


async def test_two_demo_stores_are_made_once(pools: None) -> None:
    await runner.fill_pool(4)
    await seed()
    first = await _facts()

    await seed()

    assert await _facts() == first
    for hero, has_picture, counted, waiting, on_air, _links, _supply in first.values():
        assert hero
        assert has_picture
        assert counted == {"published": sum(counted.values())}  # type: ignore[attr-defined] # a dict of counts
        assert waiting == 0
        assert on_air == ["live"]
    assert {"qinghe", "yizhan"} <= first.keys()
    assert first["qinghe"][-1] == (
        1, 1, 2, ["accepted", "closed", "sent"], 2,
        ["held open", "supplier_refused open", "supplier_refused resolved"],
    )  # fmt: skip


async def test_the_books_of_the_demo_stores_add_up(pools: None) -> None:
    """What was sold elsewhere and what the network pays are among them."""
    await runner.fill_pool(4)
    await seed()

    for demo in STORES:
        tenant = await directory.find_by_slug(demo.slug)
        assert tenant is not None
        with tenants.bind(tenant):
            assert await recompute_books(now().date()) == 0
            async with tenants.transaction():
                assert await tenants.connection().fetchval("SELECT count(*) FROM external_line")


async def test_everybody_on_the_card_exists(pools: None) -> None:
    await runner.fill_pool(4)
    await seed()

    async with platform.transaction() as database:
        known = await database.fetchval(
            "SELECT (SELECT count(*) FROM merchant_login WHERE email = $1)"
            " + (SELECT count(*) FROM promoter_login WHERE email = $2)"
            " + (SELECT count(*) FROM staff_user WHERE email = $3)",
            people.MERCHANT.email, people.HOST.email, people.STAFF.email,
        )  # fmt: skip
    assert known == 3
    assert [who for who, _, _ in sign_ins()] == ["青禾鲜生", "一盞瓷", "merchant", "host", "supplier", "staff"]
