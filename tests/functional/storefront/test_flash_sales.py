"""What a shopper sees of a flash sale before and while its goods go, and how one of several variants is picked."""

from __future__ import annotations

from datetime import timedelta

import tenants
from app.group_buying import ItemDraft
from app.kernel.clock import now
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address


async def test_a_sale_shows_how_much_is_gone_and_what_is_being_paid(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    sale = await campaigns.campaign(quota=10)
    await campaigns.join_and_pay(sale)
    await campaigns.join(sale)

    page = (await visitor.get(store_address(shop, f"/campaigns/{sale.code}"))).text

    assert "8 left" in page
    assert "2 of 10 gone" in page
    assert "1 of them is being paid" in page
    assert 'form="join"' in page


async def test_a_sale_that_is_sold_out_says_so_and_leads_on(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    sale = await campaigns.campaign(quota=1)
    await campaigns.join_and_pay(sale)

    page = (await visitor.get(store_address(shop, f"/campaigns/{sale.code}"))).text

    assert "Sold out: see what else there is" in page
    assert 'form="join"' not in page


async def test_a_sale_that_has_not_begun_counts_down_to_its_beginning(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    sale = await campaigns.campaign(quota=10, starts_at=now() + timedelta(hours=2))

    page = (await visitor.get(store_address(shop, f"/campaigns/{sale.code}"))).text

    assert 'aria-label="Time until it opens"' in page
    assert "10 at this price" in page
    assert 'form="join"' not in page


async def test_one_of_several_variants_is_picked(shop: Tenant, visitor: Visitor) -> None:
    small, large = await selling.offer(title="Peaches"), await selling.offer(title="Large")
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE variant SET product = $1, position = 2, title = 'Large', option_values = '{Large}' WHERE id = $2",
            small.product, large.variant,
        )  # fmt: skip
    sale = await campaigns.campaign(items=[ItemDraft(each.variant, 2990, None) for each in (small, large)])
    page = store_address(shop, f"/campaigns/{sale.code}")
    shown = (await visitor.get(page)).text

    joined = await visitor.submit(f"{page}/join", {"pick": str(large.variant), "units_picked": "2"})
    nothing = await visitor.submit(f"{page}/join", {"pick": "none", "units_picked": "2"})

    assert f'name="pick" value="{small.variant}" checked' in shown
    assert "/checkout" in joined.headers["Location"]
    assert nothing.headers["Location"] == f"/campaigns/{sale.code}"


async def test_the_list_of_campaigns_says_why_to_come_now(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    await campaigns.campaign(kind="team_group", price=3990, terms={"people": 3})

    page = (await visitor.get(store_address(shop, "/campaigns"))).text

    assert "3 people buy together and pay ¥39.9 each" in page


async def test_a_sale_for_members_says_so_before_anybody_tries(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    sale = await campaigns.campaign(audience="members")

    page = (await visitor.get(store_address(shop, f"/campaigns/{sale.code}"))).text

    assert "Only for: Members." in page
    assert f"/sign-in?next=/campaigns/{sale.code}" in page
