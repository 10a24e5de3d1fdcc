"""Live sessions as the merchant sees them: what hosts plan, and answers to the prices they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import live
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.show_gifts import gifts_asked
from app.flows.run_show import answer_price
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other

ASKED = """
SELECT slot.id, slot.minutes, slot.asked_amount, slot.asked_units, slot.created_at, product.title,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    variant.price_amount AS usual_amount, host.name AS host_name, session.title AS session_title, session.id AS session,
    coalesce((SELECT sum(on_hand - reserved - allocated) FROM stock_level WHERE stock_level.variant = variant.id), 0)
        AS there
FROM live_slot AS slot JOIN live_session AS session ON session.id = slot.session
JOIN variant ON variant.id = slot.variant JOIN product ON product.id = variant.product
JOIN promoter AS host ON host.id = slot.host
WHERE slot.price_status = 'asked' AND slot.status = 'planned' AND session.status NOT IN ('ended', 'settled')
ORDER BY slot.created_at, slot.id LIMIT 200
"""
SESSIONS = """
SELECT session.id, session.title, session.platform, session.status, session.scheduled_at, session.started_at,
    session.ended_at, session.created_at, host.name AS host_name,
    (SELECT count(*) FROM live_slot WHERE live_slot.session = session.id AND live_slot.status <> 'canceled') AS slots,
    (SELECT count(DISTINCT order_id) FROM attribution_decision AS sale WHERE sale.live_session = session.id
        AND sale.status = 'final') AS orders,
    (SELECT coalesce(sum(base_amount - refunded_amount), 0)::bigint FROM attribution_decision AS sale
        WHERE sale.live_session = session.id AND sale.status = 'final') AS net_amount
FROM live_session AS session JOIN promoter AS host ON host.id = session.promoter
ORDER BY (session.status = 'live') DESC, session.created_at DESC, session.id DESC LIMIT 100
"""


@get("/shows", permission="promoters.read")
async def show_shows(request: AnyRequest) -> Template:
    return await _page(request, {}, {})


@post("/shows/prices/{slot_id:uuid}", permission="promotions.write")
async def answer(request: AnyRequest, slot_id: FromPath[UUID]) -> Template | Redirect:
    """Grant it as asked or otherwise, with so many units lent to the show; or refuse it with a word why."""
    values = form_values(await request.form())
    refuse = values.get("act") == "refuse"
    try:
        await answer_price(
            slot_id, amount=None if refuse else _amount(values), quota=None if refuse else _units(values),
            words=values.get("words", ""), actor=viewer_of(request).name,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(request, {**values, "slot": str(slot_id)}, translate_errors(refusal, "amount"))
    return see_other("/shows", flash=("ok", _("Refused") if refuse else _("Granted; it counts while it is on air")))


async def _page(request: AnyRequest, values: Mapping[str, str], errors: Mapping[str, str]) -> Template:
    async with tenants.transaction():
        asked: list[Mapping[str, Any]] = await tenants.connection().fetch(ASKED)
        sessions, gifts = await tenants.connection().fetch(SESSIONS), await gifts_asked()
    currency = tenants.current().currency
    return await show(
        request, "shows/index.html", status_code=422 if errors else 200, asked=asked, sessions=sessions, errors=errors,
        values=values, gifts=gifts, on_return=live.ON_RETURN, symbol=CURRENCIES[currency].symbol,
        platforms=live.PLATFORMS, plain=lambda amount: plain_amount(amount, currency),
    )  # fmt: skip


def _amount(values: Mapping[str, str]) -> int:
    """Raises InvalidInput."""
    try:
        return parse_amount(values.get("amount", ""), tenants.current().currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error


def _units(values: Mapping[str, str]) -> int | None:
    """Raises InvalidInput. Nothing: as many as there are."""
    text = values.get("units", "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text)):
        raise InvalidInput({"units": N_("Enter a whole number.")})
    return int(text) if text else None


HANDLERS = [show_shows, answer]
