"""Gifts of a live session: asked for by a host, granted by the merchant from real stock, announced on air, and over.

Each step is one transaction on the session's row. What was granted is set apart at once, so that a gift that was
announced is there; what nobody got is everybody's again when its product goes off the air.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import inventory, live
from app.flows.show_steps import hold_own, slot_of, tell
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.live import Gift, SlotOver

MOST = 100_000
GIFT = """
SELECT product.title FROM variant JOIN product ON product.id = variant.product
WHERE variant.id = $1 AND variant.active AND product.status <> 'archived' AND NOT product.gift_card
"""


async def ask_gift(
    session_id: UUID, slot_id: UUID, variant: UUID, *, by: UUID, quota: int, every_units: int = 0, units: int = 1
) -> Gift:
    """One for each order with the slot's product in it, or with `every_units` for each so many units of that.

    Raises NotFound, SessionOver, SlotOver, TooManyGifts, InvalidInput.
    """
    async with tenants.transaction():
        await hold_own(session_id, by)
        slot = await slot_of(session_id, slot_id)
        if slot.status not in ("planned", "on_air"):
            raise SlotOver
        if await _title(variant) is None:
            raise NotFound
        wrong: dict[str, str] = {}
        if not 1 <= quota <= MOST:
            wrong["quota"] = N_("Enter a whole number.")
        if not 0 <= every_units <= 1000:
            wrong["every_units"] = N_("Enter a whole number.")
        if not 1 <= units <= 100:
            wrong["units"] = N_("Between 1 and 100.")
        if wrong:
            raise InvalidInput(wrong)
        return await live.ask_gift(
            session_id, slot_id, variant, slot.variant, by=by, per="units" if every_units else "order",
            every_units=every_units or 1, units=units, quota=quota,
        )  # fmt: skip


async def answer_gift(gift_id: UUID, *, quota: int | None, on_return: str = "asked_back", words: str = "") -> None:
    """The merchant grants so many and says what a return does to them, or (None) refuses.

    Raises GiftNotAsked, NotFound, NotEnoughStock, InvalidInput.
    """
    async with tenants.transaction():
        gift = await live.find_gift(gift_id)
        session = await live.find(gift.session, lock=True)
        slot = await live.lock_slot(gift.slot)
        if session.is_over or slot.status not in ("planned", "on_air"):
            raise live.GiftNotAsked
        title = await _title(gift.variant)
        if title is None:
            raise NotFound
        if on_return not in live.ON_RETURN:
            raise InvalidInput({"on_return": N_("Choose one of the offered values.")})
        if quota is not None and not 1 <= quota <= MOST:
            raise InvalidInput({"quota": N_("Enter a whole number.")})
        await live.answer_gift(gift_id, quota=quota, on_return=on_return, words=words)
        if quota:
            await inventory.lend(gift_id, gift.variant, quota, title=title)
    await tell(gift.session)


async def announce_gift(session_id: UUID, gift_id: UUID, *, by: UUID) -> None:
    """From now on orders get it, while its product is shown. Raises NotFound, NotOnAir, GiftNotGranted."""
    async with tenants.transaction():
        await hold_own(session_id, by)
        gift = await _gift_of(session_id, gift_id)
        if (await slot_of(session_id, gift.slot)).status != "on_air":
            raise live.NotOnAir
        await live.announce(gift_id)
    await tell(session_id)


async def close_gift(session_id: UUID, gift_id: UUID, *, by: UUID) -> None:
    """No order gets it any more; twice is once. Raises NotFound."""
    async with tenants.transaction():
        await hold_own(session_id, by)
        await _gift_of(session_id, gift_id)
        await inventory.call_in(await live.close_gifts(gift=gift_id))
    await tell(session_id)


async def _gift_of(session_id: UUID, gift_id: UUID) -> Gift:
    gift = await live.find_gift(gift_id)
    if gift.session != session_id:
        raise NotFound
    return gift


async def _title(variant: UUID) -> str | None:
    title: str | None = await tenants.connection().fetchval(GIFT, variant)
    return title
