"""The merchant sees who could recommend, with every point, and asks; the asked shopper answers without an account."""

from __future__ import annotations

from typing import Any

import tenants
from app import koc
from tenants import Tenant
from tests import builders_earning as build
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import store_address

PAGE = admin("/promoters/recommenders")


async def test_a_customer_who_agreed_is_listed_asked_and_answers(visitor: Any, shop: Tenant) -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    one = await build.customer("mei@shopper.test")
    await build.mark_paid(await build.order(customer=one))
    await build.mark_paid(await build.order(customer=one))
    async with tenants.transaction():
        await koc.say_consent(one, True, how="account")
        await koc.count_scores()

    listed = (await visitor.get(f"{PAGE}?low=30&asked=no")).text
    everybody = (await visitor.get(PAGE)).text
    asked = await visitor.submit(f"{PAGE}/{one}/invitation", {}, page=PAGE)
    async with tenants.transaction():
        invitation = await tenants.connection().fetchval("SELECT id FROM koc_invitation")
    mine = store_address(shop, f"/invitations/{invitation}/{koc.answer_key(invitation, shop.id)}")
    shown = (await visitor.get(mine)).text
    answered = await visitor.submit(mine, {"answer": "accepted"}, page=mine)

    assert "Repeat orders: 1" in listed
    assert "+10" in everybody
    assert asked.status_code == 303
    assert "There is no fee" in shown
    assert answered.status_code == 303
    assert answered.headers["location"].endswith(f"/join/{shop.slug}")
    assert "Said yes" in (await visitor.get(PAGE)).text
    assert (await visitor.get(store_address(shop, f"/invitations/{invitation}/none"))).status_code == 404
