"""What the papers of an order say, read from everything that is known of it: not a flow, but shared by both faces.

An invoice or receipt tells what was sold and what came back since; a packing slip what has to be in the parcel, and no
prices, because a parcel may be a present.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import tenants
from app import orders, payments, promotions, store
from app.flows.delivery_way import Way, way_of
from app.flows.mode_presale import promised_day
from app.flows.price_words import cuts_of, named_cuts, paid_at_home
from app.kernel import formats
from app.kernel.formats import money
from app.kernel.i18n import LOCALES, current_locale, gettext
from app.orders import Invoice, Line, Order, Paper, Row, Seller, Size
from app.payments import Part

LARGE_FIRST = ("CN", "TW", "HK", "JP")
PLACES = ("postal_code", "region", "city", "district", "street")
# Drawing takes a processor for a moment; more at once would only make everybody wait.
_drawing = asyncio.Semaphore(2)


class _Shown(NamedTuple):
    """Which columns have anything to say."""

    discount: bool
    freight: bool
    tax: bool


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Words in this language until the block ends; an unknown one changes nothing."""
    token = current_locale.set(locale if locale in LOCALES else current_locale.get())
    try:
        yield
    finally:
        current_locale.reset(token)


async def as_pdf(papers: Sequence[Paper], size: Size = "A4") -> bytes:
    return await drawn(orders.draw_papers, papers, size)


async def drawn(draw: Callable[..., bytes], *content: object) -> bytes:
    """What takes a processor for a moment, beside at most one other."""
    async with _drawing:
        return await asyncio.to_thread(draw, *content)


async def receipt_paper(order: Order, locale: str) -> Paper:
    """The invoice, or while none is issued the receipt (for an unpaid order: what is to be paid)."""
    with speaking(locale):
        invoice = await orders.invoice_of(order.id)
        profile = await store.read_profile()
        seller = invoice.seller if invoice else await orders.read_seller()
        lines = await orders.lines_of(order.id)
        back = await payments.back_of(order.id)
        shown = _Shown(
            any(line.discount_amount for line in lines), any(line.freight_amount for line in lines),
            any(line.tax_amount for line in lines),
        )  # fmt: skip
        return Paper(
            kind="invoice" if invoice else "receipt",
            title=gettext("Invoice") if invoice else gettext("Receipt") if order.is_paid else gettext("Order summary"),
            number=invoice.number if invoice else order.number,
            locale=current_locale.get(),
            facts=_facts(order, invoice) + _way(await way_of(order)) + await _ships(order),
            parties=[
                (gettext("Seller"), _seller(seller, profile)),
                (gettext("Buyer"), _buyer(order)),
            ],
            item_label=gettext("Goods"),
            quantity_label=gettext("Quantity"),
            columns=[
                gettext("Unit price"), *([gettext("Discount")] if shown.discount else []),
                *([gettext("Delivery")] if shown.freight else []),
                *([profile.tax_name or gettext("Tax")] if shown.tax else []), gettext("Total"),
            ],
            rows=[_row(line, order.currency, back.get(line.id), shown) for line in lines],
            sums=_sums(
                order, lines, profile, await promotions.coupon_of_order(order.id), await paid_at_home(order.id)
            ),
            footer=seller.closing_words,
        )  # fmt: skip


async def packing_slip(order: Order, locale: str) -> Paper:
    with speaking(locale):
        profile = await store.read_profile()
        gone, way = await payments.gone_of(order.id), await way_of(order)
        rows = [
            Row(_named(line), line.sku, left)
            for line in await orders.lines_of(order.id)
            if line.requires_shipping and (left := line.quantity - _unsent(gone.get(line.id))) > 0
        ]
        return Paper(
            kind="packing_slip",
            title=gettext("Packing slip"),
            number=order.number,
            locale=current_locale.get(),
            facts=[
                (gettext("Order"), order.number),
                (gettext("Placed on"), _date(order)),
                *_way(way),
                *await _ships(order),
            ],
            parties=[
                (gettext(way.title) if way else gettext("Deliver to"), _buyer(order)),
                (gettext("From"), [profile.name]),
            ],
            item_label=gettext("Goods"),
            quantity_label=gettext("Quantity"),
            columns=[],
            rows=rows,
            remarks=[gettext("Note: %(text)s", text=order.note)] if order.note else [],
            footer=profile.name,
        )


def _named(line: Line) -> str:
    """With a word about what nobody paid for, so that nobody leaves it out of the parcel."""
    title = " ".join(filter(None, (line.title, line.variant_title)))
    return f"{gettext('Gift')} · {title}" if line.gift else title


def _unsent(gone: Part | None) -> int:
    return gone.released_quantity if gone else 0


