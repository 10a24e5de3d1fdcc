"""Somebody wants it: one press for each session, and nothing about the person is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Controller, Request, post
from litestar.params import FromPath
from litestar.response import Redirect

from app import group_buying, identity
from app.flows.run_demand_test import say_i_want_it
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_refusal
from app.kernel.pages import see_other

AnyRequest = Request[Any, Any, Any]


class DemandController(Controller):
    path = "/campaigns/{code:str}/interest"

    @post(permission="public", csrf="origin")
    async def want(self, request: AnyRequest, code: FromPath[str]) -> Redirect:
        """Pressed again it counts once. Raises NotFound."""
        visit = await identity.ensure_visit(request)
        here = f"/campaigns/{quote(code)}"
        try:
            await say_i_want_it(code, visit.visitor_id)
        except group_buying.NotRunning as refusal:
            return see_other(here, flash=("bad", translate_refusal(refusal)))
        return see_other(here, flash=("ok", _("Noted: you want it. You hear of it here.")))
