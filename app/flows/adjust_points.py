"""The store sets a customer's points right by hand, and says why.

The audit entry comes first, in a transaction of the platform; then one transaction of the store. The same `key` moves
points once. Taking away more than there are takes what there is: nobody owes points because a person typed a number.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import promotions
from app.identity import Viewer
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from tenants import audit, platform

MOST = 10_000_000


async def adjust_points(customer: UUID, points: int, *, reason: str, key: UUID, by: Viewer) -> bool:
    """Above zero gives, below zero takes away. False when this key did so before. Raises InvalidInput."""
    reason = reason.strip()[:200]
    if not reason:
        raise InvalidInput({"reason": N_("This is needed.")})
    if not 0 < abs(points) <= MOST:
        raise InvalidInput({"points": N_("Enter a whole number within the allowed range.")})
    async with tenants.transaction():
        before = await promotions.points_of(customer)
    points = max(points, -before.balance)
    if not points:
        raise InvalidInput({"points": N_("There are no points to take away.")})
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action="points.adjusted",
            tenant=tenants.current().id, subject=str(customer), details={"points": str(points), "reason": reason},
        )  # fmt: skip
    async with tenants.transaction():
        return await promotions.adjust_points(customer, points, reason=reason, key=key, by=by.name)
