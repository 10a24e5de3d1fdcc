"""The merchant takes the list of a chain order away; with whole phone numbers for whoever may see them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

import tenants
from app import group_buying
from app.backoffice.frame import AnyRequest
from app.flows.ask_leader_export import ask_leader_export
from app.flows.leader_export_file import answer_with
from app.identity import allows, viewer_of
from app.kernel.errors import Forbidden, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


class ExportForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    kind: Literal["csv", "xlsx", "labels"]


class CampaignExportController(Controller):
    path = "/campaigns/{campaign_id:uuid}/exports"

    @post(permission="orders.export")
    async def ask(self, request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
        form, viewer = await read_form(request, ExportForm), viewer_of(request)
        async with tenants.transaction():
            await _chain(campaign_id)
        export = await ask_leader_export(
            campaign_id, form.kind, actor=("merchant", viewer.id, viewer.name), promoter=None,
            personal=allows(viewer.realm, viewer.role, "orders.personal"), locale=current_locale.get(),
        )  # fmt: skip
        if export.has_file:
            return see_other(f"/campaigns/{campaign_id}/exports/{export.id}")
        said = _("The file is being written. It is in the list below in a moment.")
        return see_other(f"/campaigns/{campaign_id}#exports", flash=("ok", said))

    @get("/{leader_export_id:uuid}", permission="orders.export")
    async def fetch(
        self, request: AnyRequest, campaign_id: FromPath[UUID], leader_export_id: FromPath[UUID]
    ) -> Response[bytes] | Stream:
        """One with whole phone numbers opens only to whoever may see them."""
        viewer = viewer_of(request)
        async with tenants.transaction():
            await _chain(campaign_id)
            export = await group_buying.exports.find_export(leader_export_id)
        if export.campaign != campaign_id or not export.has_file:
            raise NotFound
        if export.personal and not allows(viewer.realm, viewer.role, "orders.personal"):
            raise Forbidden
        return await answer_with(export)


async def _chain(campaign_id: UUID) -> None:
    """Raises NotFound for what is no chain order."""
    if (await group_buying.find(campaign_id)).kind != "chain_campaign":
        raise NotFound


HANDLERS = [CampaignExportController]
