"""What a visitor meets at the door: the right host, a closed store, nobody home."""

from infra import postgres
from tenants import Tenant, lifecycle
from tests.functional.conftest import Visitor, own_address, store_address


async def test_an_unknown_host_gets_a_plain_answer(visitor: Visitor) -> None:
    answer = await visitor.get("http://nobody-here.localhost:8400/")

    assert answer.status_code == 404
    assert "nobody-here.localhost" in answer.text


async def test_a_forwarded_host_is_never_believed(visitor: Visitor, shop: Tenant) -> None:
    answer = await visitor.get("http://nobody-here.localhost/", headers={"X-Forwarded-Host": f"{shop.slug}.localhost"})

    assert answer.status_code == 404


async def test_faces_cannot_be_named_in_a_path(visitor: Visitor, shop: Tenant) -> None:
    for path in ("/@backoffice/products", "/@console/", "/@refused/closed"):
        assert (await visitor.get(store_address(shop, path))).status_code == 404


async def test_a_suspended_store_says_so_and_keeps_its_promises(visitor: Visitor, shop: Tenant) -> None:
    await lifecycle.change_status(shop.id, "suspended", reason="Unpaid", actor_id=shop.id, actor_name="Test")

    answer = await visitor.get(store_address(shop))

    assert answer.status_code == 503
    assert shop.name in answer.text
    assert answer.headers["retry-after"]


async def test_every_answer_is_strict_about_scripts(visitor: Visitor, shop: Tenant) -> None:
    for address in (own_address("", "/health/ready"), store_address(shop, "/no-such-page")):
        policy = (await visitor.get(address)).headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


async def test_a_defect_is_a_page_with_a_reference_and_no_details(visitor: Visitor, shop: Tenant) -> None:
    owner = await postgres.connect_owner()
    await owner.execute(f'ALTER TABLE "{shop.schema_name}".product RENAME TO gone')
    await owner.execute(f'ALTER TABLE "{shop.schema_name}".cart RENAME TO gone_too')
    await owner.close()

    looked = await visitor.get(store_address(shop))
    sent = await visitor.submit(store_address(shop, "/cart/lines"), {"product": str(shop.id), "quantity": "1"})

    for answer in (looked, sent):
        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["x-request-id"] in answer.text
        assert "gone" not in answer.text
