"""Pictures of a product: add several, put in order, describe, remove with undo; and those that are still missing."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import store_pictures as flow
from app.kernel.errors import NotFound, Refusal
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.kernel.pages import see_other
from app.kernel.uploads import LARGEST_UPLOAD
from infra import crypto
from infra.images.renditions import MAX_BYTES
from tenants import outbox

UNDO = "product_image.removed"
MOST_AT_ONCE = 20
_MISSING = """
SELECT i.id, i.source, i.status, i.failure, i.product, p.title FROM product_image i JOIN product p ON p.id = i.product
WHERE i.status <> 'stored' ORDER BY i.status DESC, p.title, i.position LIMIT 300
"""


@post("/products/{product_id:uuid}/pictures", permission="products.write", request_max_body_size=LARGEST_UPLOAD)
async def add_pictures(request: AnyRequest, product_id: FromPath[UUID]) -> Redirect:
    uploads = [file for file in (await request.form()).getall("pictures", []) if isinstance(file, UploadFile)]
    data = [await file.read(MAX_BYTES + 1) for file in uploads[:MOST_AT_ONCE] if file.filename]
    refused = await flow.add_uploads(product_id, data)
    added = len(data) - len(refused)
    if refused:
        words = _("%(reason)s Added: %(added)s of %(all)s.", reason=_(refused[0]), added=added, all=len(data))
        return see_other(f"/products/{product_id}#pictures", flash=("bad", words))
    words = ngettext("%(num)s picture added", "%(num)s pictures added", added, num=added)
    return see_other(f"/products/{product_id}#pictures", flash=("ok", words))


@post("/products/{product_id:uuid}/pictures/order", permission="products.write")
async def arrange_pictures(request: AnyRequest, product_id: FromPath[UUID]) -> Redirect:
    """New places and descriptions. A pressed arrow moves one picture; the numbers count otherwise."""
    values = form_values(await request.form())
    places = {picture: _place(text) for picture, text in _of_pictures(values, "place_").items()}
    order = sorted(places, key=lambda picture: places[picture])
    if (move := values.get("move", "")) and ":" in move:
        order = _moved(order, move)
    await flow.arrange(product_id, order, _of_pictures(values, "alt_"))
    return see_other(f"/products/{product_id}#pictures", flash=("ok", _("Saved")))


def _of_pictures(values: dict[str, str], start: str) -> dict[UUID, str]:
    """Fields named after a picture. Raises NotFound for a name that is none."""
    try:
        return {UUID(name.removeprefix(start)): text for name, text in values.items() if name.startswith(start)}
    except ValueError:
        raise NotFound from None


def _place(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 9_999


def _moved(order: list[UUID], move: str) -> list[UUID]:
    name, _colon, direction = move.partition(":")
    at = next((place for place, picture in enumerate(order) if str(picture) == name), None)
    if at is None:
        return order
    other = at - 1 if direction == "up" else at + 1
    if 0 <= other < len(order):
        order[at], order[other] = order[other], order[at]
    return order


@post("/products/{product_id:uuid}/pictures/{picture_id:uuid}/remove", permission="products.write")
async def remove_picture(product_id: FromPath[UUID], picture_id: FromPath[UUID]) -> Redirect:
    picture = await flow.remove(product_id, picture_id)
    sealed = crypto.seal(msgspec.json.encode(picture), tenant_id=tenants.current().id, purpose=UNDO)
    return see_other(f"/products/{product_id}?undo={quote(sealed)}#pictures")


@post("/products/{product_id:uuid}/pictures/restore", permission="products.write")
async def restore_picture(request: AnyRequest, product_id: FromPath[UUID]) -> Redirect:
    """Put back what was just removed; the page kept it sealed, so nothing can be smuggled in."""
    sealed = form_values(await request.form()).get("undo", "")
    try:
        remembered = crypto.open_sealed(sealed, tenant_id=tenants.current().id, purpose=UNDO)
    except crypto.SealBroken:
        raise Refusal from None
    await flow.restore(product_id, remembered)
    return see_other(f"/products/{product_id}#pictures", flash=("ok", _("The picture is back")))


@get("/pictures", permission="products.read")
async def show_missing(request: AnyRequest) -> Template:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(_MISSING)
    return await show(request, "products/pictures.html", pictures=[dict(row) for row in rows])


@post("/pictures/fetch", permission="products.write")
async def fetch_again(request: AnyRequest) -> Redirect:
    """Ask every address once more."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "UPDATE product_image SET status = 'pending' WHERE status <> 'stored' AND source LIKE 'http%' RETURNING id"
        )
        for row in rows[:2_000]:
            await outbox.post(
                "imports.fetch_image",
                queue="bulk",
                key=f"picture:{row['id']}",
                max_attempts=6,
                picture_id=str(row["id"]),
            )
    words = ngettext("%(num)s picture is being fetched", "%(num)s pictures are being fetched", len(rows), num=len(rows))
    return see_other("/pictures", flash=("info", words))


HANDLERS = [add_pictures, arrange_pictures, remove_picture, restore_picture, show_missing, fetch_again]
