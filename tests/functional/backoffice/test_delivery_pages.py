"""The owner says what delivery costs and how sales are taxed."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import freight, store
from tenants import Tenant
from tests.builders_backoffice import admin, make_product, sign_in, staff_of

FORM = {
    "name": "Chilled", "charged_by": "weight", "rows": "1",
    "country_1": "CN", "areas_1": "江苏、浙江", "delivers_1": "yes", "first_units_1": "1", "first_amount_1": "8",
    "further_units_1": "0.5", "further_amount_1": "2", "free_from_amount_1": "99", "free_from_pieces_1": "",
    "delivers_0": "yes", "first_units_0": "1", "first_amount_0": "15", "further_units_0": "1", "further_amount_0": "5",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _templates() -> list[freight.Template]:
    async with tenants.transaction():
        return await freight.templates()


async def _made(owner: Any, **changed: str) -> freight.Template:
    answer = await owner.submit(admin("/delivery/new"), FORM | changed, page=admin("/delivery/new"))
    assert answer.status_code == 303, answer.text
    return next(one for one in await _templates() if one.name == (FORM | changed)["name"])


async def test_the_first_template_becomes_the_default_and_reads_as_it_was_typed(owner: Any) -> None:
    assert "No templates yet" in (await owner.get(admin("/delivery"))).text

    made = await _made(owner)

    near, rest = made.regions
    assert (made.is_default, made.charged_by) == (True, "weight")
    assert (near.areas, near.first_units, near.further_units) == (("江苏", "浙江"), 1_000, 500)
    assert (near.first_amount, near.further_amount, near.free_from_amount) == (800, 200, 9_900)
    assert (rest.country, rest.first_amount, rest.further_amount) == ("", 1_500, 500)
    page = (await owner.get(admin(f"/delivery/{made.id}"))).text
    assert 'value="江苏、浙江"' in page
    assert 'value="0.5"' in page
    assert "Chilled" in (await owner.get(admin("/delivery"))).text


async def test_managers_look_after_delivery_though_the_settings_are_the_owners(visitor: Any, shop: Tenant) -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "manager"))

    assert 'href="/delivery"' in (await visitor.get(admin("/"))).text
    made = await _made(visitor)

    assert (await visitor.get(admin(f"/delivery/{made.id}"))).status_code == 200
    assert (await visitor.get(admin("/settings"))).status_code == 403


async def test_others_do_not_change_what_delivery_costs(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "finance"))

    assert (await visitor.get(admin("/delivery"))).status_code == 403


async def test_the_try_out_box_answers_for_what_is_typed_and_saves_nothing(owner: Any) -> None:
    trial = {"act": "try", "try_pieces": "2", "try_weight": "1.6", "try_country": "CN", "try_region": "浙江省"}

    near = await owner.submit(admin("/delivery/new"), FORM | trial, page=admin("/delivery/new"))
    free = await owner.submit(admin("/delivery/new"), FORM | trial | {"try_amount": "99"}, page=admin("/delivery/new"))
    nowhere = FORM | trial | {"try_country": "JP", "delivers_0": "no"}
    away = await owner.submit(admin("/delivery/new"), nowhere, page=admin("/delivery/new"))

    assert "Delivery costs ¥12.00." in near.text
    assert "Delivery is free." in free.text
    assert "does not deliver there" in away.text
    assert 'value="Chilled"' in near.text
    assert await _templates() == []


async def test_more_rows_are_asked_for_without_script(owner: Any) -> None:
    answer = await owner.submit(admin("/delivery/new"), FORM | {"act": "more"}, page=admin("/delivery/new"))

    assert 'name="country_3"' in answer.text
    assert 'value="江苏、浙江"' in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Give the template a name"),
        ({"first_amount_1": "much"}, "Enter an amount"),
        ({"further_units_1": "0"}, "more than zero"),
        ({"first_units_0": "1.2345"}, "Enter kilograms"),
        ({"free_from_pieces_0": "-1"}, "whole number"),
        ({"delivers_0": "no", "delivers_1": "no"}, "deliver somewhere"),
        ({"charged_by": "volume"}, "offered values"),
    ],
)
async def test_a_template_with_a_hole_is_refused_and_keeps_what_was_typed(
    owner: Any, wrong: dict[str, str], said: str
) -> None:
    answer = await owner.submit(admin("/delivery/new"), FORM | wrong, page=admin("/delivery/new"))

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="江苏、浙江"' in answer.text
    assert await _templates() == []


async def test_a_template_is_not_removed_while_products_use_it(owner: Any) -> None:
    await _made(owner)
    bulky = await _made(owner, name="Bulky", charged_by="piece", further_units_1="1")
    product = await make_product("Chair")
    page = admin(f"/products/{product}")
    assert "Bulky" in (await owner.get(page)).text
    await owner.submit(page, {"title": "Chair", "price_1": "43.90", "freight_template": str(bulky.id)}, page=page)

    refused = await owner.submit(admin(f"/delivery/{bulky.id}/removal"), page=admin(f"/delivery/{bulky.id}"))

    assert "1 products use this template" in (await owner.get(admin(refused.headers["location"]))).text
    await owner.submit(page, {"title": "Chair", "price_1": "43.90", "freight_template": ""}, page=page)
    await owner.submit(admin(f"/delivery/{bulky.id}/removal"), page=admin(f"/delivery/{bulky.id}"))
    assert [one.name for one in await _templates()] == ["Chilled"]


async def test_another_template_takes_over_as_the_default(owner: Any) -> None:
    await _made(owner)

    await _made(owner, name="Flat", charged_by="flat", is_default="yes")

    assert [(one.name, one.is_default) for one in await _templates()] == [("Flat", True), ("Chilled", False)]


async def test_tax_is_set_with_its_rate_and_its_name(owner: Any) -> None:
    page = admin("/settings/tax")
    form = {"tax_mode": "exclusive", "tax_rate": "12.5", "tax_name": "GST", "tax_on_freight": "yes"}

    answer = await owner.submit(page, form, page=page)

    assert answer.status_code == 303
    profile = await store.profile()
    assert (profile.tax_mode, profile.tax_bps, profile.tax_name, profile.tax_on_freight) == (
        "exclusive", 1250, "GST", True,
    )  # fmt: skip
    assert "GST of 12.5% is added" in (await owner.get(admin("/settings"))).text


@pytest.mark.parametrize(
    "wrong", [{"tax_rate": ""}, {"tax_rate": "51"}, {"tax_rate": "a"}, {"tax_name": ""}, {"tax_mode": "sometimes"}]
)
async def test_tax_without_a_rate_or_a_name_is_refused(owner: Any, wrong: dict[str, str]) -> None:
    page = admin("/settings/tax")
    form = {"tax_mode": "inclusive", "tax_rate": "5", "tax_name": "VAT"} | wrong

    answer = await owner.submit(page, form, page=page)

    assert answer.status_code == 422
    assert (await store.profile()).tax_mode == "none"
