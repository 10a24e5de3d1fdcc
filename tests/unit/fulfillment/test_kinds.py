"""What a form asks for is what the adapter of that kind needs."""

from __future__ import annotations

import pytest

from app.fulfillment import KINDS, faults_of
from infra.warehouse.adapters import ADAPTERS, ADDRESSES, FIELDS


def test_every_adapter_can_be_connected() -> None:
    """But a supplier's pages: those are given to it among the suppliers."""
    assert set(KINDS) == set(ADAPTERS) - {"supplier"}


@pytest.mark.parametrize("code", sorted(KINDS))
def test_the_form_of_a_kind_asks_for_what_its_adapter_needs(code: str) -> None:
    kind = KINDS[code]
    asked = {
        (field.name, field.is_secret, field.required)
        for field in kind.fields
        if field.name not in ("base_url", kind.key_field)
    }

    assert asked == {(field.code, field.secret, field.required) for field in FIELDS[code]}
    assert kind.base_url == ADDRESSES.get(code, kind.base_url)
    assert not set(kind.practice) - {field.name for field in kind.fields}


def test_what_is_missing_is_named_by_its_field() -> None:
    wrong = faults_of(KINDS["jushuitan"], {"app_key": "", "secret": "s" * 300, "shop_id": "７"})

    assert set(wrong) == {"app_key", "secret", "shop_id"}  # a token comes from the vendor's page if none is typed


@pytest.mark.parametrize("typed", ["http://merchant.example", "ftp://x"])
def test_a_system_of_the_merchants_own_is_reached_by_https_only(typed: str) -> None:
    """So that no typed address is ever taken for our simulator, whose accounts we open ourselves."""
    wrong = faults_of(KINDS["generic"], {"base_url": typed, "app_key": "k", "secret": "long-enough"})

    assert set(wrong) == {"base_url"}


def test_one_of_several_ways_to_sign_in_is_enough() -> None:
    typed = {"host": "sftp.example.com", "user": "qinghe", "host_key": "ssh-ed25519 AAAA"}

    assert set(faults_of(KINDS["drop"], typed)) == {"password"}
    assert not faults_of(KINDS["drop"], typed | {"private_key": "-----BEGIN"})


@pytest.mark.parametrize("host", ["sftp://x.example", "x/y", "user@x", "a b", "[::1]"])
def test_a_server_is_named_and_nothing_more(host: str) -> None:
    typed = {"host": host, "user": "q", "host_key": "k", "password": "long-enough"}

    assert set(faults_of(KINDS["drop"], typed)) == {"host"}
