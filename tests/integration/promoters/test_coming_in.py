"""How one comes into a store: asked about, at once, or as a customer; and what one agrees to."""

from __future__ import annotations

from uuid import UUID

import pytest

import tenants
from app import promoters
from app.flows.apply_as_promoter import apply_as_promoter
from app.flows.publish_terms import publish_terms
from app.kernel.errors import InvalidInput
from app.promoters import Entry, PromoterPolicy
from tenants import Tenant
from tests import builders_earning as build
from tests import builders_selling as selling


async def _entry(entry: Entry, amount: int = 0) -> None:
    async with tenants.transaction():
        await promoters.save_policy(PromoterPolicy(entry=entry, entry_net_amount=amount))


async def test_where_everybody_may_sell_nobody_waits(shop: Tenant, other_shop: Tenant) -> None:
    await _entry("everyone")
    login = await build.login()

    here, there = await apply_as_promoter(login, shop.slug), await apply_as_promoter(login, other_shop.slug)

    assert (here.status, there.status) == ("approved", "pending")


async def test_a_customer_comes_in_at_once_and_whoever_has_not_bought_waits_but_is_not_refused(shop: Tenant) -> None:
    await _entry("buyers", 4390)
    await selling.paid_order()
    customer, stranger = await build.login(email="YA@example.test"), await build.login()

    assert (await apply_as_promoter(customer, shop.slug)).status == "approved"
    assert (await apply_as_promoter(stranger, shop.slug)).status == "pending"


async def test_nobody_applies_without_accepting_the_newest_terms(shop: Tenant) -> None:
    old = await publish_terms("You earn 10%.", by="Su He")
    new = await publish_terms("You earn 12%.", by="Su He")
    login = await build.login()

    unread: tuple[UUID | None, ...] = (None, old.id)
    for version in unread:
        with pytest.raises(InvalidInput):
            await apply_as_promoter(login, shop.slug, terms=version)
    made = await apply_as_promoter(login, shop.slug, terms=new.id, kinds=["leader", "sharer", "king"])

    async with tenants.transaction():
        assert await promoters.accepted_at(made.id, new)
        assert not await promoters.accepted_at(made.id, old)
    assert (made.kinds, new.version) == (["sharer", "leader"], 2)


async def test_new_terms_are_mailed_once_to_everybody_who_sells(shop: Tenant) -> None:
    await build.promoter()
    await build.promoter(status="pending")

    first = await publish_terms("You earn 10%.\r\nNo fee.", by="Su He")
    again = await publish_terms(" You earn 10%.\nNo fee. ", by="Su He")

    async with tenants.transaction():
        told = await tenants.connection().fetchval("SELECT count(*) FROM message WHERE kind = 'life.terms'")
    assert (first.id, told) == (again.id, 1)
