"""Products are kept, found, published and changed."""

from __future__ import annotations

import pytest

import tenants
from app import catalog
from app.flows.save_product import save_product, set_status
from app.flows.store_pictures import fetch_picture
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests.builders_backoffice import make_product


async def test_pages_lead_forwards_and_back_again(shop: Tenant) -> None:
    for number in range(7):
        await make_product(f"Product {number}")

    async with tenants.transaction():
        first = await catalog.list_recent(limit=3)
        second = await catalog.list_recent(limit=3, after=first.next)
        third = await catalog.list_recent(limit=3, after=second.next)
        back = await catalog.list_recent(limit=3, before=second.previous)

    assert [len(page.items) for page in (first, second, third)] == [3, 3, 1]
    assert not first.previous
    assert not third.next
    assert [card.id for card in back.items] == [card.id for card in first.items]


async def test_search_finds_words_inside_chinese_titles_and_takes_signs_literally(shop: Tenant) -> None:
    await make_product("阳山水蜜桃 8 只装")
    await make_product("100% Honey")

    async with tenants.transaction():
        peaches = await catalog.list_published(query="蜜桃")
        percent = await catalog.list_published(query="0%")
        anything = await catalog.list_published(query="_")

    assert [card.title for card in peaches.items] == ["阳山水蜜桃 8 只装"]
    assert [card.title for card in percent.items] == ["100% Honey"]
    assert anything.items == []


async def test_a_draft_is_not_found_by_shoppers(shop: Tenant) -> None:
    product = await make_product("Peach", status="draft")

    async with tenants.transaction():
        with pytest.raises(NotFound):
            await catalog.find_published("peach")
        await catalog.find_product(product)
    await set_status([product], "published")
    async with tenants.transaction():
        assert (await catalog.find_published("peach")).published_at


async def test_two_products_cannot_share_an_address(shop: Tenant) -> None:
    await make_product("Peach")

    with pytest.raises(InvalidInput) as refusal:
        await make_product("Peach")

    assert refusal.value.fields == {"handle": "Another product has this address."}


async def test_a_variant_of_another_product_cannot_be_taken_over(shop: Tenant) -> None:
    peach, rice = await make_product("Peach"), await make_product("Rice")
    async with tenants.transaction():
        foreign = (await catalog.find_product(peach)).variants[0]

    stolen = catalog.VariantEdit(id=foreign.id, price_amount=1)
    await save_product(catalog.ProductEdit(title="Rice", variants=(stolen,)), rice)

    async with tenants.transaction():
        assert (await catalog.find_product(peach)).variants == (foreign,)


async def test_a_picture_on_a_private_address_is_never_asked_for(shop: Tenant) -> None:
    product, picture = await make_product(), new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO product_image (id, product, position, source, created_at)"
            " VALUES ($1, $2, 1, 'http://127.0.0.1:1/latest/meta-data', now())",
            picture, product,
        )  # fmt: skip

    assert await fetch_picture(picture, last=False)

    async with tenants.transaction():
        found = await catalog.find_picture(picture)
    assert (found.status, found.failure) == ("failed", "This address is not on the public internet.")


async def test_a_neighbor_sees_nothing_of_it(shop: Tenant, other_shop: Tenant) -> None:
    product = await make_product("Peach")

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert (await catalog.list_recent()).items == []
            with pytest.raises(NotFound):
                await catalog.find_product(product)
