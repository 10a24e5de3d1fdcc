"""The form of a policy on whose sale it is: what was typed, and the version it means."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from app.attribution import FULL, RUNGS, Locks, Policy
from app.backoffice.coupon_form import read_day
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

NUMBERS = (
    "click_window_days", "live_minutes", "protect_days", "click_lock_days", "order_lock_days", "live_click_lock_days",
    "live_order_lock_days",
)  # fmt: skip
CHOICES = ("bind_trigger", "eligible", "snatch_policy")
BLANK_ROWS = 2
LONGEST_NOTE = 200


def values_of(policy: Policy) -> dict[str, str]:
    """What the form shows of a version. A store without one is offered the full ladder, with its own window."""
    shown = policy if policy.version else msgspec.structs.replace(FULL, click_window_days=policy.click_window_days)
    values = {name: str(getattr(shown, name)) for name in (*NUMBERS, *CHOICES)}
    values |= {f"rung_{name}": str(place) for place, name in enumerate(shown.rungs, start=1)}
    values["max_orders"] = str(shown.max_orders or "")
    for row, (product, lock) in enumerate(shown.product_locks.items()):
        values |= {
            f"product-{row}": str(product), f"click-{row}": str(lock.click_days), f"order-{row}": str(lock.order_days)
        }  # fmt: skip
    return values | {"seen": str(policy.version)}


def lock_rows(values: Mapping[str, str]) -> range:
    """Which rows of products the form shows: those that are filled in, and a few blank ones."""
    filled = [int(name.removeprefix("product-")) for name, text in values.items() if _is_row(name) and text]
    return range(max(filled, default=-1) + 1 + BLANK_ROWS)


def _is_row(name: str) -> bool:
    return name.startswith("product-") and name.removeprefix("product-").isdecimal() and len(name) < 12


def read_policy(values: Mapping[str, str], zone: str) -> Policy:
    """Raises InvalidInput naming every field that cannot be read."""
    wrong: dict[str, str] = {}
    numbers = {name: _number(values, name, wrong) for name in NUMBERS}
    policy = Policy(
        **numbers,  # type: ignore[arg-type]
        **{name: values.get(name, "") for name in CHOICES},  # type: ignore[arg-type]
        rungs=_rungs(values, wrong),
        max_orders=_number(values, "max_orders", wrong) if values.get("max_orders", "").strip() else None,
        product_locks=_locks(values, wrong),
        note=values.get("note", "").strip()[:LONGEST_NOTE],
        valid_from=read_day("valid_from", dict(values), zone, wrong),
    )
    if wrong:
        raise InvalidInput(wrong)
    return policy


def _rungs(values: Mapping[str, str], wrong: dict[str, str]) -> tuple[str, ...]:
    """The rungs that were given a place, in that order; two in one place are no order."""
    places = {name: values.get(f"rung_{name}", "") for name in RUNGS}
    chosen = {name: int(place) for name, place in places.items() if place.isdecimal() and len(place) < 3}
    if len(set(chosen.values())) < len(chosen):
        wrong["rungs"] = N_("Two of them have the same place. Give each its own.")
    return tuple(sorted(chosen, key=lambda name: chosen[name]))


def _locks(values: Mapping[str, str], wrong: dict[str, str]) -> dict[UUID, Locks]:
    found: dict[UUID, Locks] = {}
    for row in lock_rows(values):
        text = values.get(f"product-{row}", "")
        if not text:
            continue
        try:
            product = UUID(text)
        except ValueError:
            wrong["product_locks"] = N_("Choose one of the offered values.")
            continue
        found[product] = Locks(_number(values, f"click-{row}", wrong), _number(values, f"order-{row}", wrong))
    return found


def _number(values: Mapping[str, str], name: str, wrong: dict[str, str]) -> int:
    text = values.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        wrong[name] = N_("Enter a whole number.")
        return 0
    return int(text)
