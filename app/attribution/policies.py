"""The store's policy on whose sale it is: versions that are never changed, each from its own moment on.

A store that saved none has the policy of old: the last click within the window of its settings, and nobody is bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from app.kernel.versions import add_version, write_version

RUNGS = ("code_at_checkout", "live", "coupon", "binding", "last_click", "unbacked_coupon")
TRIGGERS = ("click", "register", "first_order", "first_paid_order", "admin", "import")
ELIGIBLE = ("everyone", "new_customers")
SNATCHING = ("anytime", "never", "after_protection")
LONGEST_LOCK = 3_650
MOST_PRODUCTS = 200


class Locks(msgspec.Struct, frozen=True):
    """For how many days a click, and a paid order, bind."""

    click_days: int
    order_days: int


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One version. Version 0 is that of a store that never saved one."""

    version: int = 0
    valid_from: datetime | None = None
    rungs: tuple[str, ...] = ("last_click",)
    click_window_days: int = 30
    live_minutes: int = 30
    bind_trigger: str = "click"
    eligible: str = "everyone"
    snatch_policy: str = "after_protection"
    protect_days: int = 5
    click_lock_days: int = 5
    order_lock_days: int = 20
    live_click_lock_days: int = 10
    live_order_lock_days: int = 35
    product_locks: dict[UUID, Locks] = {}
    max_orders: int | None = None
    note: str = ""
    changed_by: str = ""
    created_at: datetime | None = None

    @property
    def binds(self) -> bool:
        """Whether anybody is bound at all: only where a binding counts for something."""
        return "binding" in self.rungs

    @property
    def rule(self) -> str:
        """Under which rule a decision is kept."""
        return "ladder" if self.version else "last_click"

    @property
    def rule_version(self) -> str:
        return f"{self.rule}/1"

    def click_days(self, product: UUID | None, *, live: bool) -> int:
        """How long a click binds: as its product says, else as a live room does, else as any link."""
        own = self.product_locks.get(product) if product else None
        return own.click_days if own else self.live_click_lock_days if live else self.click_lock_days

    def order_days(self, products: Sequence[UUID], *, live: bool) -> int:
        """How long a paid order binds: the longest of what its goods say."""
        usual = self.live_order_lock_days if live else self.order_lock_days
        return max([self.product_locks[one].order_days for one in products if one in self.product_locks] or [usual])


FULL = Policy(rungs=RUNGS)  # what the form offers to begin with
_COLUMNS = (
    "version, valid_from, rungs, click_window_days, live_minutes, bind_trigger, eligible, snatch_policy, protect_days,"
    " click_lock_days, order_lock_days, live_click_lock_days, live_order_lock_days, product_locks, max_orders, note,"
    " changed_by, created_at"
)


class PolicyChanged(Refusal):
    """Somebody saved another version in the meantime."""

    code = "attribution.policy_changed"
    status = 409
    message = "Somebody else saved the policy a moment ago. Look at it and save again."


async def policies() -> list[Policy]:
    """Every saved version, the newest first, and the policy of old as the last."""
    rows = await tenants.connection().fetch(f"SELECT {_COLUMNS} FROM attribution_policy ORDER BY version DESC")  # noqa: S608 - constant
    window: int = await tenants.connection().fetchval("SELECT click_window_days FROM store_profile")
    return [*(_read(row) for row in rows), Policy(click_window_days=window)]


def policy_of(versions: Sequence[Policy], at: datetime) -> Policy:
    """The version that counts at a moment, of those that `policies` answers."""
    return next(one for one in versions if one.valid_from is None or one.valid_from <= at)


async def policy_at(at: datetime) -> Policy:
    return policy_of(await policies(), at)


async def save_policy(draft: Policy, *, seen: int, by: str) -> Policy:
    """A new version from `draft.valid_from` on, or from now. Raises InvalidInput, PolicyChanged."""
    check_policy(draft)
    moment = now()
    saved = msgspec.structs.replace(
        draft, version=seen + 1, valid_from=max(draft.valid_from or moment, moment), changed_by=by, created_at=moment
    )
    await add_version("attribution_policy", _COLUMNS, _facts(saved), seen=seen, changed=PolicyChanged)
    return saved


async def write_policy(saved: Policy) -> None:
    await write_version("attribution_policy", _COLUMNS, _facts(saved))


def _facts(saved: Policy) -> dict[str, Any]:
    return msgspec.structs.asdict(saved) | {
        "rungs": list(saved.rungs), "product_locks": msgspec.json.encode(saved.product_locks).decode()
    }  # fmt: skip


def check_policy(draft: Policy) -> None:
    """Raises InvalidInput naming everything that cannot be."""
    wrong: dict[str, str] = {}
    if not draft.rungs or len(set(draft.rungs)) < len(draft.rungs) or not set(draft.rungs) <= set(RUNGS):
        wrong["rungs"] = N_("Choose at least one way to count, and each once.")
    if not 1 <= draft.click_window_days <= 365:
        wrong["click_window_days"] = N_("Between 1 and 365 days.")
    if not 1 <= draft.live_minutes <= 1_440:
        wrong["live_minutes"] = N_("Between 1 minute and a day.")
    for name, known in (("bind_trigger", TRIGGERS), ("eligible", ELIGIBLE), ("snatch_policy", SNATCHING)):
        if getattr(draft, name) not in known:
            wrong[name] = N_("Choose one of the offered values.")
    if not 0 <= draft.protect_days <= LONGEST_LOCK:
        wrong["protect_days"] = N_("Between 0 and 3,650 days.")
    for name in ("click_lock_days", "order_lock_days", "live_click_lock_days", "live_order_lock_days"):
        if not 1 <= getattr(draft, name) <= LONGEST_LOCK:
            wrong[name] = N_("Between 1 and 3,650 days.")
    if draft.max_orders is not None and not 1 <= draft.max_orders <= 1_000:
        wrong["max_orders"] = N_("Between 1 and 1,000 orders.")
    days = [each for lock in draft.product_locks.values() for each in (lock.click_days, lock.order_days)]
    if len(draft.product_locks) > MOST_PRODUCTS or not all(1 <= each <= LONGEST_LOCK for each in days):
        wrong["product_locks"] = N_("Between 1 and 3,650 days.")
    if wrong:
        raise InvalidInput(wrong)


def _read(row: Any) -> Policy:
    locks = msgspec.json.decode(row["product_locks"], type=dict[UUID, Locks])
    return Policy(**{**row, "rungs": tuple(row["rungs"]), "product_locks": locks})
