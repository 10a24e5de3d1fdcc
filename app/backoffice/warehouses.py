"""Connected warehouses: how they are, the form that connects one, pausing, testing, and which one is the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import freight, fulfillment
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.warehouse_form import raise_if, read_facts, values_of
from app.flows import authorize_warehouse as authorizing
from app.flows import connect_warehouse as flow
from app.flows.merchant_acts import Actor
from app.flows.practice_manners import ask_for_manners
from app.flows.pull_news import post_pull
from app.fulfillment import Kind, WarehouseFacts
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import N_, ngettext, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other
from infra import wiring

HOME = "/warehouses"
# How a practice warehouse can be told to behave.
MANNERS = {
    "calm": N_("Everything goes well"),
    "slow": N_("It answers slowly, and tells late"),
    "duplicates": N_("It tells everything several times"),
    "split": N_("It sends in two parcels"),
    "short": N_("A piece is missing in every order"),
    "out_of_order": N_("Its news overtakes itself"),
    "wrong_sku": N_("Something else lies on the shelf"),
    "silent": N_("It says nothing until you change this"),
    "stormy": N_("All of it at once"),
}
_CHECKS = (
    "SELECT dedupe_key FROM outbox WHERE kind = 'fulfillment.check_warehouse'"
    " AND status IN ('due', 'queued', 'running')"
)


class ActForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["default", "check", "fetch", "resume"]


class MannerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    manner: Annotated[str, msgspec.Meta(max_length=20)]


class PauseForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    open_work: Literal["wait", "people"]


class WarehouseController(Controller):
    path = HOME

    @get(permission="connections.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            warehouses = await fulfillment.warehouses()
            queues = await fulfillment.queues()
            checks = {row["dedupe_key"] for row in await tenants.connection().fetch(_CHECKS)}
        return await show(
            request, "warehouses/index.html", warehouses=warehouses, queues=queues, kinds=fulfillment.KINDS,
            nothing=fulfillment.Queue(), asked={each.id for each in warehouses if flow.check_key(each.id) in checks},
            practice={each.id for each in warehouses if wiring.is_practice(each)}, countries=freight.COUNTRIES,
        )  # fmt: skip

    @get("/new/{adapter:str}", permission="connections.write")
    async def new(self, request: AnyRequest, adapter: FromPath[str], practice: FromQuery[str] = "") -> Template:
        return await _form(request, _kind(adapter), {}, is_practice=practice == "yes")

    @post("/new/{adapter:str}", permission="connections.write")
    async def connect(self, request: AnyRequest, adapter: FromPath[str]) -> Template | Redirect:
        """What is wrong comes back beside its field; secrets have to be typed again, they are never sent to a page."""
        kind, values = _kind(adapter), form_values(await request.form())
        practice = kind.practices and values.get("practice") == "yes"
        described, wrong = read_facts(values, tenants.current().currency)
        try:
            raise_if(({} if practice else fulfillment.faults_of(kind, values)) | wrong)
            warehouse_id = await flow.connect_warehouse(kind, values, described, practice=practice, by=_actor(request))
        except InvalidInput as refusal:
            return await _form(request, kind, values, translate_fields(refusal), is_practice=practice)
        if kind.is_own:
            return see_other(HOME, flash=("ok", _("Orders that are routed there wait for you from now on.")))
        if kind.authorizes and not practice and not values.get("access_token"):
            return see_other(f"{HOME}/{warehouse_id}", flash=("ok", _("Connected. Now authorize us at the vendor.")))
        await flow.ask_for_check(warehouse_id)
        return see_other(HOME, flash=("ok", _("Connected. We are asking it something harmless now.")))

    @post("/{warehouse_id:uuid}/authorization", permission="connections.write")
    async def authorize(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Redirect:
        """To the vendor's own page, where the merchant says yes."""
        session = viewer_of(request).token_hash
        return Redirect(await authorizing.go_to_vendor(warehouse_id, session, by=_actor(request)), status_code=303)

    @get("/authorized", permission="connections.write")
    async def authorized(self, request: AnyRequest) -> Redirect:
        """Back from there with what the vendor signed. A second visit finds the state used up."""
        session = viewer_of(request).token_hash
        warehouse_id = await authorizing.come_back(dict(request.query_params), session, by=_actor(request))
        return see_other(f"{HOME}/{warehouse_id}", flash=("ok", _("Thank you. The authorization is being fetched.")))

    @get("/{warehouse_id:uuid}", permission="connections.write")
    async def edit(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Template:
        warehouse = await _found(warehouse_id)
        values = values_of(warehouse, tenants.current().currency)
        return await _form(request, flow.kind_of(warehouse), values, warehouse=warehouse)

    @post("/{warehouse_id:uuid}", permission="connections.write")
    async def save(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Template | Redirect:
        warehouse, values = await _found(warehouse_id), form_values(await request.form())
        described, wrong = read_facts(values, tenants.current().currency)
        try:
            raise_if(wrong)
            await flow.change_warehouse(warehouse_id, values, described, by=_actor(request))
        except InvalidInput as refusal:
            errors = translate_fields(refusal)
            return await _form(request, flow.kind_of(warehouse), values, errors, warehouse=warehouse)
        return see_other(f"{HOME}/{warehouse_id}", flash=("ok", _("Saved")))

    @post("/{warehouse_id:uuid}/acts", permission="connections.write")
    async def act(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Redirect:
        form, by = await read_form(request, ActForm), _actor(request)
        if form.act == "check":
            await flow.ask_for_check(warehouse_id)
            return see_other(HOME, flash=("info", _("We are asking now. Load the page again in a moment.")))
        if form.act == "fetch":
            async with tenants.transaction():
                await fulfillment.warehouse(warehouse_id)
                for news in ("shipments", "stock"):
                    await post_pull(warehouse_id, news)
            return see_other(HOME, flash=("info", _("We are fetching what it has to tell.")))
        if form.act == "default":
            await flow.make_default(warehouse_id, by=by)
            return see_other(HOME, flash=("ok", _("Saved")))
        sent = await flow.resume_warehouse(warehouse_id, by=by)
        words = ngettext("At work again. %(num)s order is on its way there.", "At work again. %(num)s orders are on"
                         " their way there.", sent, num=sent)  # fmt: skip
        return see_other(HOME, flash=("ok", words))

    @post("/{warehouse_id:uuid}/manners", permission="connections.write")
    async def behave(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Redirect:
        """Of a practice warehouse only. Raises NotFound."""
        form = await read_form(request, MannerForm)
        await ask_for_manners(warehouse_id, form.manner)
        return see_other(f"{HOME}/{warehouse_id}", flash=("ok", _("It behaves like that from the next order on.")))

    @get("/{warehouse_id:uuid}/pause", permission="connections.write")
    async def ask_to_pause(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Template:
        """What would wait is said before anything is done."""
        warehouse = await _found(warehouse_id)
        async with tenants.transaction():
            queue = (await fulfillment.queues()).get(warehouse_id, fulfillment.Queue())
        return await show(request, "warehouses/pause.html", warehouse=warehouse, queue=queue)

    @post("/{warehouse_id:uuid}/pause", permission="connections.write")
    async def pause(self, request: AnyRequest, warehouse_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, PauseForm)
        held = await flow.pause_warehouse(warehouse_id, form.open_work, by=_actor(request))
        words = ngettext("Paused. %(num)s order waits.", "Paused. %(num)s orders wait.", held, num=held)
        return see_other(HOME, flash=("ok", words))


def _kind(adapter: str) -> Kind:
    kind = fulfillment.KINDS.get(adapter)
    if kind is None:
        raise NotFound
    return kind


def _actor(request: AnyRequest) -> Actor:
    viewer = viewer_of(request)
    return Actor(viewer.id, viewer.name)


async def _found(warehouse_id: UUID) -> WarehouseFacts:
    async with tenants.transaction():
        return await fulfillment.warehouse(warehouse_id)


async def _authorization(warehouse: WarehouseFacts) -> fulfillment.Authorization | None:
    async with tenants.transaction():
        return await fulfillment.authorization_of(warehouse.id)


async def _form(
    request: AnyRequest, kind: Kind, values: Mapping[str, str], errors: Mapping[str, str] | None = None, *,
    warehouse: WarehouseFacts | None = None, is_practice: bool = False,
) -> Template:  # fmt: skip
    practice = is_practice or (warehouse is not None and wiring.is_practice(warehouse))
    kept = flow.kept_secrets(warehouse) if warehouse and not practice else flow.Kept((), {})
    secret = {field.name for field in kind.secret_fields}
    return await show(
        request, "warehouses/edit.html", status_code=422 if errors else 200, chosen=kind, warehouse=warehouse,
        practice=practice, values={name: text for name, text in values.items() if name not in secret},
        errors=errors or {}, kept=kept, symbol=CURRENCIES[tenants.current().currency].symbol,
        countries=[("", _("Not said")), *((code, _(name)) for code, name in freight.COUNTRIES.items())],
        manners=[(code, _(words)) for code, words in MANNERS.items()] if practice and warehouse else [],
        manner=fulfillment.manner_of(warehouse) if warehouse else "",
        sheets=await flow.open_sheets(warehouse) if warehouse else [],
        address=flow.callback_url() if kind.hears and not practice else "",
        authorizes=bool(warehouse and authorizing.authorizes(warehouse)), return_url=flow.return_url(),
        authorization=await _authorization(warehouse) if warehouse else None,
    )  # fmt: skip


HANDLERS = [WarehouseController]
