"""The merchant completes a team, or ends it and pays everybody back."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect

from app import identity
from app.backoffice.frame import AnyRequest
from app.flows.end_team import close_team, complete_team
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


class CampaignTeamsController(Controller):
    path = "/campaigns/{campaign_id:uuid}/teams/{team_id:uuid}"

    @post("/completion", permission="promotions.write")
    async def complete(self, request: AnyRequest, campaign_id: FromPath[UUID], team_id: FromPath[UUID]) -> Redirect:
        """Raises WrongMoment, NotFound."""
        await complete_team(campaign_id, team_id, actor=identity.viewer_of(request).name)
        return see_other(f"/campaigns/{campaign_id}", flash=("ok", _("The team is complete; its orders are sent")))

    @post("/closing", permission="promotions.write")
    async def close(self, request: AnyRequest, campaign_id: FromPath[UUID], team_id: FromPath[UUID]) -> Redirect:
        """Raises WrongMoment, NotFound."""
        await close_team(campaign_id, team_id, actor=identity.viewer_of(request).name)
        return see_other(f"/campaigns/{campaign_id}", flash=("ok", _("The team is over; everybody is paid back")))


HANDLERS = [CampaignTeamsController]
