"""The hosted pay page: says it is a sandbox, works without script, and sends the shopper back to the shop."""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from babel.numbers import format_decimal, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from msgspec import Struct

from infra.payment.sandbox_server import records
from infra.payment.sandbox_server.bank import OUTCOMES
from infra.payment.sandbox_server.desk import Desk
from infra.payment.sandbox_server.payer import ANSWERS
from infra.payment.sandbox_server.records import Refused
from infra.payment.sandbox_server.texts import SYMBOLS, TEXTS, WITHOUT_CENTS

HERE = Path(__file__).parent
_pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
STYLE = (HERE / "templates" / "pay.css").read_bytes()

__all__ = ["PayController", "TransferController", "show_style"]


class Choice(Struct):
    choice: str
    lang: str = "en"


class PayController(Controller):
    path = "/pay/{provider_ref:str}"

    @get()
    async def show(self, desk: NamedDependency[Desk], provider_ref: FromPath[str], lang: str = "en") -> Response[str]:
        try:
            row = records.find_payment_by_ref(desk.db, provider_ref)
        except Refused:
            return _page("unknown.html", lang, 404)
        merchant = records.find_merchant(desk.db, row["merchant_id"])
        return _page("pay.html", lang, payment=row, payee=merchant.name or merchant.id, amount=_amount(row))

    @post()
    async def choose(
        self,
        desk: NamedDependency[Desk],
        provider_ref: FromPath[str],
        data: Annotated[Choice, Body(media_type=RequestEncodingType.URL_ENCODED)],
    ) -> Response[str]:
        if data.choice not in OUTCOMES:
            return _page("unknown.html", data.lang, 400)
        try:
            row = desk.bank.settle(provider_ref, data.choice)
        except Refused:
            return _page("unknown.html", data.lang, 404)
        return Response("", status_code=303, headers={"Location": row["return_url"], "Cache-Control": "no-store"})


class TransferController(Controller):
    """Where a person says yes to money that is offered to them."""

    path = "/transfers/{provider_ref:str}"

    @get()
    async def show(self, desk: NamedDependency[Desk], provider_ref: FromPath[str], lang: str = "en") -> Response[str]:
        try:
            row = records.find_transfer_by_ref(desk.db, provider_ref)
        except Refused:
            return _page("unknown.html", lang, 404)
        return _transfer(desk, row, lang)

    @post(status_code=200)
    async def answer(
        self,
        desk: NamedDependency[Desk],
        provider_ref: FromPath[str],
        data: Annotated[Choice, Body(media_type=RequestEncodingType.URL_ENCODED)],
    ) -> Response[str]:
        if data.choice not in ANSWERS:
            return _page("unknown.html", data.lang, 400)
        try:
            row = desk.payer.answer(provider_ref, data.choice)
        except Refused:
            return _page("unknown.html", data.lang, 404)
        return _transfer(desk, row, data.lang)


def _transfer(desk: Desk, row: sqlite3.Row, lang: str) -> Response[str]:
    merchant = records.find_merchant(desk.db, row["merchant_id"])
    return _page("transfer.html", lang, transfer=row, payer=merchant.name or merchant.id, amount=_amount(row))


@get("/pay.css", media_type="text/css", sync_to_thread=False)
def show_style() -> Response[bytes]:
    return Response(STYLE, headers={"Cache-Control": "public, max-age=3600"}, media_type="text/css; charset=utf-8")


def _page(
    name: str, lang: str, status: int = 200, payment: sqlite3.Row | None = None, **words: object
) -> Response[str]:
    lang = lang if lang in TEXTS else "en"
    html = _pages.get_template(name).render(t=TEXTS[lang], lang=lang, payment=payment, **words)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=_headers(payment))


def _headers(payment: sqlite3.Row | None) -> dict[str, str]:
    """Nothing but our own style; the form may end, by redirect, at the shop's address and nowhere else."""
    shop = urlsplit(payment["return_url"]) if payment else None
    back = f" {shop.scheme}://{shop.netloc}" if shop and re.fullmatch(r"[\w.:\[\]-]+", shop.netloc) else ""
    return {
        "Content-Security-Policy": f"default-src 'none'; style-src 'self'; form-action 'self'{back}; base-uri 'none'; "
        "frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _amount(payment: sqlite3.Row) -> str:
    """Written as the shops write it: `¥180.80`, `NT$6,400`. The symbol follows the currency, never the reader."""
    currency = payment["currency"]
    places = get_currency_precision(currency)
    value = Decimal(payment["amount"]).scaleb(-places)
    whole = not places or (currency in WITHOUT_CENTS and value == value.to_integral_value())
    figure = format_decimal(value, "#,##0" if whole else f"#,##0.{'0' * places}", locale="en")
    return f"{SYMBOLS.get(currency, currency + ' ')}{figure}"
