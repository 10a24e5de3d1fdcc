"""Where the money of one order went: drawn, as a table, and transfer by transfer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import ledger, orders, payments
from app.backoffice import book_words as words
from app.backoffice import queries_books as queries
from app.backoffice import refund_words
from app.backoffice.frame import AnyRequest, show
from app.kernel.i18n import gettext as _
from app.ledger import OrderMoney


class Share(msgspec.Struct, frozen=True):
    label: str
    amount: int


class Pictured(msgspec.Struct, frozen=True):
    """Both sides of the drawing, equal in sum. What the merchant adds to cover more than came in is a source."""

    sources: list[Share]
    targets: list[Share]


@get("/orders/{number:str}/money", permission="books.read")
async def show_money(request: AnyRequest, number: FromPath[str]) -> Template:
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        transfers = await ledger.transfers_of(order.id)
        seen = await queries.settled_of(order.id)
        pairs = {(side, owner) for one in transfers for side, owner in _sides(one)}
        owners = await queries.owners_of(pairs)
        refunds = await payments.refunds_of(order.id)
    money = ledger.add_up(one.moved for one in transfers)
    return await show(
        request, "orders/money.html", order=order, transfers=transfers, owners=owners, words=words, money=money,
        pictured=picture(money), differences=differences(money, seen),
        reasons={refund.id: refund_words.reason(refund.reason) for refund in refunds},
    )  # fmt: skip


def _sides(transfer: ledger.Transfer) -> list[tuple[str, Any]]:
    return [(transfer.debit_kind, transfer.debit_owner), (transfer.credit_kind, transfer.credit_owner)]


def picture(money: OrderMoney) -> Pictured:
    came = [
        Share(_("Payment provider"), money.paid_with["psp_clearing"]),
        Share(_("Bank transfer or cash"), money.paid_with["bank_clearing"]),
        Share(_("Gift card"), money.paid_with["gift_card"]),
        Share(_("Store credit"), money.paid_with["store_credit"]),
    ]
    went = [
        Share(_("The store"), money.merchant),
        Share(_("Promoters"), money.promoters),
        Share(_("Suppliers"), money.supplier),
        Share(_("Fees"), money.fees),
        Share(_("Tax"), money.tax),
        Share(_("Gift cards sold"), money.sold_value),
        Share(_("Not settled yet"), money.waiting),
        Share(_("Given back"), money.refunded),
    ]
    added = [Share(_("%(who)s adds") % {"who": one.label}, -one.amount) for one in went if one.amount < 0]
    return Pictured([one for one in came if one.amount] + added, [one for one in went if one.amount > 0])


def differences(money: OrderMoney, seen: Mapping[str, int]) -> list[tuple[str, int]]:
    """What does not fit, with by how much: the books in themselves, and the books against payments and refunds."""
    found = [
        (_("Paid, but on no known account"), money.difference),
        (_("Booked as paid, compared with the payments received"), money.paid - seen["captured"]),
        (_("Booked as given back, compared with the refunds made"), money.refunded - seen["refunded"]),
    ]
    return [(what, amount) for what, amount in found if amount]


HANDLERS = [show_money]
