"""Bank transfers taken to the bank in one file, and what the bank says became of them.

Making the file is one transaction: whatever was approved and waits is in it, once, however often it is asked for. The
answer is taken row by row, one transaction each, so that one that has moved on meanwhile keeps nobody waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import payouts
from app.flows.payout_ways import open_payee
from app.flows.transfers_by_hand import end_by_hand
from app.identity import Viewer
from app.kernel.sheets import CsvRows, exact
from app.payouts import Answer, BankFile, IllegalMove
from tenants import audit, platform, states

COLUMNS = ("number", "payee_name", "bank", "account", "amount", "currency", "remark")


async def make_bank_file(*, by: Viewer) -> BankFile:
    """Raises StoreClosed, NothingToTransfer."""
    store = tenants.current()
    states.require(store, "pay_out")
    async with tenants.transaction():
        made = await payouts.make_file(store.currency, by=by.name)
    await _record("payout.file_made", made, by)
    return made


async def bank_file_rows(file_id: UUID, *, by: Viewer) -> tuple[BankFile, bytes]:
    """The file as CSV, the same every time; whose whole account numbers were taken away is on record first.

    Raises NotFound.
    """
    async with tenants.transaction():
        made, rows = await payouts.find_file(file_id), await payouts.payouts_in(file_id)
    await _record("payout.file_taken", made, by)
    sheet = CsvRows()
    sheet.row(COLUMNS)
    for one in rows:
        payee = open_payee(one)
        sheet.row((
            one.number, payee.get("payee_name", ""), payee.get("bank", ""), payee.get("account", ""),
            exact(one.net_amount, one.currency), one.currency, one.number,
        ))  # fmt: skip
    return made, sheet.take().encode()


async def settle_bank_answer(file_id: UUID, answers: Sequence[Answer], *, by: Viewer) -> int:
    """How many ended now; the others had ended already. Raises NotFound."""
    async with tenants.transaction():
        known = {one.number: one.id for one in await payouts.payouts_in(file_id)}
    done = 0
    for answer in answers:
        try:
            await end_by_hand(known[answer.number], paid=answer.paid, words=answer.words, by=by)
        except IllegalMove:
            continue
        done += 1
    return done


async def _record(action: str, made: BankFile, by: Viewer) -> None:
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
            tenant=tenants.current().id, subject=made.number,
            details={"payouts": str(made.payouts), "amount": str(made.total_amount), "currency": made.currency},
        )  # fmt: skip
