"""One customer as a member: the level with how it came about, the points with everything that moved them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import promotions
from app.backoffice import queries_promotions as queries
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.product_form import Values
from app.flows.adjust_points import adjust_points
from app.identity import viewer_of
from app.kernel import idempotency
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.kernel.pages import see_other
from tenants import states


class PeopleController(Controller):
    path = "/members/people"

    @get(permission="promotions.read")
    async def index(self, request: AnyRequest, q: FromQuery[str] = "", after: FromQuery[str] = "") -> Template:
        async with tenants.transaction():
            page = await queries.people(q[:100], after)
            ladder = await promotions.levels()
        return await show(request, "members/people.html", rows=page, query=q[:100], levels=ladder)

    @get("/{customer_id:uuid}", permission="promotions.read")
    async def show_person(
        self, request: AnyRequest, customer_id: FromPath[UUID], after: FromQuery[str] = ""
    ) -> Template:
        return await _person(request, customer_id, after=after)

    @post("/{customer_id:uuid}/points", permission="promotions.write")
    async def adjust(self, request: AnyRequest, customer_id: FromPath[UUID]) -> Template | Redirect:
        """The form's own key names the movement, so that sending it again moves nothing more."""
        submitted = await request.form()
        values = form_values(submitted)
        typed = str(submitted.get(idempotency.FIELD) or "")
        key = uuid5(customer_id, typed) if typed else new_id()
        states.require(tenants.current(), "edit")
        try:
            points = _read_points(values)
            await _find(customer_id)
            await adjust_points(
                customer_id, points, reason=values.get("reason", ""), key=key, by=viewer_of(request)
            )  # fmt: skip
        except InvalidInput as refusal:
            return await _person(request, customer_id, values=values, errors=translate_fields(refusal))
        return see_other(f"/members/people/{customer_id}", flash=("ok", _("Saved")))


def _read_points(values: Values) -> int:
    """Raises InvalidInput."""
    text = values.get("points", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise InvalidInput({"points": N_("Enter a whole number.")})
    return int(text) if values.get("direction") != "take" else -int(text)


async def _find(customer_id: UUID) -> dict[str, Any]:
    """Raises NotFound."""
    async with tenants.transaction():
        found = await queries.person(customer_id)
    if found is None:
        raise NotFound
    return dict(found)


async def _person(
    request: AnyRequest,
    customer_id: UUID,
    *,
    after: str = "",
    values: Values | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    person = await _find(customer_id)
    async with tenants.transaction():
        context: dict[str, Any] = {
            "membership": await promotions.membership_of(customer_id),
            "level_days": await promotions.level_days(),
            "points": await promotions.points_of(customer_id),
            "soon": promotions.ending_soon(await promotions.lots_of(customer_id), now()),
            "entries": await promotions.entries_of(customer_id, after=after),
        }
    return await show(
        request, "members/person.html", status_code=422 if errors else 200, person=person, values=values or {},
        errors=errors or {}, **context,
    )  # fmt: skip


HANDLERS: list[Any] = [PeopleController]
