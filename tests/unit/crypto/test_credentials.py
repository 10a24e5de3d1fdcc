"""Secrets of a payment account open in their own row of their own store, and nowhere else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from infra import crypto
from infra.credentials import OF_PAYMENTS
from infra.crypto import SealBroken

STORE, ACCOUNT = uuid.uuid4(), uuid.uuid4()
SECRETS = {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"}


def row(**facts: Any) -> dict[str, Any]:
    sealed = OF_PAYMENTS.seal(SECRETS, tenant_id=STORE, row_id=ACCOUNT)
    return {"id": ACCOUNT, "secret_sealed": "", "credentials_sealed": sealed} | facts


def test_what_was_sealed_opens_again() -> None:
    assert OF_PAYMENTS.open(row(), tenant_id=STORE) == SECRETS


def test_copied_to_another_row_it_does_not_open() -> None:
    with pytest.raises(SealBroken):
        OF_PAYMENTS.open(row(id=uuid.uuid4()), tenant_id=STORE)


def test_copied_to_another_store_it_does_not_open() -> None:
    with pytest.raises(SealBroken):
        OF_PAYMENTS.open(row(), tenant_id=uuid.uuid4())


def test_a_text_sealed_for_something_else_does_not_open() -> None:
    sealed = crypto.seal(b'{"secret_key": "mine"}', tenant_id=STORE, purpose="warehouse")

    with pytest.raises(SealBroken):
        OF_PAYMENTS.open(row(credentials_sealed=sealed), tenant_id=STORE)


def test_no_changed_character_opens() -> None:
    sealed = row()["credentials_sealed"]

    for at in range(3, len(sealed) - 1):  # the last character of the text holds bits that are thrown away
        other = "A" if sealed[at] != "A" else "B"
        with pytest.raises(SealBroken):
            OF_PAYMENTS.open(row(credentials_sealed=sealed[:at] + other + sealed[at + 1 :]), tenant_id=STORE)


def test_the_one_secret_of_an_old_row_still_opens() -> None:
    sealed = crypto.seal(b"s3cret", tenant_id=STORE, purpose="payments")

    assert OF_PAYMENTS.open(row(secret_sealed=sealed, credentials_sealed=""), tenant_id=STORE) == {"secret": "s3cret"}
