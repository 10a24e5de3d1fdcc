"""Passwords are kept as Argon2id, and a stranger cannot tell who has an account."""

from __future__ import annotations

import time
from statistics import median

import pytest

from infra.passwords import hash_password, needs_rehash, verify_password


async def test_the_right_password_opens_and_a_wrong_one_does_not() -> None:
    hashed = await hash_password("correct horse", strong=False)

    assert await verify_password(hashed, "correct horse")
    assert not await verify_password(hashed, "correct house")
    assert not await verify_password("no hash at all", "correct horse")


async def test_staff_and_merchants_get_the_stronger_hash() -> None:
    strong, usual = await hash_password("x" * 12, strong=True), await hash_password("x" * 12, strong=False)

    assert strong.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert usual.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert needs_rehash(usual, strong=True)
    assert not needs_rehash(strong, strong=True)


async def test_nobody_has_a_password_of_a_thousand_letters() -> None:
    with pytest.raises(ValueError, match="at most 128"):
        await hash_password("x" * 129, strong=False)


async def test_an_unknown_account_answers_as_slowly_as_a_known_one() -> None:
    hashed = await hash_password("correct horse", strong=False)
    await verify_password(None, "warm up")

    known: list[float] = []
    unknown: list[float] = []
    for _ in range(9):
        for account, times in ((hashed, known), (None, unknown)):
            started = time.perf_counter()
            assert not await verify_password(account, "wrong")
            times.append(time.perf_counter() - started)

    assert not await verify_password(None, "nobody has this password")
    assert 0.5 < median(unknown) / median(known) < 2
