"""Making the demo stores: each step looks first whether it was done, so seeding again costs a few reads."""

from __future__ import annotations

from typing import get_args
from uuid import UUID

import tenants
from app import catalog, freight, identity, live, promoters, promotions, store, wallets
from app.demo import people
from app.demo.buying import issue_card
from app.demo.campaigning import open_campaigns
from app.demo.choosing import open_round
from app.demo.claiming import share_out
from app.demo.contesting import set_against
from app.demo.doubting import let_the_host_live_here
from app.demo.elsewhere import sell_elsewhere
from app.demo.linking import put_up_links
from app.demo.neighborhoods import open_points
from app.demo.packing import put_out
from app.demo.picking import pack_ourselves
from app.demo.planning import write_plans
from app.demo.ranking import name_levels
from app.demo.showing import show_the_evening
from app.demo.sourcing import name_suppliers
from app.demo.stores import POINTS, STORES, SUPPLIED, DemoStore
from app.demo.supplying import order_in
from app.flows.apply_as_promoter import apply_as_promoter
from app.flows.change_look import change_look
from app.flows.create_link import create_link
from app.flows.decide_promoter import decide_promoter
from app.flows.import_products import import_file
from app.flows.issue_gift_cards import issue_gift_cards
from app.flows.open_store import Wishes, open_store
from app.identity import Realm
from app.kernel.money import CURRENCIES
from app.store import Slot
from tenants import directory
from tenants.lifecycle import NewStore


async def seed() -> None:
    """Two stores with goods, looks, a host on air and three people who can sign in. Wants open pools."""
    merchant = await _account(identity.MERCHANT, people.MERCHANT, "zh-Hans")
    host = await _account(identity.PROMOTER, people.HOST, "zh-Hans")
    sharer = await _account(identity.PROMOTER, people.SHARER, "zh-Hans")
    orchard = await _account(identity.SUPPLIER, people.SUPPLIER, "zh-Hans")
    await _let_staff_in()
    for demo in STORES:
        tenant = await _opened(demo, merchant)
        with tenants.bind(tenant):
            await _stock_shelves(demo)
            await _dress(demo)
            await name_suppliers(demo.slug, demo.linked, orchard)
            await _promote(demo)
            await _put_on_air(demo, host)
            await share_out(demo.slug, sharer)
            await show_the_evening(demo.linked, host, sharer)
            await set_against(demo.slug, host, sharer, CURRENCIES[demo.currency].unit)
            await _give_a_card(demo)
            await open_points(demo.slug, host)
            if demo.slug == SUPPLIED:
                await _supply(merchant, host)
            await open_campaigns(demo.slug, CURRENCIES[demo.currency].step)
            await open_round(demo.slug)
            await write_plans(demo.slug)
            await put_out(demo.slug)
            await put_up_links(demo.slug, CURRENCIES[demo.currency].unit, host)
            await let_the_host_live_here(demo.slug)
            await sell_elsewhere(host)


async def _supply(merchant: UUID, host: UUID) -> None:
    """What neighbors bought, who packs it, and who delivers it: before anybody else has ordered something."""
    async with tenants.transaction():
        if await tenants.connection().fetchval("SELECT EXISTS (SELECT FROM orders)"):
            return
    card = await issue_card()
    await pack_ourselves(card, merchant)
    await order_in(card, host)


async def _account(realm: Realm, person: people.Person, locale: str) -> UUID:
    try:
        return await identity.register(
            realm, name=person.name, email=person.email, password=person.password, locale=locale
        )
    except identity.EmailTaken:
        return await identity.find_account(realm, person.email)


async def _let_staff_in() -> None:
    if people.STAFF.email not in {colleague.email for colleague in await identity.staff_users()}:
        await identity.create_staff(people.STAFF.email, people.STAFF.name, password=people.STAFF.password)


async def _opened(demo: DemoStore, owner: UUID) -> tenants.Tenant:
    known = await directory.find_by_slug(demo.slug)
    if known is not None:
        return known
    new = NewStore(demo.slug, demo.name, demo.locale, demo.currency, demo.time_zone, demo.selling_mode)
    wishes = Wishes(contact_email=people.MERCHANT.email, tagline=demo.tagline)
    return await open_store(new, wishes, owner_login=owner)


async def _stock_shelves(demo: DemoStore) -> None:
    """The catalog comes in as a merchant's would: a CSV and a folder of pictures."""
    async with tenants.transaction():
        if await catalog.count_by_status() and not await catalog.pictures_awaited(None):
            return
    await import_file(demo.slug, demo.folder / "products.csv", demo.folder)


async def _dress(demo: DemoStore) -> None:
    async with tenants.transaction():
        profile = await store.read_profile()
    if profile.hero_title:
        return
    async with tenants.transaction():
        await store.change_terms(
            store.Terms(
                name=demo.name,
                tagline=demo.tagline,
                contact_email=people.MERCHANT.email,
                freight_amount=demo.freight_amount,
                free_freight_from_amount=demo.free_freight_from_amount,
                payment_minutes=30,
                default_commission_bps=demo.commission_bps,
                click_window_days=30,
            )
        )
    async with tenants.transaction():
        await store.change_tax(demo.tax)
        await freight.save_template(demo.delivery)
    pictures: dict[Slot, bytes] = {slot: (demo.folder / f"{slot}.webp").read_bytes() for slot in get_args(Slot)}
    await change_look(store.PRESETS[demo.preset], demo.hero, pictures, set())


async def _promote(demo: DemoStore) -> None:
    """Coupons to claim and to type, levels, and points."""
    async with tenants.transaction():
        if await promotions.coupons(1):
            return
        for draft in demo.coupons:
            await promotions.start_coupon(await promotions.save_coupon(draft))
        for level in demo.levels:
            await promotions.save_level(level)
        await promotions.change_points_rule(POINTS)


async def _give_a_card(demo: DemoStore) -> None:
    """One gift card, so that the list shows what a card looks like. Nobody knows its code."""
    async with tenants.transaction():
        if (await wallets.list_cards()).items:
            return
    amount = 50 * CURRENCIES[demo.currency].unit
    await issue_gift_cards(
        wallets.NewCards(amount=amount, currency=demo.currency, origin="promotional", issued_by=people.MERCHANT.name)
    )


async def _put_on_air(demo: DemoStore, host: UUID) -> None:
    """An approved host with a live session and a link for the store and for each of a few products."""
    async with tenants.transaction():
        known = await promoters.find_by_login(host)
    if known is None or known.status == "pending":
        asked = await apply_as_promoter(host, demo.slug, note=demo.live_title)
        known = await decide_promoter(asked.id, True, demo.commission_bps, people.MERCHANT.name)
    await name_levels()
    async with tenants.transaction():
        if await live.sessions_of(known.id, most=1):
            return
        session = await live.schedule(known.id, demo.live_title, demo.live_platform)
        await live.start(session.id)
        goods = [await catalog.find_published(handle) for handle in reversed(demo.linked)]  # newest first everywhere
    await create_link(host)
    for product in goods:
        await create_link(host, product_id=product.id, session_id=session.id)
