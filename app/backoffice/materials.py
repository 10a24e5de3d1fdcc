"""Packs of materials: written, filled with pictures, looked at as a promoter would, published and retired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

import tenants
from app import materials
from app.backoffice import material_form
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import edit_materials
from app.flows.preview_pack import preview_pack
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_fields, translate_refusal
from app.kernel.pages import see_other
from app.kernel.ranges import answer_with_file
from app.kernel.uploads import LARGEST_UPLOAD
from app.materials import Pack, Standing
from infra.storage.port import ObjectMissing

MOST_AT_ONCE = 10
CHART_DAYS = timedelta(days=14)
STATUSES = ("draft", "published", "retired")


class MaterialController(Controller):
    path = "/materials"

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            packs = await materials.standings(*STATUSES)
        return await show(request, "materials/index.html", packs=packs, because=materials.BECAUSE)

    @get("/new", permission="promoters.write")
    async def new(self, request: AnyRequest) -> Template:
        return await _form(request, None, material_form.empty(tenants.current().locale), {})

    @post("/new", permission="promoters.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        return await _saved(request, None)

    @get("/{material_pack_id:uuid}", permission="promoters.read")
    async def edit(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            pack = await materials.find(material_pack_id)
        return await _form(request, pack, material_form.values_of(pack), {})

    @post("/{material_pack_id:uuid}", permission="promoters.write")
    async def save(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Template | Redirect:
        return await _saved(request, material_pack_id)

    @post("/{material_pack_id:uuid}/files", permission="promoters.write", request_max_body_size=LARGEST_UPLOAD)
    async def add_files(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Redirect:
        uploads = (await request.form()).getall("files", [])
        data = [
            await file.read(materials.LARGEST_VIDEO + 1)
            for file in uploads[:MOST_AT_ONCE]
            if isinstance(file, UploadFile) and file.filename
        ]
        refused = await edit_materials.add_files(material_pack_id, data)
        added = len(data) - len(refused)
        if refused or not data:
            reason = _(refused[0]) if refused else _("Choose a file first.")
            return see_other(_at(material_pack_id, "#files"), flash=("bad", reason))
        words = ngettext("%(num)s file added", "%(num)s files added", added, num=added)
        return see_other(_at(material_pack_id, "#files"), flash=("ok", words))

    @post("/{material_pack_id:uuid}/files/{material_file_id:uuid}/removal", permission="promoters.write")
    async def remove_file(self, material_pack_id: FromPath[UUID], material_file_id: FromPath[UUID]) -> Redirect:
        """Versions that are out keep it; the page offers the way back."""
        await edit_materials.remove_file(material_pack_id, material_file_id)
        return see_other(f"/materials/{material_pack_id}?removed={material_file_id}#files")

    @post("/{material_pack_id:uuid}/files/{material_file_id:uuid}/return", permission="promoters.write")
    async def restore_file(self, material_pack_id: FromPath[UUID], material_file_id: FromPath[UUID]) -> Redirect:
        await edit_materials.restore_file(material_pack_id, material_file_id)
        return see_other(_at(material_pack_id, "#files"), flash=("ok", _("The file is back")))

    @get("/{material_pack_id:uuid}/files/{material_file_id:uuid}", permission="promoters.read")
    async def show_file(
        self, request: AnyRequest, material_pack_id: FromPath[UUID], material_file_id: FromPath[UUID]
    ) -> Response[Any] | Stream:
        async with tenants.transaction():
            file = await materials.find_file(material_pack_id, material_file_id)
        try:
            return await answer_with_file(
                file.file_key, file.size_bytes, materials.TYPES[file.extension],
                asked=request.headers.get("range", ""), name=f"{file.kind}.{file.extension}",
            )  # fmt: skip
        except ObjectMissing as error:
            raise NotFound from error

    @get("/{material_pack_id:uuid}/preview", permission="promoters.read")
    async def preview(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Template:
        """The draft as a promoter would read it, with a link that leads nowhere yet."""
        seen = await preview_pack(material_pack_id)
        return await show(
            request, "materials/preview.html", pack=seen.pack, standing=seen.standing, copies=seen.copies,
            files=seen.files, name=seen.name, languages=materials.LANGUAGES, channels=materials.CHANNELS,
            templates=materials.TEMPLATES,
        )  # fmt: skip

    @get("/{material_pack_id:uuid}/usage", permission="promoters.read")
    async def usage(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Template:
        since = now().date() - CHART_DAYS
        async with tenants.transaction():
            pack = await materials.find(material_pack_id)
            people = await materials.usage_of(material_pack_id)
            days = await materials.usage_by_day(material_pack_id, since)
        return await show(request, "materials/usage.html", pack=pack, people=people, days=days)

    @post("/{material_pack_id:uuid}/publication", permission="promoters.write")
    async def publish(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Redirect:
        """What promoters see from now on, with today's prices."""
        note, by = form_values(await request.form()).get("note", ""), viewer_of(request).name
        try:
            number = await edit_materials.publish_pack(material_pack_id, note=note, by=by)
        except (materials.NothingToShare, edit_materials.NothingLasts) as refusal:
            return see_other(_at(material_pack_id), flash=("bad", translate_refusal(refusal)))
        words = _("Version %(number)s is out. Promoters see it now.", number=number)
        return see_other(_at(material_pack_id), flash=("ok", words))

    @post("/{material_pack_id:uuid}/retirement", permission="promoters.write")
    async def retire(self, material_pack_id: FromPath[UUID]) -> Redirect:
        """Publishing it again is the undo."""
        await edit_materials.retire_pack(material_pack_id)
        return see_other(_at(material_pack_id), flash=("ok", _("Promoters do not see it any more.")))


