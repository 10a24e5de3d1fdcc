"""Where a supplier without an account gives back the packing sheet of one order; opened from a mail, with its key."""

from __future__ import annotations

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Template

from app.flows import sheet_links
from app.flows.take_packing_sheet import LARGEST, find_sheet, take_packing_sheet
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import page, see_other
from app.storefront.account import AnyRequest

SHOWN = "storefront/packing_sheets/show.html"
ABOUT_THE_FORM = 20_000  # bytes around the file


@get("/packing-sheets/{sheet_key:str}", permission="public")
async def show_sheet(sheet_key: FromPath[str]) -> Template:
    return await _page(sheet_key, {})


@post(
    "/packing-sheets/{sheet_key:str}", permission="public", csrf="origin",
    request_max_body_size=LARGEST + ABOUT_THE_FORM,
)  # fmt: skip
async def take_sheet(request: AnyRequest, sheet_key: FromPath[str]) -> Template | Redirect:
    """What was given back counts once, however often the same sheet comes."""
    reference = sheet_links.opened(sheet_key)
    file = (await request.form()).get("sheet")
    content = await file.read() if isinstance(file, UploadFile) else b""
    try:
        await take_packing_sheet(reference, content)
    except InvalidInput as refusal:
        return await _page(sheet_key, translate_fields(refusal))
    return see_other(f"/packing-sheets/{sheet_key}", flash=("ok", _("Thank you. The parcels are noted.")))


async def _page(sheet_key: str, errors: dict[str, str]) -> Template:
    sheet = await find_sheet(sheet_links.opened(sheet_key))
    return page(
        SHOWN, status_code=422 if errors else 200, headers={"Cache-Control": "no-store"}, sheet=sheet, key=sheet_key,
        errors=errors, tab="me",
    )  # fmt: skip


HANDLERS = [show_sheet, take_sheet]
