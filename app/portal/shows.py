"""A session's run of show for its hosts: plan, put in order, put on air. Its board stands on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import live, promoters
from app.flows import gifts_on_air, run_show
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount
from app.kernel.pages import page, see_other
from app.live import LiveSession, Slot
from app.portal.frame import AnyRequest, Place, enter
from app.portal.session_board import own_session
from app.portal.show_gifts import GIVABLE, gift_rows, read_gift

GOODS = """
SELECT variant.id, product.title, variant.price_amount,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title
FROM variant JOIN product ON product.id = variant.product
WHERE variant.active AND product.status = 'published' ORDER BY product.position, product.id, variant.position LIMIT 500
"""
SHOWN = """
SELECT slot.id, product.title, coalesce(product.cover_thumb_key, product.cover_key) AS image_key,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    variant.price_amount AS usual_amount, host.name AS host_name, campaign.code AS campaign_code,
    coalesce(item.taken, 0) AS taken
FROM live_slot AS slot JOIN variant ON variant.id = slot.variant JOIN product ON product.id = variant.product
JOIN promoter AS host ON host.id = slot.host LEFT JOIN campaign ON campaign.id = slot.campaign
LEFT JOIN campaign_item AS item ON item.campaign = slot.campaign
WHERE slot.session = $1
"""


class Row(msgspec.Struct, frozen=True):
    """A slot with what the page shows of it. `taken` units were paid for at the live price."""

    slot: Slot
    title: str
    variant_title: str
    image_key: str | None
    usual_amount: int
    host_name: str
    campaign_code: str | None
    taken: int


async def rows_of(session: UUID) -> list[Row]:
    """The run of show in its order, in two round trips."""
    shown: Mapping[UUID, Any] = {row["id"]: row for row in await tenants.connection().fetch(SHOWN, session)}
    return [
        Row(
            slot, known["title"], known["variant_title"], known["image_key"], known["usual_amount"],
            known["host_name"], known["campaign_code"], known["taken"],
        )
        for slot in await live.slots_of(session)
        for known in (shown[slot.id],)
    ]  # fmt: skip


class ShowController(Controller):
    path = "/live/{session_id:uuid}/show"

    @get(permission="signed_in")
    async def show(self, request: AnyRequest, session_id: FromPath[UUID]) -> Template:
        place = await enter(request)
        return await show_page(place, await own_session(place, session_id), {}, {})

    @post(permission="signed_in")
    async def add(self, request: AnyRequest, session_id: FromPath[UUID]) -> Template | Redirect:
        """One more product at the end; with a price of its own it waits for the merchant's answer."""
        place = await enter(request)
        session = await own_session(place, session_id)
        values = {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}
        try:
            await run_show.plan_slot(session_id, **_read(values, place))
        except InvalidInput as refusal:
            return await show_page(place, session, values, translate_fields(refusal))
        return see_other(f"/live/{session_id}/show", flash=("ok", _("Planned")))

    @post("/gifts", permission="signed_in")
    async def ask_gift(self, request: AnyRequest, session_id: FromPath[UUID]) -> Template | Redirect:
        """The merchant grants it before it can be announced."""
        place = await enter(request)
        session = await own_session(place, session_id)
        values = {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}
        try:
            await gifts_on_air.ask_gift(session_id, **read_gift(values), by=place.promoter.id)
        except InvalidInput as refusal:
            return await show_page(place, session, values, translate_fields(refusal))
        return see_other(f"/live/{session_id}/show", flash=("ok", _("Asked for; the merchant answers")))

    @post("/off-air", permission="signed_in")
    async def off_air(self, request: AnyRequest, session_id: FromPath[UUID]) -> Redirect:
        place = await enter(request)
        await run_show.take_off_air(session_id, by=place.promoter.id)
        return see_other(f"/live/{session_id}/show")

    @post("/{slot_id:uuid}/{act:str}", permission="signed_in")
    async def change(
        self, request: AnyRequest, session_id: FromPath[UUID], slot_id: FromPath[UUID], act: FromPath[str]
    ) -> Redirect:
        me = (await enter(request)).promoter.id
        match act:
            case "on-air":
                await run_show.put_on_air(session_id, slot_id, by=me)
            case "remove":
                await run_show.call_off_slot(session_id, slot_id, by=me)
            case "earlier" | "later":
                await run_show.move_slot(session_id, slot_id, earlier=act == "earlier", by=me)
            case _:
                raise NotFound
        return see_other(f"/live/{session_id}/show")


async def show_page(
    place: Place, session: LiveSession, values: Mapping[str, str], errors: Mapping[str, str]
) -> Template:
    async with tenants.transaction():
        rows, gifts = await rows_of(session.id), await gift_rows(session.id)
        presents = await tenants.connection().fetch(GIVABLE)
        goods = await tenants.connection().fetch(GOODS)
        hosts = [await promoters.find(each) for each in await live.hosts_of(session)]
    return page(
        "portal/live/plan.html", status_code=422 if errors else 200, tab="live", session=session, rows=rows,
        on_air=next((row for row in rows if row.slot.status == "on_air"), None), gifts=gifts, presents=presents,
        coming=next((row for row in rows if row.slot.status == "planned"), None), goods=goods, hosts=hosts,
        values=values, errors=errors, symbol=CURRENCIES[place.tenant.currency].symbol,
    )  # fmt: skip


def _read(values: Mapping[str, str], place: Place) -> dict[str, Any]:
    """Raises InvalidInput, and NotFound for what names nothing."""
    wrong: dict[str, str] = {}
    price, units = values.get("amount", "").strip(), values.get("units", "").strip()
    try:
        amount = parse_amount(price, place.tenant.currency) if price else None
    except InvalidAmount as error:
        amount, wrong["amount"] = None, error.message
    if wrong:
        raise InvalidInput(wrong)
    try:
        variant, host = UUID(values.get("variant", "")), values.get("host")
        return {
            "variant": variant, "by": place.promoter.id, "host": UUID(host) if host else None,
            "minutes": _count(values.get("minutes", "10")) or 0, "amount": amount, "units": _count(units),
        }  # fmt: skip
    except ValueError as error:
        raise NotFound from error


def _count(text: str) -> int | None:
    """A whole number; what is none is 0, which no plan takes."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


HANDLERS = [ShowController]
