"""The show of a live session: planned by its hosts, priced by the merchant, put on air slot by slot, and ended.

Each step is one transaction with the session's row locked, so its slots take turns. A live price is a campaign; it is
opened and closed by jobs that look at the slot, so a host who presses twice, or a worker that died, changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import group_buying, inventory, live
from app.flows.show_steps import borrowers_of, follow_price, hold_own, off_air, slot_of, tell
from app.group_buying import CampaignDraft, FlashSaleTerms, ItemDraft
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.live import LiveSession, Slot
from tenants import outbox

# A price whose session nobody ends is over by itself.
LONGEST_SHOW = timedelta(hours=12)
GOOD = """
SELECT product.title, variant.price_amount FROM variant JOIN product ON product.id = variant.product
WHERE variant.id = $1 AND variant.active AND product.status = 'published'
"""


async def plan_slot(
    session_id: UUID,
    variant: UUID,
    *,
    by: UUID,
    host: UUID | None = None,
    minutes: int = 10,
    amount: int | None = None,
    units: int | None = None,
) -> Slot:
    """At the end of the run of show. `amount` asks the merchant for a live price below the usual one, for `units`.

    Raises NotFound, SessionOver, TooManySlots, InvalidInput.
    """
    async with tenants.transaction():
        session = await hold_own(session_id, by)
        good = await tenants.connection().fetchrow(GOOD, variant)
        if good is None:
            raise NotFound
        host = host or by
        wrong: dict[str, str] = {}
        if not 1 <= minutes <= 600:
            wrong["minutes"] = N_("Between 1 and 600 minutes.")
        if amount is not None and not 0 < amount < good["price_amount"]:
            wrong["amount"] = N_("A live price is below the usual one.")
        if units is not None and not 0 < units <= 1_000_000:
            wrong["units"] = N_("Enter a whole number.")
        if host not in await live.hosts_of(session):
            wrong["host"] = N_("Choose one of the session's hosts.")
        if wrong:
            raise InvalidInput(wrong)
        return await live.add_slot(session_id, variant, host, minutes=minutes, amount=amount, units=units)


async def call_off_slot(session_id: UUID, slot_id: UUID, *, by: UUID) -> None:
    """Raises NotFound, SlotOver."""
    async with tenants.transaction():
        await hold_own(session_id, by)
        slot = await slot_of(session_id, slot_id)
        if not await live.call_off(slot.id):
            raise live.SlotOver
        await inventory.call_in(await borrowers_of(slot))


async def move_slot(session_id: UUID, slot_id: UUID, *, earlier: bool, by: UUID) -> None:
    """One place up or down in the plan; at its end nothing happens. Raises NotFound."""
    async with tenants.transaction():
        await hold_own(session_id, by)
        plan = await live.slots_of(session_id)
        place = next((place for place, slot in enumerate(plan) if slot.id == slot_id), None)
        if place is None:
            raise NotFound
        other = place + (-1 if earlier else 1)
        if 0 <= other < len(plan):
            await live.swap(plan[place], plan[other])


async def answer_price(slot_id: UUID, *, amount: int | None, quota: int | None, words: str = "", actor: str) -> None:
    """The merchant grants a price with so many units lent to the slot, or refuses.

    The units are set apart at once. Raises PriceNotAsked, NotFound, NotEnoughStock.
    """
    async with tenants.transaction():
        slot = await live.find_slot(slot_id)
        session = await live.find(slot.session, lock=True)
        slot = await live.lock_slot(slot_id)
        good = await tenants.connection().fetchrow(GOOD, slot.variant)
        if good is None:
            raise NotFound
        if amount is not None and not 0 < amount <= good["price_amount"]:
            raise InvalidInput({"amount": N_("A live price is below the usual one.")})
        campaign = await _price(session, slot, good["title"], amount, quota, actor) if amount is not None else None
        await live.answer(
            slot, amount=amount, quota=quota if amount is not None else None, words=words, campaign=campaign
        )
        if campaign and quota:
            await inventory.lend(campaign, slot.variant, quota, title=good["title"])


async def _price(session: LiveSession, slot: Slot, title: str, amount: int, quota: int | None, actor: str) -> UUID:
    draft = CampaignDraft(
        kind="flash_sale", title=f"{session.title} · {title}"[:80], terms=FlashSaleTerms(live_session=session.id),
        items=[ItemDraft(slot.variant, amount, quota)],
    )  # fmt: skip
    return await group_buying.save(draft, None, actor=actor)


async def put_on_air(session_id: UUID, slot_id: UUID, *, by: UUID) -> None:
    """This product is shown from now on; what was on air is over. Raises NotFound, NotOnAir, SlotOver."""
    async with tenants.transaction():
        session = await hold_own(session_id, by)
        slot = await slot_of(session_id, slot_id)
        if session.status != "live":
            raise live.NotOnAir
        if slot.status != "on_air":
            over = await off_air(session_id)
            await live.put_on_air(slot.id, now())
            if slot.campaign:
                await group_buying.set_end(slot.campaign, now() + LONGEST_SHOW)
            await follow_price(slot)
            await inventory.call_in(over)
    await tell(session_id)


async def take_off_air(session_id: UUID, *, by: UUID) -> None:
    """Nothing is shown for a while."""
    async with tenants.transaction():
        await hold_own(session_id, by)
        await inventory.call_in(await off_air(session_id))
    await tell(session_id)


async def start_session(session_id: UUID, *, by: UUID) -> None:
    """On air; one that nobody ends is over by itself after so many hours. Raises NotFound, NotApproved, SessionOver."""
    async with tenants.transaction():
        await hold_own(session_id, by)
        await live.start(session_id)
        await outbox.post("live.end_forgotten", key=f"live.end:{session_id}", delay=LONGEST_SHOW, session_id=session_id)
    await tell(session_id)


async def end_session(session_id: UUID, *, by: UUID | None = None) -> None:
    """Off air for good, with what is shown and what was planned; what was lent to it is everybody's again.

    Nobody ends it who does not host it; without a name, time does.
    """
    async with tenants.transaction():
        session = await live.find(session_id, lock=True)
        if by and by not in await live.hosts_of(session):
            raise NotFound
        over = await off_air(session_id)
        over += [slot.campaign for slot in await live.slots_of(session_id) if slot.campaign]
        over += await live.close_gifts(session=session_id)
        await live.end(session_id)
        await inventory.call_in(over)
    await tell(session_id)
