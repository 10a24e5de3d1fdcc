"""Selection rounds: asked, watched, closed, and their winner made a campaign with one click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import group_buying, identity, promoters, selection
from app.backoffice import campaign_form, queries_promotions
from app.backoffice.campaign_kinds import kind_form
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import run_campaign, run_selection
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.money import plain_amount
from app.kernel.pages import see_other
from app.selection import Candidate, Round, RoundDraft

EMPTY, USUAL_TIME = {"most_votes": "3", "takes_proposals": "yes"}, timedelta(days=7)
# The usual ones first; a community buy then only asks where it is picked up, a demand test what makes it a success.
FIRST = ("team_group", "ladder_campaign", "chain_campaign", "community", "presale", "demand_test", "flash_sale")
KINDS = tuple(sorted(group_buying.KINDS, key=lambda kind: FIRST.index(kind) if kind in FIRST else len(FIRST)))
NO_PRODUCT = N_("This winner is an idea. Choose the product that it became, then make the campaign.")


class CampaignForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    kind: Annotated[str, msgspec.Meta(max_length=20)] = "team_group"
    product: UUID | None = None


class RemovalForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    candidate: UUID
    why: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class SelectionController(Controller):
    path = "/selection"

    @get(permission="promotions.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            rounds = await selection.listed()
        return await show(request, "selection/index.html", rounds=rounds)

    @get("/new", permission="promotions.write")
    async def new(self, request: AnyRequest) -> Template:
        ends_at = campaign_form.local(now() + USUAL_TIME, tenants.current().time_zone)
        return await _form(request, {**EMPTY, "ends_at": ends_at}, {}, {})

    @post("/new", permission="promotions.write")
    async def open(self, request: AnyRequest) -> Template | Redirect:
        """From now on promoters vote, and hear of it by mail."""
        submitted = await request.form()
        values = form_values(submitted)
        chosen = {name: [str(each) for each in submitted.getall(name, [])] for name in ("products", "voters")}
        try:
            opened = await run_selection.open_selection(_draft(values, chosen), by=identity.viewer_of(request).name)
        except InvalidInput as refusal:
            return await _form(request, values, chosen, translate_fields(refusal))
        return see_other(f"/selection/{opened}", flash=("ok", _("The round is open, and promoters are told.")))

    @get("/{selection_round_id:uuid}", permission="promotions.read")
    async def watch(self, request: AnyRequest, selection_round_id: FromPath[UUID]) -> Template:
        return await _watched(request, selection_round_id, {}, {})

    @post("/{selection_round_id:uuid}/removals", permission="promotions.write")
    async def remove(self, request: AnyRequest, selection_round_id: FromPath[UUID]) -> Template | Redirect:
        """A candidate leaves with a reason everybody reads; votes for it are free again. Raises NotFound."""
        form = await read_form(request, RemovalForm)
        try:
            await run_selection.remove(
                selection_round_id, form.candidate, why=form.why, by=identity.viewer_of(request)
            )  # fmt: skip
        except InvalidInput as refusal:
            values = {"candidate": str(form.candidate), "why": form.why}
            return await _watched(request, selection_round_id, values, translate_fields(refusal))
        except selection.RoundOver as refusal:
            return see_other(f"/selection/{selection_round_id}", flash=("bad", translate_refusal(refusal)))
        return see_other(
            f"/selection/{selection_round_id}",
            flash=("ok", _("It is out of the round, and who it concerns is told why.")),
        )

    @post("/{selection_round_id:uuid}/end", permission="promotions.write")
    async def move_end(self, request: AnyRequest, selection_round_id: FromPath[UUID]) -> Template | Redirect:
        """Earlier or later; everybody who may vote is told, and the audit has both moments."""
        values, wrong = form_values(await request.form()), dict[str, str]()
        ends_at = campaign_form.read_moment("ends_at", values, tenants.current().time_zone, wrong)
        try:
            if wrong:
                raise InvalidInput(wrong)
            await run_selection.move_end(selection_round_id, ends_at, by=identity.viewer_of(request))
        except InvalidInput as refusal:
            return await _watched(request, selection_round_id, values, translate_fields(refusal))
        except selection.RoundOver as refusal:
            return see_other(f"/selection/{selection_round_id}", flash=("bad", translate_refusal(refusal)))
        return see_other(
            f"/selection/{selection_round_id}", flash=("ok", _("The end is moved, and promoters are told."))
        )

    @post("/{selection_round_id:uuid}/close", permission="promotions.write")
    async def close(self, request: AnyRequest, selection_round_id: FromPath[UUID]) -> Redirect:
        await run_selection.close_selection(selection_round_id, by=identity.viewer_of(request).name)
        return see_other(f"/selection/{selection_round_id}", flash=("ok", _("The round is closed.")))

    @post("/{selection_round_id:uuid}/campaign", permission="promotions.write")
    async def start_campaign(self, request: AnyRequest, selection_round_id: FromPath[UUID]) -> Redirect:
        """A draft with the winner's product, a suggested price and the usual rules of the kind; once for each round."""
        form = await read_form(request, CampaignForm)
        async with tenants.transaction():
            found = await selection.find(selection_round_id)
            winner = _winner(await selection.standing(found.id))
        if found.campaign:
            return see_other(f"/campaigns/{found.campaign}")
        here = f"/selection/{selection_round_id}"
        if winner is None or form.kind not in KINDS or not (winner.product or form.product):
            return see_other(here, flash=("bad", _(NO_PRODUCT) if winner else _("Nothing has won yet.")))
        try:
            campaign = await _save(found, winner, form, identity.viewer_of(request).name)
        except InvalidInput as refusal:
            return see_other(here, flash=("bad", " ".join(translate_fields(refusal).values())))
        return see_other(f"/campaigns/{campaign}/edit", flash=("ok", _("A draft: look at its price and times.")))


