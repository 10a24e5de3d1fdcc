"""Card data never comes here: no form asks for it, and what is sent all the same is refused and kept nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tenants
from infra.settings import ROOT
from tenants import Tenant
from tests.builders_selling import offer
from tests.functional.conftest import Visitor, own_address, store_address

CARD = "4242 4242 4242 4242"
ASKS = re.compile(
    r"cc-(number|exp|csc|name)|card[_-]?(number|no|num|holder)\b|\b(cvv|cvc|csc|pan)\b|expiry[_-]?(month|year)",
    re.IGNORECASE,
)


def _forms() -> list[Path]:
    templates, scripts = ROOT / "app" / "templates", ROOT / "app" / "static" / "js" / "app"
    return [*templates.rglob("*.html"), *scripts.rglob("*.js"), *(ROOT / "app").rglob("*.py")]


def test_no_form_asks_for_a_card() -> None:
    asking = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in _forms()
        if path.name != "cards.py" and (found := ASKS.search(path.read_text()))
    ]

    assert asking == []


@pytest.mark.parametrize("field", ["note", "street", "whatever"])
async def test_a_card_number_in_a_form_is_refused_and_kept_nowhere(
    shop: Tenant, visitor: Visitor, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    await offer()

    answer = await visitor.submit(store_address(shop, "/cart/lines"), {"product": "x", "quantity": "1", field: CARD})

    assert answer.status_code == 422
    assert CARD not in answer.text
    written = "".join(capsys.readouterr())
    assert "4242" not in written
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM cart") == 0


async def test_it_is_refused_before_anybody_signs_in_with_it(visitor: Visitor) -> None:
    form = {"email": "a@example.test", "password": CARD.replace(" ", "")}

    answer = await visitor.submit(own_address("admin", "/sign-in"), form)

    assert answer.status_code == 422


async def test_phones_and_numbers_of_parcels_are_left_alone(shop: Tenant, visitor: Visitor) -> None:
    peaches = await offer()
    form = {"product": peaches.handle, "quantity": "1"}

    answer = await visitor.submit(store_address(shop, "/cart/lines?then=13800000000"), form | {"then": "stay"})

    assert answer.status_code != 422
