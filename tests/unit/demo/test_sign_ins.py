"""The demo passwords are known to everybody, so they work on this machine only."""

from __future__ import annotations

import pytest

from app.demo import people
from infra.settings import settings


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUANZHOU_DOMAIN", "shops.example")
    settings.cache_clear()


@pytest.fixture(autouse=True)
def settings_as_before() -> object:
    yield
    settings.cache_clear()


def test_on_localhost_the_password_is_the_printed_one() -> None:
    assert people.STAFF.password == people.STAFF.fixed


@pytest.mark.usefixtures("elsewhere")
def test_under_another_domain_nobody_knows_it_beforehand() -> None:
    passwords = {person.password for person in (people.MERCHANT, people.HOST, people.SUPPLIER, people.STAFF)}

    assert len(passwords) == 4
    assert not passwords & {people.MERCHANT.fixed, people.HOST.fixed, people.STAFF.fixed}
    assert min(map(len, passwords)) >= 12
