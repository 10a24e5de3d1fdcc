"""A person has dealt with exceptions: with one, or with several of the same kind at once.

One transaction for all of them. What was resolved meanwhile is counted out, so that pressing twice resolves once.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import fulfillment
from app.kernel.errors import Refusal


class MixedKinds(Refusal):
    """One note cannot be true of different troubles."""

    code = "fulfillment.mixed_kinds"
    status = 422
    message = "Choose exceptions of one kind. Nothing was resolved."


async def resolve_exceptions(chosen: Sequence[UUID], *, by: str, note: str, deed: str = "resolved") -> int:
    """How many were open and are resolved now. Raises NotFound, MixedKinds."""
    async with tenants.transaction():
        found = [await fulfillment.find_exception(one) for one in sorted(set(chosen))]
        if len({one.kind for one in found}) > 1:
            raise MixedKinds
        waiting = [one for one in found if one.status == "open"]
        for one in waiting:
            await fulfillment.resolve_exception(one.id, by=by, deed=deed, note=note)
    return len(waiting)


async def reopen_exception(exception_id: UUID) -> None:
    """Undo of resolving by hand. Raises NotFound, StaysResolved."""
    async with tenants.transaction():
        await fulfillment.reopen_exception(exception_id)
