"""What the merchant decides about a running pre-sale: another day, the goods are there, or it will not come."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect

import tenants
from app import group_buying, identity
from app.backoffice.frame import AnyRequest, form_values
from app.backoffice.kind_presale import read_day
from app.flows import run_presale
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_fields
from app.kernel.pages import see_other

LONGEST_REASON = 200


class PresaleController(Controller):
    path = "/campaigns/{campaign_id:uuid}/presale"

    @post("/day", permission="promotions.write")
    async def move(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        """Everybody who waits is told, and may leave with everything if the day is a later one. Raises NotFound."""
        values = form_values(await request.form())
        here = f"/campaigns/{campaign_id}"
        async with tenants.transaction():
            await group_buying.find(campaign_id)
        try:
            day = read_day(values)
        except InvalidInput as refusal:
            return see_other(here, flash=("bad", " ".join(translate_fields(refusal).values())))
        reason = values.get("reason", "")[:LONGEST_REASON]
        told = await run_presale.move_day(campaign_id, day, reason=reason, actor=_actor(request))
        words = ngettext("The day is moved, %(num)s member is told", "The day is moved, %(num)s members are told", told)
        return see_other(here, flash=("ok", words))

    @post("/arrived", permission="promotions.write")
    async def arrive(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        """What is paid goes to the warehouse now; what is not yet, as soon as it is."""
        await run_presale.goods_are_there(campaign_id, actor=_actor(request))
        return see_other(f"/campaigns/{campaign_id}", flash=("ok", _("What is paid goes to the warehouse now")))

    @post("/call-off", permission="promotions.write")
    async def call_off(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        """Nobody can join any more, and everybody who waits gets everything back."""
        reason = form_values(await request.form()).get("reason", "")[:LONGEST_REASON]
        await run_presale.call_off(campaign_id, reason=reason, actor=_actor(request))
        return see_other(f"/campaigns/{campaign_id}", flash=("ok", _("Called off. Everybody gets the money back")))


def _actor(request: AnyRequest) -> str:
    return identity.viewer_of(request).name


HANDLERS = [PresaleController]
