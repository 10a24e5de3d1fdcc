"""The places money can be."""

from __future__ import annotations

import pytest

from app.kernel.ids import new_id
from app.ledger import Account


def test_an_account_is_the_same_account_everywhere() -> None:
    promoter = new_id()

    assert Account("promoter_frozen", promoter).id_in("CNY") == Account("promoter_frozen", promoter).id_in("CNY")


def test_currency_and_owner_make_another_account() -> None:
    one, other = new_id(), new_id()

    assert len({
        Account("promoter_frozen", one).id_in("CNY"),
        Account("promoter_frozen", one).id_in("TWD"),
        Account("promoter_frozen", other).id_in("CNY"),
        Account("promoter_available", one).id_in("CNY"),
    }) == 4  # fmt: skip


def test_a_promoters_account_needs_its_promoter() -> None:
    with pytest.raises(ValueError, match="needs owner"):
        Account("promoter_frozen")
    with pytest.raises(ValueError, match="has no owner"):
        Account("psp_clearing", new_id())
