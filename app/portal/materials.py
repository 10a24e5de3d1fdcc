"""What the store gives its promoters to share: packs with one's own link, QR code and posters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

import tenants
from app import links, materials
from app.flows import campaign_pictures, material_posters
from app.flows.material_zip import zip_name, zip_of
from app.flows.open_pack import Opened, count_use, look_at, open_pack, packs_for, take_pack
from app.kernel.errors import NotFound
from app.kernel.pages import page, see_other
from app.kernel.ranges import answer_with_file
from app.materials import Standing
from app.portal.frame import AnyRequest, enter
from infra.storage.port import ObjectMissing


class MaterialController(Controller):
    path = "/materials"

    @get(permission="signed_in")
    async def index(self, request: AnyRequest) -> Template:
        """Nothing of a store that has not said yes."""
        place = await enter(request)
        packs, seen = list[Standing](), dict[UUID, int]()
        if place.promoter.status == "approved":
            async with tenants.transaction():
                packs, seen = await packs_for(place.promoter.id)
        return page("portal/materials/index.html", tab="kit", packs=packs, seen=seen, because=materials.BECAUSE)

    @get("/{material_pack_id:uuid}", permission="signed_in")
    async def show(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Template:
        place = await enter(request)
        opened = await look_at(place.promoter.id, material_pack_id, since=_since(request))
        return page(
            "portal/materials/show.html", tab="kit", opened=opened, body=opened.version.body, pack=opened.standing,
            because=materials.BECAUSE, languages=materials.LANGUAGES, channels=materials.CHANNELS,
            templates=materials.TEMPLATES,
        )  # fmt: skip

    @post("/{material_pack_id:uuid}/opening", permission="signed_in")
    async def open(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Redirect:
        """One's own link is put in, and this version is known from now on; the page still tells what is new in it."""
        place = await enter(request)
        try:
            opened = await open_pack(place.promoter.id, material_pack_id)
        except materials.PackIsStale:
            return see_other(f"/materials/{material_pack_id}")
        return see_other(f"/materials/{material_pack_id}?since={opened.seen}")

    @post("/{material_pack_id:uuid}/views", permission="signed_in")
    async def count_view(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Response[str]:
        """Asked by the page itself once it is drawn."""
        place = await enter(request)
        await open_pack(place.promoter.id, material_pack_id)
        return Response("", media_type="text/html")

    @post("/{material_pack_id:uuid}/copies", permission="signed_in")
    async def count_copy(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Response[str]:
        """Asked beside the copying itself; the answer says when what was copied is not true any more."""
        place = await enter(request)
        await count_use(place.promoter.id, material_pack_id, "copy")
        return Response("", media_type="text/html")

    @post("/{material_pack_id:uuid}/downloads", permission="signed_in")
    async def ask_download(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Redirect:
        """Counted here, handed out there: a file that is fetched again is no second download."""
        place = await enter(request)
        try:
            await count_use(place.promoter.id, material_pack_id, "download")
        except materials.PackIsStale:
            return see_other(f"/materials/{material_pack_id}")
        return see_other(f"/materials/{material_pack_id}/pack.zip")

    @get("/{material_pack_id:uuid}/pack.zip", permission="signed_in")
    async def download(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Stream:
        opened = await _taken(request, material_pack_id)
        headers = {
            "Content-Disposition": f'attachment; filename="{zip_name(opened)}"', "Cache-Control": "private, no-store",
        }  # fmt: skip
        return Stream(await zip_of(opened), media_type="application/zip", headers=headers)

    @get("/{material_pack_id:uuid}/qr.svg", permission="signed_in")
    async def show_qr(self, request: AnyRequest, material_pack_id: FromPath[UUID]) -> Response[bytes]:
        opened = await _taken(request, material_pack_id)
        svg = links.qr_svg(opened.url).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        return Response(svg.encode(), media_type="image/svg+xml", headers={"cache-control": "private, no-cache"})

    @get("/{material_pack_id:uuid}/posters/{template:str}/poster.png", permission="signed_in")
    async def show_poster(
        self, request: AnyRequest, material_pack_id: FromPath[UUID], template: FromPath[str]
    ) -> Response[bytes]:
        """Drawn for this promoter once, then kept for a while."""
        opened = await _taken(request, material_pack_id)
        sheet = await material_posters.compose(opened, template)
        headers = {"etag": f'"{sheet.fingerprint}"', "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(b"", status_code=304, headers=headers)
        drawn = await campaign_pictures.picture(tenants.current().id, sheet)
        return Response(drawn, media_type="image/png", headers=headers)

    @get("/{material_pack_id:uuid}/files/{material_file_id:uuid}", permission="signed_in")
    async def show_file(
        self, request: AnyRequest, material_pack_id: FromPath[UUID], material_file_id: FromPath[UUID]
    ) -> Response[Any] | Stream:
        """A picture or a video of the version that is out, whole or in pieces."""
        opened = await _taken(request, material_pack_id)
        file = next((file for file in opened.version.body.files if file.id == material_file_id), None)
        if file is None:
            raise NotFound
        try:
            return await answer_with_file(
                file.file_key, file.size_bytes, materials.TYPES[file.extension],
                asked=request.headers.get("range", ""), name=f"{file.kind}-{str(file.id)[-6:]}.{file.extension}",
                save=request.query_params.get("save") == "1",
            )  # fmt: skip
        except ObjectMissing as error:
            raise NotFound from error


async def _taken(request: AnyRequest, pack_id: UUID) -> Opened:
    """A part of the pack. Raises PackIsStale, NotOpenedYet."""
    place = await enter(request)
    return await take_pack(place.promoter.id, pack_id)


def _since(request: AnyRequest) -> int | None:
    """The version somebody knew before they opened this one."""
    text = request.query_params.get("since", "")
    return int(text) if text.isdecimal() and len(text) < 6 else None


HANDLERS = [MaterialController]
