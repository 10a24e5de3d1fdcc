"""Pages kept in memory: the same for everybody, in everybody's language, and gone the moment the store changes."""

from tenants import Tenant, lifecycle
from tests.functional.conftest import Visitor, store_address


async def test_a_kept_page_answers_again_with_everything_but_its_request_id(visitor: Visitor, shop: Tenant) -> None:
    first = await visitor.get(store_address(shop))
    second = await visitor.get(store_address(shop))

    assert first.status_code == second.status_code == 200
    assert first.text == second.text
    assert "x-cacheable" not in second.headers
    assert "script-src 'self'" in second.headers["content-security-policy"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_closed_store_is_not_answered_from_memory(visitor: Visitor, shop: Tenant) -> None:
    assert (await visitor.get(store_address(shop))).status_code == 200

    await lifecycle.change_status(shop.id, "suspended", reason="Unpaid", actor_id=shop.id, actor_name="Test")

    assert (await visitor.get(store_address(shop))).status_code == 503


async def test_every_reader_gets_the_page_in_their_own_language(visitor: Visitor, shop: Tenant) -> None:
    for cookie, language in (("", "en"), ("lang=zh-Hans", "zh-Hans"), ("a=b;\xa0lang=zh-Hant", "zh-Hant"), ("", "en")):
        headers = [(b"Cookie", cookie.encode("latin-1"))] if cookie else []
        page = await visitor.get(store_address(shop), headers=headers)
        assert f'<html lang="{language}"' in page.text


async def test_one_store_never_answers_with_the_page_of_another(
    visitor: Visitor, shop: Tenant, other_shop: Tenant
) -> None:
    mine = await visitor.get(store_address(shop))
    theirs = await visitor.get(store_address(other_shop))

    assert shop.name in mine.text
    assert shop.name not in theirs.text
    assert other_shop.name in theirs.text