def _way(way: Way | None) -> list[tuple[str, str]]:
    """Nothing for what comes as a parcel."""
    return [(gettext("How goods arrive"), f"{gettext(way.words)} ({way.name})")] if way else []


def _facts(order: Order, invoice: Invoice | None) -> list[tuple[str, str]]:
    zone = formats.zone_of(tenants.current().time_zone)
    facts = [(gettext("Invoice number"), invoice.number)] if invoice else []
    facts.append((gettext("Order"), order.number))
    facts.append((gettext("Placed on"), _date(order)))
    if order.paid_at:
        facts.append((gettext("Paid"), formats.date(order.paid_at, current_locale.get(), zone)))
    if invoice:
        facts.append((gettext("Issued"), formats.date(invoice.issued_at, current_locale.get(), zone)))
    return facts


async def _ships(order: Order) -> list[tuple[str, str]]:
    day, zone = await promised_day(order), formats.zone_of(tenants.current().time_zone)
    return [(gettext("Ships from"), formats.date(day, current_locale.get(), zone))] if day else []


def _date(order: Order) -> str:
    return formats.date(order.placed_at, current_locale.get(), formats.zone_of(tenants.current().time_zone))


def _seller(seller: Seller, profile: store.Profile) -> list[str]:
    number = gettext("Tax number %(number)s", number=seller.tax_number) if seller.tax_number else ""
    lines = [seller.legal_name or profile.name, *seller.address.split("\n"), number, profile.contact_email]
    return [line for line in lines if line]


def _buyer(order: Order) -> list[str]:
    lines = [order.ship_to.get("recipient", ""), address_in_lines(order.ship_to), order.phone, order.email]
    return [line for line in lines if line] or ["–"]


def address_in_lines(ship_to: Mapping[str, str]) -> str:
    """From large to small where that is the custom."""
    large_first = ship_to.get("country") in LARGE_FIRST
    filled = [ship_to[name] for name in (PLACES if large_first else PLACES[::-1]) if ship_to.get(name)]
    return " ".join(filled) if large_first else ", ".join(filled)


def _row(line: Line, currency: str, back: Part | None, shown: _Shown) -> Row:
    off, sent = line.discount_amount, line.freight_amount
    amounts = [
        money(line.unit_amount, currency), *([_off(off, currency) if off else ""] if shown.discount else []),
        *([money(sent, currency) if sent else ""] if shown.freight else []),
        *([money(line.tax_amount, currency)] if shown.tax else []), money(line.total_amount, currency),
    ]  # fmt: skip
    detail = " · ".join(filter(None, (line.variant_title, line.sku)))
    return Row(line.title, detail, line.quantity, tuple(amounts), _came_back(back, currency))


def _came_back(back: Part | None, currency: str) -> str:
    if back is None or not back.amount:
        return ""
    amount = money(back.amount, currency)
    if back.quantity:
        return gettext("Refunded: %(amount)s for %(count)s", amount=amount, count=back.quantity)
    return gettext("Refunded: %(amount)s", amount=amount)


def _sums(
    order: Order, lines: Sequence[Line], profile: store.Profile, code: str, at_home: list[tuple[str, int]]
) -> list[tuple[str, str]]:
    """The sum that counts comes last: what was paid, and after refunds what is left of that."""
    currency, tax = order.currency, profile.tax_name or gettext("Tax")
    sums = [(gettext("Goods"), money(order.goods_amount, currency))]
    sums += [(label, _off(amount, currency)) for label, amount in named_cuts(cuts_of(lines), code=code)]
    sums.append((gettext("Delivery"), money(order.freight_amount, currency)))
    if order.tax_amount:
        sums.append((tax, money(order.tax_amount, currency)))
    sums.append((gettext("Total"), money(order.total_amount, currency)))
    included = sum(line.price_breakdown.get("tax_included", 0) for line in lines)
    if included:
        sums.append((gettext("of it %(tax)s", tax=tax), money(included, currency)))
    if not order.is_paid:
        sums += [(label, _off(amount, currency)) for label, amount in at_home]
        return [*sums, (gettext("To pay"), money(order.total_amount - order.paid_amount, currency))]
    sums += [(label, money(amount, currency)) for label, amount in at_home]
    sums.append((gettext("Paid"), money(order.paid_amount, currency)))
    if order.refunded_amount:
        sums.append((gettext("Refunded"), _off(order.refunded_amount, currency)))
        sums.append((gettext("Left"), money(order.paid_amount - order.refunded_amount, currency)))
    return sums


def _off(amount: int, currency: str) -> str:
    """With a real minus sign, as wide as the figures."""
    return f"−{money(amount, currency)}"
