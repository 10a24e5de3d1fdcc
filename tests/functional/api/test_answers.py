"""How the API says no, what it says only once, and that its document tells the truth."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from app.kernel import limits
from infra.settings import settings
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.architecture.route_table import operations
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import ADDRESS, place


async def test_what_belongs_to_others_is_unknown(shop: Tenant, program: Program, another_program: Program) -> None:
    peaches = await selling.offer()
    await program.come()
    await another_program.come()
    cart = (await program.send("POST", "/cart/lines", {"variant": str(peaches.variant)}))["cart"]
    waiting = await another_program.ask("POST", f"/carts/{cart['id']}/quote", {"country": "CN"})
    body = {"cart": cart["id"], "total": cart["total"]["amount"], "address": ADDRESS}
    taken = await another_program.ask("POST", "/orders", body, Idempotency_Key="one")
    number = (await place(program, cart)).json()["number"]

    asked = [
        waiting, taken, await another_program.ask("GET", f"/carts/{cart['id']}"),
        await another_program.ask("GET", f"/orders/{number}"),
        await another_program.ask("POST", f"/orders/{number}/payment", {}),
        await another_program.ask("POST", f"/orders/{number}/payment/checks"),
        await another_program.ask("POST", f"/orders/{number}/cancellation"),
    ]  # fmt: skip

    assert [answer.status_code for answer in asked] == [404] * len(asked)
    assert (await another_program.get("/orders"))["items"] == []
    assert (await program.get(f"/orders/{number}"))["status"] == "placed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", ""), (b"[]", ""), (b'"', ""), (b"\xff", ""), (b'{"units": []}', "units"), (b"{}", "units"),
        (b'{"units": [{"variant": "x", "quantity": 1}]}', "units[0].variant"),
        (b'{"units": [{"variant": "00000000-0000-0000-0000-000000000000", "quantity": 0}]}', "units[0].quantity"),
        (b'{"units": [{"quantity": 1}]}', "units[0].variant"),
        (b'{"units": [], "leader": 1}', "units"), (b'{"choices": {"team": ["x"]}, "units": []}', "choices.team"),
        (b'{"choices": {"team": "a\\u0000"}}', ""),
    ],
)  # fmt: skip
async def test_a_body_that_makes_no_sense_is_refused_at_its_place(
    shop: Tenant, program: Program, body: bytes, field: str
) -> None:
    sale = await campaigns.campaign()
    await program.come()

    answer = await program.client.post(
        f"{program.base}/campaigns/{sale.code}/join", content=body,
        headers={"Authorization": f"Bearer {program.token}"},
    )  # fmt: skip

    said = answer.json()
    assert (answer.status_code, said["code"], list(said["fields"])) == (422, "invalid_input", [field]), said


async def test_an_address_is_refused_field_by_field(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer()
    await program.come()
    cart = (await program.send("POST", "/cart/lines", {"variant": str(peaches.variant)}))["cart"]

    answer = await place(program, cart, address=ADDRESS | {"phone": "1", "street": ""})

    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"address.phone", "address.street"}


@pytest.mark.parametrize(
    "path", ["/nowhere", "/products/nothing", "/products/%00", "/products?q=%00", "/campaigns/none", "/orders/none"]
)
async def test_unknown_addresses_are_told_in_json(shop: Tenant, program: Program, path: str) -> None:
    await program.come()

    answer = await program.ask("GET", path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_card_number_is_refused_here_too(shop: Tenant, program: Program) -> None:
    answer = await program.ask("POST", "/session", {"email": "4242 4242 4242 4242"})

    assert answer.json()["code"] == "card_number_refused"


async def test_what_is_known_already_is_not_sent_again(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer(stock=5)
    path = f"/products/{peaches.handle}"
    tag = (await program.ask("GET", path)).headers["etag"]

    same = await program.ask("GET", path, If_None_Match=f'"other", W/{tag}')
    await selling.order(peaches)
    changed = await program.ask("GET", path, If_None_Match=tag)

    assert (same.status_code, changed.status_code) == (304, 200)
    assert changed.json()["variants"][0]["left"] == 4


async def test_a_closed_store_says_so_in_json(shop: Tenant, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    await program.get("/store")
    monkeypatch.setattr("tenants.middleware.tenant_allows", lambda status, act: False)

    answer = await program.ask("GET", "/store")

    assert (answer.status_code, answer.json()["code"]) == (503, "tenants.store_closed")


async def test_one_token_and_one_place_have_a_pace(
    shop: Tenant, program: Program, another_program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "API_TOKEN", limits.Limit("api_token", 3, 1))
    await program.come()
    await another_program.come()
    answers = [await program.ask("GET", "/session") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (await another_program.ask("GET", "/session")).status_code == 200

    monkeypatch.setattr(limits, "API_ADDRESS", limits.Limit("api_address_low", 1, 1))
    assert [(await program.ask("GET", "/store")).status_code for _ in range(2)][1] == 429


async def test_other_origins_get_no_permission_to_read(shop: Tenant, program: Program) -> None:
    answer = await program.ask("GET", "/store", Origin="https://evil.example")
    asked = await program.client.options(
        f"{program.base}/store", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    )

    assert not any(name.startswith("access-control") for each in (answer, asked) for name in each.headers)


async def test_the_face_is_only_on_a_stores_own_host(shop: Tenant, client: httpx.AsyncClient) -> None:
    for label in ("", "admin", "host", "staff"):
        assert (await client.get(f"{settings().origin(label)}/api/v1/store")).status_code == 404
    for inner in ("/@api/v1/store", "/api/@api/v1/store", "/v1/store"):
        assert (await client.get(f"{settings().origin(shop.slug)}{inner}")).status_code == 404


async def test_the_document_describes_every_route_and_nothing_is_left_open(shop: Tenant, program: Program) -> None:
    await program.get("/store")
    described = {
        (method.upper(), path) for path, operations in program.document["paths"].items() for method in operations
    }
    routes = {
        (one.method, re.sub(r"\{(\w+):\w+\}", r"{\1}", one.path.removeprefix("/api/v1")))
        for one in operations()
        if one.face == "api" and not one.path.endswith("/openapi.json")
    }

    assert described == routes
    assert _open_references(program.document) == []
    names = [one["operationId"] for each in program.document["paths"].values() for one in each.values()]
    assert len(set(names)) == len(names)
    for path, each in program.document["paths"].items():
        for one in each.values():
            assert one["summary"]
            assert one["description"]
            in_path = {named["name"] for named in one["parameters"] if named["in"] == "path"}
            assert in_path == set(re.findall(r"\{(\w+)\}", path))


def _open_references(document: dict[str, Any]) -> list[str]:
    found, known = [], document["components"]["schemas"]

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            reference = part.get("$ref", "")
            if reference and reference.rpartition("/")[2] not in known:
                found.append(reference)
            for each in part.values():
                walk(each)
        elif isinstance(part, list):
            for each in part:
                walk(each)

    walk(document)
    assert not any("." in name or "_" in name for name in known)
    return found


async def test_the_document_names_the_host_that_was_asked(shop: Tenant, program: Program) -> None:
    await program.get("/store")

    assert program.document["servers"] == [{"url": program.base}]