async def _watched(request: AnyRequest, round_id: UUID, values: dict[str, str], errors: dict[str, str]) -> Template:
    """Raises NotFound."""
    async with tenants.transaction():
        found = await selection.find(round_id)
        standing, left = await selection.standing(found.id), await selection.left_of(found.id)
        voters, products = await selection.voters_of(found.id), await queries_promotions.products([])
    ends_at = found.ends_at.astimezone(ZoneInfo(tenants.current().time_zone)).strftime("%Y-%m-%dT%H:%M")
    return await show(
        request, "selection/show.html", status_code=422 if errors else 200, round=found, standing=standing, left=left,
        voters=voters, products=products, winner=_winner(standing), kinds=KINDS, words=group_buying.words,
        values={"ends_at": ends_at, **values}, errors=errors,
    )  # fmt: skip


def _winner(standing: Sequence[Candidate]) -> Candidate | None:
    return next((candidate for candidate in standing if candidate.won_at), None)


async def _save(found: Round, winner: Candidate, form: CampaignForm, actor: str) -> UUID:
    """What a merchant would have typed: every variant at the proposed price, or its own."""
    tenant, product = tenants.current(), winner.product or form.product
    async with tenants.transaction():
        rows = await campaign_form.rows_of(await campaign_form.variants_of([product] if product else []))
    values = campaign_form.empty(form.kind, tenant.time_zone) | {"title": winner.title, "story": winner.words}
    for row in rows:
        row["price_amount"] = min(winner.price_amount or row["price_amount"], row["price_amount"])
        price = {f"price_{row['variant']}": plain_amount(row["price_amount"], tenant.currency)}
        values |= kind_form(form.kind).start_item(row, tenant.currency) | price
    draft = campaign_form.read_draft(
        form.kind, values, [row["variant"] for row in rows], currency=tenant.currency, zone=tenant.time_zone, known=None
    )
    campaign = await run_campaign.save_campaign(draft, None, actor=actor)
    async with tenants.transaction():
        await selection.note_campaign(found.id, campaign)
    return campaign


def _draft(values: dict[str, str], chosen: dict[str, list[str]]) -> RoundDraft:
    """Raises InvalidInput."""
    wrong: dict[str, str] = {}
    draft = RoundDraft(
        title=values.get("title", "").strip(), words=values.get("words", "").strip(),
        ends_at=campaign_form.read_moment("ends_at", values, tenants.current().time_zone, wrong),
        most_votes=campaign_form.read_count("most_votes", values, wrong) or 0,
        takes_proposals=values.get("takes_proposals") == "yes",
        products=_ids(chosen["products"]), voters=_ids(chosen["voters"]),
        ideas=[line.strip() for line in values.get("ideas", "").splitlines() if line.strip()],
    )  # fmt: skip
    if wrong:
        raise InvalidInput(wrong)
    return draft


def _ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts if text]
    except ValueError as error:
        raise InvalidInput({"products": N_("Choose one of the offered values.")}) from error


async def _form(request: AnyRequest, values: Any, chosen: Any, errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        products = await queries_promotions.products(chosen.get("products", []))
        people = [each for each in await promoters.everyone() if each.status == "approved"]
    return await show(
        request, "selection/edit.html", status_code=422 if errors else 200, values=values, chosen=chosen,
        products=products, people=people, errors=errors,
    )  # fmt: skip


HANDLERS = [SelectionController]