def _removed(request: AnyRequest) -> UUID | None:
    """The file that was just taken out, to offer the way back."""
    try:
        return UUID(request.query_params.get("removed", ""))
    except ValueError:
        return None


def _at(pack_id: UUID, place: str = "") -> str:
    return f"/materials/{pack_id}{place}"


async def _saved(request: AnyRequest, pack_id: UUID | None) -> Template | Redirect:
    submitted = await request.form()
    values, templates = form_values(submitted), [str(each) for each in submitted.getall("templates", [])]
    pack = None
    if pack_id is not None:
        async with tenants.transaction():
            pack = await materials.find(pack_id)
    try:
        about = None if pack else material_form.read_about(values.get("about", ""))
        draft = material_form.read_draft(values, templates)
        saved = await edit_materials.save_pack(pack_id, draft, by=viewer_of(request).name, about=about)
    except InvalidInput as refusal:
        return await _form(request, pack, values, translate_fields(refusal), templates)
    words = _("Saved. Promoters see it once you publish it.")
    return see_other(_at(saved), flash=("ok", words))


async def _form(
    request: AnyRequest,
    pack: Pack | None,
    values: dict[str, str],
    errors: dict[str, str],
    templates: list[str] | None = None,
) -> Template:
    standing: Standing | None = None
    async with tenants.transaction():
        choices = [] if pack else await material_form.choices()
        files = await materials.files_of(pack.id) if pack else []
        versions = await materials.versions_of(pack.id) if pack else []
        if pack:
            standing = await materials.standing_of(pack.id)
    chosen = templates if templates is not None else pack.templates if pack else ["classic"]
    return await show(
        request, "materials/edit.html", status_code=422 if errors else 200, pack=pack, standing=standing, values=values,
        errors=errors, choices=choices, files=files, versions=versions, chosen=chosen,
        rows=material_form.rows_shown(values), removed=_removed(request),
        languages=materials.LANGUAGES, channels=materials.CHANNELS, templates=materials.TEMPLATES,
        places=materials.PLACES, because=materials.BECAUSE,
    )  # fmt: skip


HANDLERS = [MaterialController]
