"""What a demand test that was a go turns into."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect

from app import identity
from app.backoffice.frame import AnyRequest, form_values
from app.flows.run_demand_test import turn_into
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


class DemandController(Controller):
    path = "/campaigns/{campaign_id:uuid}/demand"

    @post("/sell", permission="promotions.write")
    async def sell(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        """A draft of a pre-sale or a flash sale with the same goods. Raises WrongMoment."""
        chosen = form_values(await request.form()).get("kind", "")
        actor = identity.viewer_of(request).name
        made = await turn_into(campaign_id, "flash_sale" if chosen == "flash_sale" else "presale", actor=actor)
        return see_other(
            f"/campaigns/{made}/edit", flash=("ok", _("A draft with the same goods: look at its days and publish it"))
        )


HANDLERS = [DemandController]
