"""Bank transfers leave in one file, each once, and the bank's answer ends each once."""

from __future__ import annotations

import asyncio
import csv
import io

import pytest

import tenants
from app import payouts
from app.flows.bank_file import bank_file_rows, make_bank_file, settle_bank_answer
from app.kernel.sheets import BOM
from app.payouts import Answer, BankFile, NothingToTransfer, Payout
from tenants import Tenant
from tests import builders_payouts as build
from tests.builders_payouts import SU_HE
from tests.invariants import check_promoters


async def _approved(*amounts: int, **payee: str) -> list[Payout]:
    host = await build.earner(100_000)
    found = []
    for amount in amounts:
        payout = await build.asked(host, amount, way="bank_transfer", **payee)
        await build.approve(payout)
        found.append(payout)
    return found


async def _rows(made: BankFile) -> list[dict[str, str]]:
    _made, content = await bank_file_rows(made.id, by=SU_HE)
    return list(csv.DictReader(io.StringIO(content.decode().removeprefix(BOM))))


async def test_each_transfer_is_in_one_file_once_however_many_ask(shop: Tenant) -> None:
    first, second = await _approved(1_000, 2_550)

    outcomes = await asyncio.gather(*(make_bank_file(by=SU_HE) for _ in range(5)), return_exceptions=True)

    made = [one for one in outcomes if isinstance(one, BankFile)]
    assert [(one.number, one.payouts, one.total_amount) for one in made] == [("B1001", 2, 3_550)]
    assert sum(isinstance(one, NothingToTransfer) for one in outcomes) == 4
    assert [(row["number"], row["amount"]) for row in await _rows(made[0])] == [
        (first.number, "10.00"), (second.number, "25.50"),
    ]  # fmt: skip
    assert (await _rows(made[0]))[0]["account"] == build.TO_BANK["account"]


async def test_a_name_that_looks_like_a_formula_is_only_a_name(shop: Tenant) -> None:
    host = await build.earner(100_000)
    payout = await build.asked(host, way="bank_transfer", payee_name="=HYPERLINK(1)")
    await build.approve(payout)

    rows = await _rows(await make_bank_file(by=SU_HE))

    assert rows[0]["payee_name"] == "'=HYPERLINK(1)"


async def test_the_banks_answer_ends_each_once(shop: Tenant) -> None:
    paid, returned = await _approved(1_000, 2_000)
    made = await make_bank_file(by=SU_HE)
    answers = [Answer(paid.number, True, "ICBC-7"), Answer(returned.number, False, "The account is closed.")]

    done = [await settle_bank_answer(made.id, answers, by=SU_HE) for _ in range(2)]

    assert done == [2, 0]
    assert [(await build.reload(one)).status for one in (paid, returned)] == ["succeeded", "failed"]
    async with tenants.transaction():
        assert (await payouts.find_file(made.id)).waiting == 0
        kinds = await tenants.connection().fetch("SELECT kind FROM message ORDER BY created_at, id")
    assert [row["kind"] for row in kinds][-2:] == ["payout.sent", "payout.failed"]
    await check_promoters(shop)


async def test_another_stores_file_is_not_there(shop: Tenant, other_shop: Tenant) -> None:
    await _approved(1_000)
    made = await make_bank_file(by=SU_HE)

    with tenants.bind(other_shop), pytest.raises(payouts.NothingToTransfer):
        await make_bank_file(by=SU_HE)
    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await payouts.payouts_in(made.id) == []
