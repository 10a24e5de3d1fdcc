"""The desk's forms carry keys; secrets and sessions are never kept with an answer."""

from __future__ import annotations

import re
from typing import Any

import tenants
from tenants import Tenant, platform
from tests.builders_backoffice import PASSWORD, admin, count, sign_in, staff_of
from tests.functional.backoffice.test_import_pages import CSV
from tests.functional.conftest import Visitor


async def _hidden(visitor: Visitor, path: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(_\w+)" value="([^"]*)"', (await visitor.get(admin(path))).text))


async def _kept(database: Any) -> list[tuple[int, bytes | None]]:
    rows = await database.fetch("SELECT answer_status, answer_body FROM idempotency_key ORDER BY id")
    return [(row["answer_status"], row["answer_body"]) for row in rows]


async def test_an_upload_sent_twice_is_one_import(shop: Tenant, visitor: Visitor) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))
    hidden = await _hidden(visitor, "/imports")

    def upload(text: str) -> Any:
        return visitor.submit(admin("/imports"), hidden, files={"file": ("p.csv", text.encode(), "text/csv")})

    first, again, other = await upload(CSV), await upload(CSV), await upload(CSV + "\n")

    assert first.headers["location"] == again.headers["location"]
    assert other.headers["x-refusal"] == "idempotency.key_used_otherwise"
    assert await count("import_run") == 1


async def test_an_invitation_sent_twice_is_one_and_its_link_is_kept_nowhere(shop: Tenant, visitor: Visitor) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))
    form = {"email": "twice@example.test", "name": "New", "role": "picker"} | await _hidden(visitor, "/users")

    first = await visitor.submit(admin("/users"), form)
    again = await visitor.submit(admin("/users"), form, headers={"Accept-Language": "en"})

    assert "/welcome?code=" in first.text
    assert "/welcome?code=" not in again.text
    assert "already done" in again.text
    async with tenants.transaction():
        assert await _kept(tenants.connection()) == [(200, None)]


async def test_a_sign_in_is_never_kept(shop: Tenant, visitor: Visitor) -> None:
    form = {"email": await staff_of(shop, "owner"), "password": PASSWORD}

    for _ in range(2):
        answer = await visitor.submit(admin("/sign-in"), form, headers={"Idempotency-Key": "one"})
        assert "tz_merchant" in answer.headers["set-cookie"]

    async with platform.transaction() as database:
        assert await _kept(database) == []
