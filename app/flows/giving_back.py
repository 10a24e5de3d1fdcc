"""Steps inside an open transaction: owing money back, and writing down that it is back. Not journeys of their own.

A refund is taken from the payments of its order: what came from outside first, then store credit, then gift cards.
Outside money is asked for by a job; what a wallet paid is back the moment it is owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from app import inventory, ledger, orders, payments, promotions
from app.flows.money_accounts import FREIGHT, OWED_BACK, PREPAID, SALES, TAX, account_of, lock_wallets
from app.kernel.money import CURRENCIES
from app.ledger import Account, Leg
from app.payments import Part, Payment, Refund, Terms
from tenants import outbox


async def left_of(order_id: UUID, *, but: UUID | None = None) -> list[Part]:
    """What may still be given back of each line of a paid order; promised and not done yet counts as gone.

    Refunds from before refunds had lines count as spread over all lines; the refund `but` is not counted.
    """
    paid = [
        Part(line.id, line.quantity, line.paid_goods_amount, line.freight_amount, line.tax_amount)
        for line in await orders.lines_of(order_id)
    ]
    left = await payments.left_of(order_id, paid)
    unnamed = min(await payments.unnamed_amount(order_id, but=but), sum(part.amount for part in left))
    if not unnamed:
        return left
    gone = {part.order_line: part for part in payments.spread_parts(left, unnamed, Terms())}
    return [part.less(gone[part.order_line]) if part.order_line in gone else part for part in left]


async def terms_of(order: orders.Order) -> Terms:
    return Terms(CURRENCIES[order.currency].step, await orders.taxes_freight(order.id))


async def owe(
    order: orders.Order,
    parts: Sequence[Part],
    *,
    reason: str,
    source_id: UUID | None = None,
    into_credit: bool = False,
) -> list[Refund]:
    """One refund for each payment it is taken from. Raises InvalidInput when the payments do not have that much.

    `into_credit` makes it store credit of the customer instead of money; the payments count as given back all the same.

    The stock that wallets' refunds put back is touched at the end, as always.
    """
    sources = await payments.refundable_payments(order.id)
    await _lock_wallets(order, sources, into_credit=into_credit)
    shares = payments.share_out(parts, [left for _payment, left in sources])
    refunds, back = [], list[Refund]()
    for (payment, _left), share in zip(sources, shares, strict=True):
        if share:
            refund = await _open(payment, sum(part.amount for part in share), reason, source_id, into_credit)
            await payments.write_refund_lines(refund.id, share)
            if await _settle_at_home(order, payment, refund):
                refund = await payments.find_refund(refund.id)
                back.append(refund)
            refunds.append(refund)
    await restock(back)
    return refunds


async def return_prepayments(order: orders.Order, *, reason: str, keep: int = 0) -> list[Refund]:
    """The order is over before it was paid: every part of its price that came goes back, the way it came.

    `keep` stays: a deposit that was forfeited.
    """
    refunds, sources = [], []
    for payment, there in await payments.refundable_payments(order.id):
        kept = min(keep, there)
        keep -= kept
        if there > kept:
            sources.append((payment, there - kept))
    await _lock_wallets(order, sources)
    for payment, left in sources:
        refund = await _open(payment, left, reason)
        await _settle_at_home(order, payment, refund)
        refunds.append(refund)
    return refunds


async def _lock_wallets(
    order: orders.Order, sources: Iterable[tuple[Payment, int]], *, into_credit: bool = False
) -> None:
    accounts = {account_of(payment) for payment, _left in sources if payment.is_wallet}
    if into_credit and order.customer:
        accounts.add(Account("store_credit", order.customer))
    await lock_wallets(accounts, order.currency)


async def _open(
    payment: Payment, amount: int, reason: str, source_id: UUID | None = None, into_credit: bool = False
) -> Refund:
    refund = await payments.open_refund(
        payment, amount=amount, reason=reason, source_id=source_id, into_wallet="store_credit" if into_credit else ""
    )
    if refund is None:
        raise RuntimeError(f"payment {payment.number} is already on its way back as one that came too late")
    return refund


async def _settle_at_home(order: orders.Order, payment: Payment, refund: Refund) -> bool:
    """True when nobody outside had to be asked: the money is back already."""
    at_home = payment.is_wallet or bool(refund.into_wallet)
    if at_home:
        await payments.succeed_refund(refund.id)
        await record(order, refund)
    else:
        await outbox.post("payments.refund", queue="critical", key=f"refund:{refund.id}", refund_id=refund.id)
    return at_home


async def record(order: orders.Order, refund: Refund) -> None:
    """What a refund that just succeeded leaves in the books, on the order, and for those who follow it."""
    payment = await payments.find(refund.payment)
    if refund.reason == payments.LATE_PAYMENT:
        # It never was a sale: it only passed through.
        legs = [Leg(OWED_BACK, account_of(payment), refund.amount, refund.currency)]
        await ledger.post("late_refund", refund.id, legs, order_id=order.id)
        return
    await ledger.post("refund", refund.id, await _legs(order, payment, refund), order_id=order.id)
    await orders.record_refund(order.id, refund.amount, cause=refund.reason)
    if order.is_paid:
        after = await orders.find(order.id)
        await promotions.give_back(order.id, refunded=after.refunded_amount, paid=after.paid_amount)
        await outbox.post("attribution.reverse", queue="critical", key=f"reverse:{refund.id}", order_id=order.id)


async def _legs(order: orders.Order, payment: Payment, refund: Refund) -> list[Leg]:
    """A refund of a sale takes back its parts; one of a prepayment takes back just that."""
    account, currency = _goes_to(order, payment, refund), refund.currency
    if not order.is_paid:
        return [Leg(PREPAID, account, refund.amount, currency)]
    parts = await payments.lines_of_refund(refund.id) or await _name_lines(order, refund)
    return [
        Leg(SALES, account, sum(part.goods_amount for part in parts), currency),
        Leg(FREIGHT, account, sum(part.freight_amount for part in parts), currency),
        Leg(TAX, account, sum(part.tax_amount for part in parts), currency),
    ]


def _goes_to(order: orders.Order, payment: Payment, refund: Refund) -> Account:
    if refund.into_wallet and order.customer:
        return Account("store_credit", order.customer)
    return account_of(payment)


async def _name_lines(order: orders.Order, refund: Refund) -> list[Part]:
    """A refund from before refunds had lines: it takes its part of every line, as it was meant to."""
    parts = payments.spread_parts(await left_of(order.id, but=refund.id), refund.amount, await terms_of(order))
    await payments.write_refund_lines(refund.id, parts)
    return parts


async def restock(refunds: Iterable[Refund]) -> None:
    """Put the units of refunds that just succeeded back on the shelf, where that was wished. Last before COMMIT."""
    units: Counter[UUID] = Counter()
    for refund in refunds:
        for part in await payments.lines_of_refund(refund.id):
            units[part.order_line] += part.restock_quantity
    await inventory.put_back(+units)
