"""Staff find a store, close it with a reason, and let it go on."""

from __future__ import annotations

from infra.postgres import connect_platform_owner
from tenants import Tenant, platform
from tests.builders_console import sign_in_as_staff, staff_member
from tests.functional.conftest import Visitor, own_address, store_address


async def test_strangers_are_asked_to_sign_in(visitor: Visitor) -> None:
    for path in ("/", "/jobs", "/audit", "/health", "/colleagues"):
        answer = await visitor.get(own_address("staff", path))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")


async def test_a_wrong_password_is_refused_in_plain_words(visitor: Visitor) -> None:
    email, _ = await staff_member()

    answer = await visitor.submit(own_address("staff", "/sign-in"), {"email": email, "password": "not this one at all"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert email in answer.text


async def test_a_store_is_found_by_its_name_and_address(visitor: Visitor, shop: Tenant, other_shop: Tenant) -> None:
    await sign_in_as_staff(visitor, "viewer")

    answer = await visitor.get(own_address("staff", f"/?q={shop.slug[-6:]}"))

    assert answer.status_code == 200
    assert f"/tenants/{shop.slug}" in answer.text
    assert f"/tenants/{other_shop.slug}" not in answer.text


async def test_the_list_goes_on_page_by_page(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor, "viewer")
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO tenant (id, slug, name, schema_name, status, locale, currency, time_zone, selling_mode,"
            " schema_version, created_at) SELECT gen_random_uuid(), 'paged-' || n || $1, 'Paged', 'x' || n || $1,"
            " 'deleted', 'en', 'CNY', 'UTC', 'live', 1, now() - n * interval '1 second' FROM generate_series(1, 30) n",
            shop.slug[-8:],
        )

    first = await visitor.get(own_address("staff", f"/?status=deleted&q={shop.slug[-8:]}"))
    link = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = await visitor.get(own_address("staff", link))

    assert first.text.count("/tenants/paged-") == 25
    assert second.text.count("/tenants/paged-") == 5
    assert 'rel="prev"' in second.text


async def test_a_suspended_store_is_closed_and_opens_again_as_it_was(visitor: Visitor, shop: Tenant) -> None:
    email = await sign_in_as_staff(visitor, "operator")
    page = own_address("staff", f"/tenants/{shop.slug}/status")

    answer = await visitor.submit(
        page, {"to": "suspended", "reason": "Sells knives", "confirmation": shop.slug}, page=page
    )

    assert answer.status_code == 303
    assert (await visitor.get(store_address(shop))).status_code == 503
    log = (await visitor.get(own_address("staff", f"/audit?store={shop.slug}"))).text
    assert "Sells knives" in log
    assert email.split("@")[0][6:12] in log

    await visitor.submit(page, {"to": "trial", "reason": "They stopped", "confirmation": shop.slug}, page=page)
    assert (await visitor.get(store_address(shop))).status_code != 503


async def test_suspending_needs_a_reason_and_the_stores_name(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor)
    page = own_address("staff", f"/tenants/{shop.slug}/status")

    for fields in (
        {"to": "suspended", "reason": "", "confirmation": shop.slug},
        {"to": "suspended", "reason": "Because", "confirmation": "another-store"},
    ):
        assert (await visitor.submit(page, fields, page=page)).status_code == 422
    assert (await visitor.get(store_address(shop))).status_code != 503


async def test_a_viewer_may_look_but_not_touch(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor, "viewer")

    shown = await visitor.get(own_address("staff", f"/tenants/{shop.slug}"))
    page = own_address("staff", f"/tenants/{shop.slug}/status")
    refused = await visitor.submit(page, {"to": "suspended", "reason": "x" * 9, "confirmation": shop.slug}, page=page)

    assert shown.status_code == 200
    assert "/status" not in shown.text
    assert refused.status_code == 403
    assert (await visitor.get(own_address("staff", "/colleagues"))).status_code == 403


async def test_opening_a_store_is_on_record_once(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor)

    for _ in range(2):
        await visitor.get(own_address("staff", f"/tenants/{shop.slug}"))

    async with platform.transaction() as database:
        assert (
            await database.fetchval(
                "SELECT count(*) FROM audit_entry WHERE tenant = $1 AND action = 'tenant.opened'", shop.id
            )
            == 1
        )


async def test_pages_speak_three_languages(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor)
    words = {"en": "Jobs and queues", "zh-CN": "任务与队列", "zh-TW": "工作與佇列"}

    for language, text in words.items():
        answer = await visitor.get(own_address("staff", "/jobs"), headers={"Accept-Language": language})
        assert text in answer.text


async def test_the_health_page_names_what_stopped_answering(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor)
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO tenant_health (tenant, warehouse_error, checked_at) VALUES ($1, 'no such app key', now())"
            " ON CONFLICT (tenant) DO UPDATE SET warehouse_error = 'no such app key'",
            shop.id,
        )

    answer = await visitor.get(own_address("staff", "/health"))

    assert "no such app key" in answer.text
    assert "PostgreSQL" in answer.text
    assert shop.slug in (await visitor.get(own_address("staff", "/?health=troubled"))).text


async def test_a_log_changed_behind_our_back_is_noticed(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor)
    whole = await visitor.get(own_address("staff", "/audit?check=1"))
    owner = await connect_platform_owner()  # the program's own login may only append

    try:
        rows = await owner.fetch("SELECT id, actor_name FROM platform.audit_entry ORDER BY at DESC LIMIT 1")
        entry, name = rows[0]
        rename = "UPDATE platform.audit_entry SET actor_name = $2 WHERE id = $1"
        await owner.execute(rename, entry, "Nobody")
        broken = await visitor.get(own_address("staff", "/audit?check=1"))
        await owner.execute(rename, entry, name)
    finally:
        await owner.close()

    assert str(entry) not in whole.text
    assert str(entry) in broken.text
