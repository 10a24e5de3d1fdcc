"""The form of a coupon: what was typed, and the draft it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from app import promotions
from app.backoffice.product_form import Values
from app.backoffice.settings import basis_points, percent
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount, plain_amount

KINDS = {"fixed": N_("An amount off"), "percent": N_("Percent off"), "threshold": N_("An amount off from a sum on")}
DETAILS = {
    "fixed": N_("For every order, like 5 off."),
    "percent": N_("A share of what the goods cost, if you like with a cap."),
    "threshold": N_("Only for larger orders, like 15 off from 100 on."),
}
SCOPES = {"all": N_("Everything"), "collections": N_("Chosen collections"), "products": N_("Chosen products")}
EMPTY: Values = {"kind": "fixed", "scope": "all", "per_customer_limit": "1"}


def values_of(coupon: promotions.Coupon, currency: str, zone: str) -> Values:
    """What the form shows of a saved coupon; its last day is the one that is still good."""

    def amount(value: int | None) -> str:
        return plain_amount(value, currency) if value else ""

    def day(moment: datetime | None, back: timedelta = timedelta(0)) -> str:
        return (moment - back).astimezone(ZoneInfo(zone)).date().isoformat() if moment else ""

    return {
        "name": coupon.name, "code": coupon.code, "kind": coupon.kind, "amount": amount(coupon.amount),
        "bps": percent(coupon.bps) if coupon.bps else "", "cap_amount": amount(coupon.cap_amount),
        "from_amount": amount(coupon.from_amount), "scope": coupon.scope,
        "issue_total": str(coupon.issue_total or ""), "per_customer_limit": str(coupon.per_customer_limit or ""),
        "starts_on": day(coupon.starts_at), "ends_on": day(coupon.ends_at, timedelta(seconds=1)),
        "owner": str(coupon.owner or ""), "valid_days": str(coupon.valid_days or ""),
        "claimable": "yes" if coupon.claimable else "",
    }  # fmt: skip


def read_draft(values: Values, chosen: Sequence[str], currency: str, zone: str) -> promotions.CouponDraft:
    """Raises InvalidInput naming every field that cannot be read. Empty limits mean none."""
    wrong: dict[str, str] = {}

    def amount(field: str) -> int | None:
        try:
            return parse_amount(values[field], currency) if values.get(field, "").strip() else None
        except InvalidAmount as error:
            wrong[field] = error.message
            return None

    def count(field: str) -> int | None:
        text = values.get(field, "").strip()
        if text and not (text.isascii() and text.isdecimal() and len(text) < 9):
            wrong[field] = N_("Enter a whole number.")
            return None
        return int(text) if text else None

    draft = promotions.CouponDraft(
        name=values.get("name", ""),
        code=values.get("code", ""),
        kind=cast(Any, _one_of("kind", values, KINDS, wrong)),
        amount=amount("amount") or 0,
        bps=basis_points(values["bps"], "bps", wrong) if values.get("bps", "").strip() else 0,
        cap_amount=amount("cap_amount"),
        from_amount=amount("from_amount") or 0,
        scope=cast(Any, _one_of("scope", values, SCOPES, wrong)),
        targets=_ids(chosen, wrong),
        issue_total=count("issue_total"),
        per_customer_limit=count("per_customer_limit"),
        starts_at=read_day("starts_on", values, zone, wrong),
        ends_at=read_day("ends_on", values, zone, wrong, after_days=1),
        valid_days=count("valid_days"),
        claimable=values.get("claimable") == "yes",
        owner=_owner(values, wrong),
    )
    if wrong:
        raise InvalidInput(wrong)
    return draft


def _one_of(field: str, values: Values, known: dict[str, str], wrong: dict[str, str]) -> str:
    value = values.get(field, "")
    if value not in known:
        wrong[field] = N_("Choose one of the offered values.")
        return next(iter(known))
    return value


def _ids(chosen: Sequence[str], wrong: dict[str, str]) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(text) for text in chosen)
    except ValueError:
        wrong["targets"] = N_("Choose one of the offered values.")
        return ()


def _owner(values: Values, wrong: dict[str, str]) -> UUID | None:
    try:
        return UUID(values["owner"]) if values.get("owner") else None
    except ValueError:
        wrong["owner"] = N_("Choose one of the offered values.")
        return None


def read_day(field: str, values: Values, zone: str, wrong: dict[str, str], *, after_days: int = 0) -> datetime | None:
    """The beginning of the typed day where the store is, or so many days after it."""
    text = values.get(field, "").strip()
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=after_days), time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        wrong[field] = N_("Enter a day like 2026-11-30.")
        return None
