"""The store's own page about itself."""

from __future__ import annotations

import asyncio
import sys

import tenants
from app import store
from app.flows.change_look import change_look
from tenants import Tenant

profile_module = sys.modules["app.store.profile"]  # `store.profile` is the function


async def test_a_new_look_gives_the_theme_file_a_new_version(shop: Tenant) -> None:
    before, _css = await store.theme_css(shop)

    await change_look(store.Look("#ffe066", paper="plain"), store.Hero(title="Peaches"), {}, set())

    after, css = await store.theme_css(shop)
    assert after > before
    assert "--on-brand:#1b1916" in css, "dark text on a light color"
    assert (await store.profile()).hero_title == "Peaches"


async def test_a_look_nobody_offers_falls_back_to_a_readable_one(shop: Tenant) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("""UPDATE store_profile SET look = '{"brand": "url(evil)"}'""")
    store.forget()

    _version, css = await store.theme_css(shop)

    assert "evil" not in css


async def test_terms_are_kept_for_this_store_only(shop: Tenant, other_shop: Tenant) -> None:
    terms = store.Terms(
        name="Peach house", tagline="", contact_email="", freight_amount=800, free_freight_from_amount=9900,
        payment_minutes=20, default_commission_bps=1250, click_window_days=30,
    )  # fmt: skip

    async with tenants.transaction():
        await store.change_terms(terms)

    assert (await store.profile()).freight_amount == 800
    with tenants.bind(other_shop):
        assert (await store.profile()).freight_amount == 0


async def test_one_visitor_reads_the_profile_anew_and_the_crowd_does_not_wait(shop: Tenant) -> None:
    before = (await store.profile()).payment_minutes
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET payment_minutes = 7")
    grow_old(shop)

    seen = await asyncio.gather(*(_minutes() for _ in range(20)))

    assert sorted(seen) == sorted([7, *[before] * 19])
    assert await _minutes() == 7


async def _minutes() -> int:
    return (await store.profile()).payment_minutes


def grow_old(shop: Tenant) -> None:
    """The kept copy is a second older than it may be."""
    _until, kept = profile_module._kept[shop.id]
    profile_module._kept[shop.id] = (0.0, kept)
