"""A pickup point is written down: by the merchant, or by a promoter who asks the store to let them hold it.

One transaction each. What a promoter writes waits for the store's yes, also when the place of an approved point is
moved; with the yes the promoter is a leader. Orders keep the address they were placed with.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import pickups, promoters
from app.flows.postal_address import AddressForm, as_ship_to, check_address
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.pickups import NewPoint, Point

LONGEST_NAME, LONGEST_HOURS, LONGEST_NOTE = 60, 80, 300


class PointForm(AddressForm, forbid_unknown_fields=True, kw_only=True):
    """What a person types; `recipient` is whose name stands on the parcels."""

    name: str = ""
    opening_hours: str = ""
    note: str = ""
    leader: UUID | None = None


def read_point(form: PointForm) -> NewPoint:
    """Raises InvalidInput naming the fields."""
    wrong = check_address(form)
    if not 0 < len(form.name.strip()) <= LONGEST_NAME:
        wrong["name"] = N_("Enter a name of up to 60 characters.")
    if len(form.opening_hours) > LONGEST_HOURS or len(form.note) > LONGEST_NOTE:
        wrong["note"] = N_("A text is too long.")
    if wrong:
        raise InvalidInput(wrong)
    address = {name: text for name, text in as_ship_to(form).items() if name not in ("recipient", "phone")}
    return NewPoint(
        name=form.name.strip(), contact=form.recipient.strip(), phone=form.phone.strip(), address=address,
        opening_hours=form.opening_hours.strip(), note=form.note.strip(),
    )  # fmt: skip


async def ask_for_point(login_id: UUID, form: PointForm, point_id: UUID | None = None) -> UUID:
    """By the promoter. Raises InvalidInput, NotApproved, and NotFound for a point of somebody else's."""
    new = read_point(form)
    async with tenants.transaction():
        promoter = await promoters.find_by_login(login_id)
        if promoter is None or promoter.status != "approved":
            raise promoters.NotApproved
        known = await pickups.find_point(point_id) if point_id else None
        if known and known.leader != promoter.id:
            raise NotFound
        stays = known is not None and known.status == "approved" and known.address == dict(new.address)
        return await pickups.save_point(new, promoter.id, known, status="approved" if stays else "pending")


async def write_point(form: PointForm, point_id: UUID | None = None, *, actor: str) -> UUID:
    """By the merchant, who agrees with it by writing it. Raises InvalidInput, NotFound."""
    new = read_point(form)
    async with tenants.transaction():
        known = await pickups.find_point(point_id) if point_id else None
        leader = known.leader if known else form.leader
        if leader is None:
            raise InvalidInput({"leader": N_("Choose who hands out there.")})
        promoter = await promoters.find(leader)
        if promoter.status != "approved":
            raise InvalidInput({"leader": N_("Choose who hands out there.")})
        saved = await pickups.save_point(new, promoter.id, known, status="approved")
        await _approve(await pickups.find_point(saved), actor)
        return saved


async def decide_point(point_id: UUID, act: str, *, actor: str) -> None:
    """`approve`, `reject`, `close` for new orders, or `open` again. Raises NotFound."""
    async with tenants.transaction():
        point = await pickups.find_point(point_id)
        if act == "approve":
            await _approve(point, actor)
        elif act == "reject":
            await pickups.decide_point(point.id, "rejected", by=actor)
        else:
            await pickups.open_or_close(point.id, active=act == "open")


async def _approve(point: Point, actor: str) -> None:
    await pickups.decide_point(point.id, "approved", by=actor)
    await promoters.set_leader(point.leader, True)
