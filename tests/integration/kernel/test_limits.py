"""Guessing passwords is slow for whoever guesses, and never locks out whoever owns the account."""

from __future__ import annotations

import secrets

from app.kernel import limits
from tenants import Tenant


async def _tries_until_refused(account: str, address: str, most: int = 400) -> int:
    for tries in range(most):
        try:
            await limits.take_sign_in("merchant", account, address)
        except limits.TooManyTries:
            return tries
    return most


async def test_one_guesser_does_not_lock_the_owner_out(shop: Tenant) -> None:
    account = secrets.token_hex(8)

    assert await _tries_until_refused(account, f"guesser-{account}") == limits.SIGN_IN_PER_ACCOUNT.burst

    await limits.take_sign_in("merchant", account, f"owner-{account}")


async def test_guessing_from_many_places_ends_all_the_same(shop: Tenant) -> None:
    account = secrets.token_hex(8)

    outcomes = [await _tries_until_refused(account, f"{account}-{place}", most=1) for place in range(400)]

    assert 0 in outcomes
