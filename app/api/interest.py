"""A demand test: saying that one wants it, without ordering."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, post
from litestar.params import FromPath

import tenants
from app import group_buying
from app.api.admission import visit_of
from app.api.bodies import answer
from app.api.campaign_shapes import Campaign, campaign_shown
from app.api.described import described
from app.flows.campaign_offer import offer_of
from app.flows.run_demand_test import say_i_want_it
from app.kernel.errors import NotFound

AnyRequest = Request[Any, Any, Any]


class InterestController(Controller):
    path = "/campaigns/{code:str}/interest"

    @post(
        **described("Want it", gives=Campaign, bearer=True, key="optional", refuses=(NotFound, group_buying.NotRunning))
    )
    async def want(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        """Said again it counts once, and nothing about the person is kept. For demand tests only."""
        visit = await visit_of(request)
        await say_i_want_it(code, visit.visitor_id)
        async with tenants.transaction():
            shown = await campaign_shown(await offer_of((await group_buying.find_by_code(code)).id))
        return answer(shown)
