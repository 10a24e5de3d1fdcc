"""What a form asks for is what the adapter of that kind needs."""

from __future__ import annotations

from app.fulfillment import KINDS, faults_of
from infra.warehouse.adapters import ADAPTERS


def test_every_kind_that_can_be_connected_has_an_adapter() -> None:
    assert set(KINDS) == set(ADAPTERS)


def test_what_is_missing_is_named_by_its_field() -> None:
    wrong = faults_of(KINDS["jushuitan"], {"app_key": "k", "secret": "s" * 300, "shop_id": "７"})

    assert set(wrong) == {"secret", "access_token", "shop_id"}
