"""A sealed text opens for its own tenant and purpose only; a signature counts for one purpose only."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.crypto import SealBroken, open_sealed, seal, sign, verify

TENANT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


@given(st.binary(max_size=200))
def test_what_was_sealed_can_be_opened(plaintext: bytes) -> None:
    sealed = seal(plaintext, tenant_id=TENANT, purpose="payment")

    assert open_sealed(sealed, tenant_id=TENANT, purpose="payment") == plaintext


def test_a_sealed_text_is_worthless_elsewhere() -> None:
    sealed = seal(b"key", tenant_id=TENANT, purpose="payment")

    with pytest.raises(SealBroken):
        open_sealed(sealed, tenant_id=OTHER, purpose="payment")
    with pytest.raises(SealBroken):
        open_sealed(sealed, tenant_id=TENANT, purpose="warehouse")


def test_sealing_twice_never_looks_the_same() -> None:
    assert seal(b"key", tenant_id=TENANT, purpose="p") != seal(b"key", tenant_id=TENANT, purpose="p")


@given(st.text(max_size=60))
def test_no_other_text_opens(text: str) -> None:
    for sealed in (text, f"v1.{text}"):
        with pytest.raises(SealBroken):
            open_sealed(sealed, tenant_id=TENANT, purpose="payment")


@given(st.integers(0, 500), st.integers(1, 127))
def test_no_changed_letter_opens(at: int, flip: int) -> None:
    sealed = seal(b"a secret key", tenant_id=TENANT, purpose="payment")
    at %= len(sealed) - 1  # The very last letter carries spare bits that mean nothing.
    changed = sealed[:at] + chr(ord(sealed[at]) ^ flip) + sealed[at + 1 :]

    with pytest.raises(SealBroken):
        open_sealed(changed, tenant_id=TENANT, purpose="payment")


def test_a_signature_counts_for_its_message_purpose_and_size_only() -> None:
    signature = sign("click-1", "click", size=16)

    assert verify("click-1", signature, "click", size=16)
    assert not verify("click-2", signature, "click", size=16)
    assert not verify("click-1", signature, "cookie", size=16)
    assert not verify("click-1", signature, "click")
    assert not verify("click-1", "é", "click")


def test_a_signature_is_never_too_short() -> None:
    with pytest.raises(ValueError, match="12 to 32"):
        sign("click-1", "click", size=8)
