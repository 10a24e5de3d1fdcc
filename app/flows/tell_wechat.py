"""WeChat is told which parcels of a payment left, or it keeps the money. By the clock, each payment by itself.

WeChat is called between two transactions; the same told again is no error there, so a lost answer costs nothing. Who
paid is asked for each time and kept nowhere. Parcels are told as they leave; after the last one a correction is allowed
once, and what comes later is for a person. Carriers are named by WeChat's own codes, from a list that is asked for once
a day; without it by the codes we know.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

import tenants
from app import fulfillment, orders, payments
from app.flows.switchboard import connect
from app.fulfillment import DueUpload, ParcelView, Upload
from app.kernel.clock import now
from infra import wiring
from infra.carrier import codes
from infra.payment.port import PaymentRejected, PaymentState, PaymentUnavailable
from infra.payment.wechat_answers import NOT_THERE, OF_THE_APP, reason_of
from infra.payment.wechat_shipping import MOST_PARCELS, ShippedParcel, ShippingInfo, WeChatShipping

PROVIDER = "wechat"
AT_ONCE = 50
TOLD_FOR = timedelta(days=14)
LIST_IS_GOOD_FOR = timedelta(days=1)
log = structlog.get_logger()
Asked = Callable[[str], Awaitable[PaymentState]]


async def tell_wechat(service: WeChatShipping | None = None, asked: Asked | None = None) -> int:
    """How many payments WeChat was told of. Without an answer the rest waits for the next round."""
    account = await _account()
    if account is None:
        return 0
    service = service or wiring.wechat_shipping(account, tenant_id=tenants.current().id)
    if service is None:
        return 0
    async with tenants.transaction():
        due = await fulfillment.due_uploads(PROVIDER, shipped_after=now() - TOLD_FOR, limit=AT_ONCE)
    carriers = await _carriers(service) if due else {}
    told = 0
    for one in due:
        told += await _tell(one, service, asked or connect(account).query, account["merchant_id"], carriers)
    return told


async def _carriers(service: WeChatShipping) -> Mapping[str, str]:
    """Their names by WeChat's codes; an old list, or none, when WeChat gives none."""
    async with tenants.transaction():
        known = await fulfillment.carriers_of(PROVIDER)
    if known and not known.is_older_than(LIST_IS_GOOD_FOR):
        return known.names
    try:
        names = await service.carriers()
    except (PaymentRejected, PaymentUnavailable) as error:
        log.info("wechat.no_carriers", error=str(error))
        return known.names if known else {}
    async with tenants.transaction():
        await fulfillment.keep_carriers(PROVIDER, names)
    return names


async def _account() -> payments.Account | None:
    async with tenants.transaction():
        accounts = await payments.accounts()
    return next((account for account in accounts if account["provider"] == PROVIDER), None)


async def _tell(
    due: DueUpload, service: WeChatShipping, asked: Asked, merchant_id: str, carriers: Mapping[str, str]
) -> bool:
    async with tenants.transaction():
        before = await fulfillment.upload_of(due.payment)
        order = await orders.find(due.order_id)
        parcels = [one for one in await fulfillment.parcels_of(order.id) if one.tracking_number]
        titles = {line.id: line.title for line in await orders.lines_of(order.id)}
        whole = await fulfillment.has_shipped_all(order.id)
    after = next_upload(before, [one.tracking_number for one in parcels if one.status != "canceled"], whole=whole)
    if after is None:
        await _for_a_person(due, before, "corrected_once")
        return False
    fresh = [one for one in parcels if one.tracking_number in after.told and one.tracking_number not in before.told]
    chosen = [one for one in parcels if one.tracking_number in after.told] if after.corrected else fresh
    try:
        state = await asked(due.number)
        info = ShippingInfo(
            state.provider_ref, due.number, merchant_id, state.payer_id,
            [_parcel(one, titles, order.phone, carriers) for one in chosen],
            split=not (after.complete and len(after.told) == 1), complete=after.complete, at=now(),
        )  # fmt: skip
        await service.upload(info)
    except PaymentRejected as error:
        await _take_no(due, before, error)
        return False
    except PaymentUnavailable as error:
        async with tenants.transaction():
            await fulfillment.save_upload(due, _with(before, status="waiting", error=str(error)))
        log.info("wechat.not_told", payment=due.number, error=str(error))
        return False
    async with tenants.transaction():
        await fulfillment.save_upload(due, after)
        await fulfillment.close_by_itself(due.order_id, fulfillment.trouble.PLATFORM_NOT_TOLD)
    return True


