"""When a parcel is late, whether its shopper is told, and what labels show: one row of the store, or the defaults."""

from __future__ import annotations

from typing import Annotated

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]


class ShippingRules(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel is late when nobody fetched it for `pickup_hours`, when it lay still for `still_hours`, or was at the
    door for `door_hours`; after `lost_days` without a word it is lost. On time is within `on_time_days`, unless the
    carrier itself named a day.
    """

    pickup_hours: Hours = 48
    still_hours: Hours = 72
    door_hours: Hours = 48
    lost_days: Annotated[int, msgspec.Meta(ge=3, le=120)] = 15
    on_time_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    tells_shopper: bool = True
    masks_phone: bool = False
    sender_name: Annotated[str, msgspec.Meta(max_length=80)] = ""
    sender_phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    sender_address: Annotated[str, msgspec.Meta(max_length=200)] = ""


_FIELDS = [field.name for field in msgspec.structs.fields(ShippingRules)]
READ = f"SELECT {', '.join(_FIELDS)} FROM shipping_rules"  # noqa: S608 - constants only
_NEW = ", ".join(f"{name} = EXCLUDED.{name}" for name in [*_FIELDS, "updated_at"])
SAVE = (
    f"INSERT INTO shipping_rules (id, {', '.join(_FIELDS)}, updated_at)"  # noqa: S608 - constants only
    f" VALUES ($1, {', '.join(f'${place}' for place in range(2, len(_FIELDS) + 3))})"
    f" ON CONFLICT (only_one) DO UPDATE SET {_NEW}"
)


async def shipping_rules() -> ShippingRules:
    row = await tenants.connection().fetchrow(READ)
    return ShippingRules(**row) if row else ShippingRules()


async def save_shipping_rules(rules: ShippingRules) -> None:
    await tenants.connection().execute(SAVE, new_id(), *msgspec.structs.astuple(rules), now())
