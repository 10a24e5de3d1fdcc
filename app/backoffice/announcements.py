"""What the store tells its promoters: written, edited, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import announcements, live, promoters
from app.announcements import AUDIENCES, Draft
from app.backoffice import labels
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.announce import announce
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other
from infra.settings import settings

SESSIONS = """
SELECT id, title FROM live_session WHERE status NOT IN ('ended', 'settled') ORDER BY created_at DESC, id DESC LIMIT 50
"""


class AnnouncementController(Controller):
    path = "/announcements"

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest) -> Template:
        return await _page(request, {}, {})

    @post(permission="promoters.write")
    async def tell(self, request: AnyRequest) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            async with tenants.transaction():
                draft = await _draft(values)
            await announce(draft)
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        return see_other("/announcements", flash=("ok", _("Told")))

    @post("/{announcement_id:uuid}", permission="promoters.write")
    async def edit(self, request: AnyRequest, announcement_id: FromPath[UUID]) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            async with tenants.transaction():
                await announcements.edit(
                    announcement_id, title=values.get("title", ""), body=values.get("body", ""), author=None
                )
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        return see_other("/announcements", flash=("ok", _("Saved")))

    @post("/{announcement_id:uuid}/withdraw", permission="promoters.write")
    async def withdraw(self, announcement_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            await announcements.withdraw(announcement_id, author=None)
        return see_other("/announcements", flash=("ok", _("Withdrawn")))


async def _draft(values: Mapping[str, str]) -> Draft:
    """The audience is one value of one field: `all`, `kind:host`, `level:<id>`, `session:<id>`. Raises NotFound."""
    audience, _colon, which = values.get("audience", "all").partition(":")
    level, session = (_id(which) if audience == name else None for name in ("level", "session"))
    if session:
        await live.find(session)
    return Draft(
        title=values.get("title", ""), body=values.get("body", ""), audience=audience,
        kind=which if audience == "kind" and which in promoters.KINDS else None, level=level, session=session,
        mailed=values.get("mailed") == "yes",
    )  # fmt: skip


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _page(request: AnyRequest, values: Mapping[str, str], errors: Mapping[str, str]) -> Template:
    async with tenants.transaction():
        told = await announcements.written_by(None)
        levels = await promoters.levels()
        sessions = await tenants.connection().fetch(SESSIONS)
    choices = [
        ("all", _(AUDIENCES["all"])), *((f"kind:{kind}", _(labels.KINDS[kind])) for kind in promoters.KINDS),
        *((f"level:{level.id}", level.name) for level in levels),
        *((f"session:{one['id']}", _("Hosts and sharers of %(title)s", title=one["title"])) for one in sessions),
    ]  # fmt: skip
    return await show(
        request, "announcements/index.html", status_code=422 if errors else 200, told=told, choices=choices,
        names=dict(choices), mails=bool(settings().smtp_url), values=values, errors=errors,
    )  # fmt: skip


HANDLERS = [AnnouncementController]