def next_upload(before: Upload, numbers: Sequence[str], *, whole: bool) -> Upload | None:
    """What WeChat knows after the next call: at most ten parcels more. None when nothing more can be told.

    `corrected` is set by the call that corrects what had been told whole, and that call tells everything again.
    """
    fresh = [number for number in dict.fromkeys(numbers) if number not in before.told]
    if before.complete:
        if before.corrected or len(before.told) + len(fresh) > MOST_PARCELS:
            return None
        return Upload(told=[*before.told, *fresh], complete=True, corrected=True, status="told")
    part = fresh[:MOST_PARCELS]
    return Upload(told=[*before.told, *part], complete=whole and len(part) == len(fresh), status="told")


async def _take_no(due: DueUpload, before: Upload, error: PaymentRejected) -> None:
    """A payment made outside the mini-program is not there, and needs nothing; every other no is for a person. One that
    is about the mini-program itself is tried again all the same, and closes by itself when it was put right.
    """
    if error.code == f"wechat_{NOT_THERE}":
        async with tenants.transaction():
            await fulfillment.save_upload(due, _with(before, status="elsewhere", error=error.code))
        return
    if error.code == "unknown_carrier":
        await _for_a_person(due, before, str(error))
        return
    reason = reason_of(error.code)
    said = f"{error.code.removeprefix('wechat_')} {error.args[1]}".strip()
    told = reason if reason == "corrected_once" else f"wechat.{reason}: {said}"
    await _for_a_person(due, before, told, status="waiting" if reason in OF_THE_APP else "refused")


async def _for_a_person(due: DueUpload, before: Upload, reason: str, *, status: str = "refused") -> None:
    async with tenants.transaction():
        await fulfillment.save_upload(due, _with(before, status=status, error=reason))
        await fulfillment.raise_exception(
            fulfillment.trouble.PLATFORM_NOT_TOLD, order_id=due.order_id, params={"reason": reason}
        )


def _with(before: Upload, *, status: str, error: str) -> Upload:
    return Upload(
        told=before.told, complete=before.complete, corrected=before.corrected, status=status, error=error[:200]
    )  # fmt: skip


def _parcel(
    parcel: ParcelView, titles: Mapping[Any, str], phone: str, carriers: Mapping[str, str]
) -> ShippedParcel:  # fmt: skip
    """Raises PaymentRejected for a carrier WeChat would not know either."""
    known = (
        codes.find(parcel.carrier) or codes.find(parcel.carrier_name) or codes.guess(parcel.tracking_number)
    )  # fmt: skip
    code = code_of(known, parcel.carrier_name or parcel.carrier, carriers)
    if code is None:
        raise PaymentRejected("unknown_carrier", parcel.carrier_name or parcel.carrier)
    goods = "，".join(f"{titles[line]}×{count}" for line, count in parcel.quantities.items() if line in titles)
    hidden = f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else ""
    receiver = hidden if known and known.code in codes.NEEDS_PHONE else ""
    return ShippedParcel(parcel.tracking_number, code, goods or parcel.reference, receiver)


def code_of(known: codes.Carrier | None, written: str, theirs: Mapping[str, str]) -> str | None:
    """WeChat's code of a carrier: ours if its list has it or there is no list, else that of the same name."""
    if known and (not theirs or known.short in theirs):
        return known.short
    names = {name.casefold() for name in ((known.name, *known.also) if known else (written.strip(),)) if name}
    return next((code for code, name in theirs.items() if name.strip().casefold() in names), None)
