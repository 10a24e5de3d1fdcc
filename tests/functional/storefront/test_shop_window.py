"""What the shop window says of its own accord: what is gone, what stands beside it, where a wrong address leads."""

from __future__ import annotations

from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address


async def test_what_is_gone_is_marked_before_anybody_opens_it(shop: Tenant, visitor: Visitor) -> None:
    await selling.offer(title="Peaches", stock=0)
    await selling.offer(title="Plums", stock=9)

    page = await visitor.get(store_address(shop))

    assert page.text.count("pc-gone") == 1


async def test_a_product_leads_on_to_others(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches")
    plums = await selling.offer(title="Plums")

    page = await visitor.get(store_address(shop, f"/products/{peaches.handle}"))

    assert f'href="/products/{plums.handle}"' in page.text


async def test_a_wrong_address_still_looks_like_the_store(shop: Tenant, visitor: Visitor) -> None:
    await visitor.get(store_address(shop))

    page = await visitor.get(store_address(shop, "/nowhere"))

    assert page.status_code == 404
    assert "/theme/" in page.text


async def test_even_where_no_store_is_the_page_has_its_looks(visitor: Visitor) -> None:
    page = await visitor.get("http://nobody-here.localhost/")
    sheet = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]

    assert page.status_code == 404
    assert (await visitor.get(f"http://nobody-here.localhost{sheet}")).status_code == 200


async def test_an_address_with_a_zero_byte_names_nothing(shop: Tenant, visitor: Visitor) -> None:
    for path in ("/products/%00", "/search?q=%00", "/collections/a%00b", "/campaigns/%00"):
        assert (await visitor.get(store_address(shop, path))).status_code in (200, 404), path
