"""Store look: colors with their contrast report, logo, the top of the home page; a preview before anything is saved."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery
from litestar.response import Redirect, Template

import tenants
from app import store
from app.backoffice.frame import AnyRequest, form_values, say, show
from app.flows.change_look import change_look
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.kernel.uploads import LARGEST_UPLOAD, ImageRefused
from app.store import Slot
from infra.images.renditions import MAX_BYTES

FIELDS = ("brand", "accent", "radius", "paper", "letter")


@get("/look", permission="look.write")
async def show_look(request: AnyRequest, preset: FromQuery[str] = "") -> Template:
    profile = await store.profile()
    look = store.PRESETS.get(preset) or store.look_of(profile)
    hero = store.Hero(
        kicker=profile.hero_kicker, title=profile.hero_title, text=profile.hero_text, path=profile.hero_path
    )
    return await _form(request, look, hero, {})


@get("/look/preview", permission="look.write")
async def preview_look(request: AnyRequest) -> Template:
    """The preview and the report alone, replaced while the merchant chooses."""
    wrong: dict[str, str] = {}
    look = read_look(dict(request.query_params), wrong)
    profile = await store.profile()
    return page(
        "backoffice/look/_preview.html", findings=store.review(look), palette=store.palette(look), profile=profile,
        say=say,
    )  # fmt: skip


@post("/look", permission="look.write", request_max_body_size=LARGEST_UPLOAD)
async def save_look(request: AnyRequest) -> Template | Redirect:
    form = await request.form()
    values, wrong = form_values(form), dict[str, str]()
    look = read_look(values, wrong)
    hero = _read_hero(values, wrong)
    pictures: dict[Slot, bytes] = {}
    slots: tuple[Slot, ...] = ("logo", "hero")
    for slot in slots:
        file = form.get(slot)
        if isinstance(file, UploadFile) and file.filename:
            pictures[slot] = await file.read(MAX_BYTES + 1)
    if not wrong:
        try:
            await change_look(look, hero, pictures, {slot for slot in slots if values.get(f"remove_{slot}") == "yes"})
        except ImageRefused as refusal:
            wrong["logo" if "logo" in pictures else "hero"] = refusal.message
    if wrong:
        return await _form(request, look, hero, translate_fields(InvalidInput(wrong)))
    await store.announce(tenants.current())
    return see_other("/look", flash=("ok", _("Your store wears it now")))


def read_look(values: dict[str, Any], wrong: dict[str, str]) -> store.Look:
    """The chosen look; a value nobody offers falls back to the default and is named in `wrong`."""
    given = {name: str(values[name]).strip() for name in FIELDS if values.get(name)}
    try:
        return store.Look(**{"brand": "#c2311a", **given}, pale_hero=values.get("pale_hero") == "yes")  # type: ignore[arg-type] # checked by Look
    except ValueError:
        wrong["brand"] = N_("Write colors like #14603f.")
        return next(iter(store.PRESETS.values()))


def _read_hero(values: dict[str, str], wrong: dict[str, str]) -> store.Hero:
    path = values.get("path", "").strip()[:300]
    if path and (not path.startswith("/") or path.startswith(("//", "/\\"))):
        wrong["path"] = N_("The button leads inside your store: start with /.")
    return store.Hero(
        kicker=values.get("kicker", "").strip()[:60],
        title=values.get("title", "").strip()[:120],
        text=values.get("text", "").strip()[:300],
        path=path,
    )


async def _form(request: AnyRequest, look: store.Look, hero: store.Hero, errors: dict[str, str]) -> Template:
    return await show(
        request, "look/show.html", status_code=422 if errors else 200, look=look, hero=hero, errors=errors,
        findings=store.review(look), palette=store.palette(look), presets=store.PRESETS, names=store.PRESET_NAMES,
    )  # fmt: skip


HANDLERS = [show_look, preview_look, save_look]
