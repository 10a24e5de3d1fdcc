"""The leader takes a list away: as a table, a workbook, or labels for the bags."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

import tenants
from app import group_buying
from app.flows.ask_leader_export import ask_leader_export
from app.flows.leader_export_file import answer_with
from app.identity import viewer_of
from app.kernel.errors import NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from app.portal.chains import enter_as_leader, own
from app.portal.frame import AnyRequest


class ExportForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    kind: Literal["csv", "xlsx", "labels"]


class ChainExportController(Controller):
    path = "/chains/{campaign_id:uuid}/exports"

    @post(permission="signed_in")
    async def ask(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        form, place, viewer = await read_form(request, ExportForm), await enter_as_leader(request), viewer_of(request)
        async with tenants.transaction():
            await own(place, campaign_id)
        export = await ask_leader_export(
            campaign_id, form.kind, actor=("promoter", viewer.id, viewer.name), promoter=place.promoter.id,
            personal=False, locale=current_locale.get(),
        )  # fmt: skip
        if export.has_file:
            return see_other(f"/chains/{campaign_id}/exports/{export.id}")
        said = _("The file is being written. It is in the list below in a moment.")
        return see_other(f"/chains/{campaign_id}#exports", flash=("ok", said))

    @get("/{leader_export_id:uuid}", permission="signed_in")
    async def fetch(
        self, request: AnyRequest, campaign_id: FromPath[UUID], leader_export_id: FromPath[UUID]
    ) -> Response[bytes] | Stream:
        """Only what this leader asked for."""
        place = await enter_as_leader(request)
        async with tenants.transaction():
            await own(place, campaign_id)
            export = await group_buying.exports.find_export(leader_export_id)
        if export.campaign != campaign_id or export.promoter != place.promoter.id or not export.has_file:
            raise NotFound
        return await answer_with(export)


HANDLERS = [ChainExportController]
