"""Hosting together: who hosts a session with which part, asking somebody, answering, leaving."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import live, promoters
from app.flows import invite_host
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.money import BASIS_POINTS
from app.kernel.pages import page, see_other
from app.live import LiveSession
from app.portal.frame import AnyRequest, Place, enter
from app.portal.session_board import own_session


class HostController(Controller):
    path = "/live/{session_id:uuid}/hosts"

    @get(permission="signed_in")
    async def show(self, request: AnyRequest, session_id: FromPath[UUID]) -> Template:
        place = await enter(request)
        return await _page(place, await own_session(place, session_id), {}, {})

    @post(permission="signed_in")
    async def invite(self, request: AnyRequest, session_id: FromPath[UUID]) -> Template | Redirect:
        """Ask somebody of this store's promoters, by the address they signed up with."""
        place = await enter(request)
        session = await own_session(place, session_id)
        values = {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}
        try:
            guest = await _known(values.get("email", ""))
            share_bps = invite_host.read_share(values.get("share", ""))
            await invite_host.invite_host(session_id, guest, share_bps=share_bps, by=place.promoter.id)
        except NotFound:
            raise
        except Refusal as refusal:
            return await _page(place, session, values, translate_errors(refusal, "email"))
        return see_other(f"/live/{session_id}/hosts", flash=("ok", _("Asked; they host once they say yes")))

    @post("/sharing", permission="signed_in")
    async def share(self, request: AnyRequest, session_id: FromPath[UUID]) -> Redirect:
        place = await enter(request)
        sharing = str((await request.form()).get("sharing", ""))
        await invite_host.share_by(session_id, sharing, by=place.promoter.id)
        return see_other(f"/live/{session_id}/hosts", flash=("ok", _("Saved")))

    @post("/{promoter_id:uuid}/remove", permission="signed_in")
    async def remove(self, request: AnyRequest, session_id: FromPath[UUID], promoter_id: FromPath[UUID]) -> Redirect:
        """By whoever planned it; or they leave themselves."""
        place = await enter(request)
        await own_session(place, session_id)
        await invite_host.leave_session(session_id, promoter_id, by=place.promoter.id)
        back = "/live" if promoter_id == place.promoter.id else f"/live/{session_id}/hosts"
        return see_other(back, flash=("ok", _("Saved")))

    @post("/answer/{answer:str}", permission="signed_in")
    async def answer(self, request: AnyRequest, session_id: FromPath[UUID], answer: FromPath[str]) -> Redirect:
        place = await enter(request)
        if answer not in ("yes", "no"):
            raise NotFound
        await invite_host.answer_invitation(session_id, place.promoter.id, yes=answer == "yes")
        if answer == "no":
            return see_other("/live", flash=("ok", _("Declined")))
        return see_other(f"/live/{session_id}", flash=("ok", _("You host this session now")))


async def _known(email: str) -> UUID:
    """Raises InvalidInput."""
    async with tenants.transaction():
        found = await promoters.find_by_email(email.strip())
    if found is None or found.status != "approved":
        raise InvalidInput({"email": N_("No approved promoter of this store has this address.")})
    return found.id


async def _page(place: Place, session: LiveSession, values: Mapping[str, str], errors: Mapping[str, str]) -> Template:
    async with tenants.transaction():
        planner = await promoters.find(session.promoter)
        hosts = [(one, await promoters.find(one.promoter)) for one in await live.everybody_of(session.id)]
    there = [(one, who) for one, who in hosts if one.status in ("invited", "accepted")]
    return page(
        "portal/live/hosts.html", status_code=422 if errors else 200, tab="live", session=session, planner=planner,
        hosts=there, rest_bps=BASIS_POINTS - sum(one.share_bps for one, _who in there), sharing=live.SHARING,
        plans=session.promoter == place.promoter.id, me=place.promoter.id, values=values, errors=errors,
    )  # fmt: skip


HANDLERS = [HostController]
