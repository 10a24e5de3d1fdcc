"""The merchant asks promoters what to sell next, and makes the winner a campaign with one click."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tenants
from app import group_buying, selection
from app.flows import run_selection
from app.selection import Round
from tenants import Tenant
from tests import builders_earning as build
from tests.builders_backoffice import admin, make_product, sign_in, staff_of

FORM = {"title": "What in June?", "ends_at": "2099-06-01T20:00", "most_votes": "2", "takes_proposals": "yes"}
NEW = admin("/selection/new")


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _rounds() -> list[Round]:
    async with tenants.transaction():
        return await selection.listed()


async def _open(owner: Any, **changed: Any) -> str:
    answer = await owner.submit(NEW, FORM | changed, page=NEW)
    assert answer.status_code == 303, answer.text
    return admin(answer.headers["Location"])


async def test_a_round_is_opened_watched_and_closed(owner: Any) -> None:
    voter = await build.promoter(name="Xiaoya")
    page = await _open(owner, ideas="Plums\nPears")
    (found,) = await _rounds()
    async with tenants.transaction():
        known = {candidate.title: candidate.id for candidate in await selection.standing(found.id)}
    await run_selection.vote(found.id, voter, {known["Plums"]: 40})

    watched = (await owner.get(page)).text
    await owner.submit(f"{page}/close", {}, page=page)
    closed = (await owner.get(page)).text

    assert "So far" in watched
    assert "expects 40 units" in watched
    assert "“Plums” won" in closed
    assert "What in June?" in (await owner.get(admin("/selection"))).text


async def test_the_winner_becomes_a_draft_with_one_click_and_only_one(owner: Any) -> None:
    voter, peaches = await build.promoter(), await make_product("Peaches", price=4390)
    plums = await make_product("Plums", price=2190)
    page = await _open(owner, products=[str(peaches), str(plums)])
    (found,) = await _rounds()
    async with tenants.transaction():
        known = {candidate.product: candidate.id for candidate in await selection.standing(found.id)}
    await run_selection.vote(found.id, voter, {known[peaches]: 40})
    await owner.submit(f"{page}/close", {}, page=page)

    made = await owner.submit(f"{page}/campaign", {"kind": "team_group"}, page=page)
    again = await owner.submit(f"{page}/campaign", {"kind": "flash_sale"}, page=page)

    async with tenants.transaction():
        (draft,) = await group_buying.listed()
        (item,) = await group_buying.items_of(draft.id)
    assert made.headers["Location"] == f"/campaigns/{draft.id}/edit"
    assert again.headers["Location"] == f"/campaigns/{draft.id}"
    assert (draft.status, draft.kind, draft.title) == ("draft", "team_group", "Peaches")
    assert (item.product, item.price_amount) == (peaches, 4390)
    assert (await owner.get(admin(made.headers["Location"]))).status_code == 200


@pytest.mark.parametrize("kind", ["ladder_campaign", "chain_campaign", "presale", "flash_sale"])
async def test_every_offered_kind_makes_a_draft_from_an_idea_at_its_proposed_price(owner: Any, kind: str) -> None:
    voter, quinces = await build.promoter(name="Xiaoya"), await make_product("Quinces", price=4390)
    page = await _open(owner)
    (found,) = await _rounds()
    await run_selection.propose(found.id, voter, title="Quinces for all", words="", price_amount=3990)
    async with tenants.transaction():
        (idea,) = await selection.standing(found.id)
    await run_selection.vote(found.id, voter, {idea.id: 5})
    await owner.submit(f"{page}/close", {}, page=page)

    early = await owner.submit(f"{page}/campaign", {"kind": kind}, page=page)
    made = await owner.submit(f"{page}/campaign", {"kind": kind, "product": str(quinces)}, page=page)

    assert early.headers["Location"] == f"/selection/{found.id}"
    assert re.fullmatch(r"/campaigns/[-0-9a-f]{36}/edit", made.headers["Location"]), made.headers["Location"]
    async with tenants.transaction():
        (draft,) = await group_buying.listed()
        (item,) = await group_buying.items_of(draft.id)
    assert (draft.kind, item.price_amount) == (kind, 3990)


async def test_what_cannot_be_read_is_said_at_its_field(owner: Any) -> None:
    await build.promoter()

    answer = await owner.submit(NEW, FORM | {"title": "", "most_votes": "99", "ideas": "One"}, page=NEW)

    assert answer.status_code == 422
    assert "Give it a title" in answer.text
    assert "at least two things" in answer.text
    assert await _rounds() == []


async def test_the_store_takes_something_out_and_moves_the_end(owner: Any) -> None:
    await build.promoter(name="Xiaoya")
    page = await _open(owner, ideas="Plums\nFireworks")
    (found,) = await _rounds()
    async with tenants.transaction():
        known = {candidate.title: candidate.id for candidate in await selection.standing(found.id)}

    unsaid = await owner.submit(f"{page}/removals", {"candidate": str(known["Fireworks"]), "why": ""}, page=page)
    said = {"candidate": str(known["Fireworks"]), "why": "May not be mailed"}
    await owner.submit(f"{page}/removals", said, page=page)
    past = await owner.submit(f"{page}/end", {"ends_at": "2001-01-01T10:00"}, page=page)
    moved = await owner.submit(f"{page}/end", {"ends_at": "2098-01-01T10:00"}, page=page)
    shown = (await owner.get(page)).text

    assert (unsaid.status_code, past.status_code, moved.status_code) == (422, 422, 303)
    assert "Say why in at most" in unsaid.text
    assert "taken out: May not be mailed" in shown
    assert 'value="2098-01-01T10:00"' in shown


@pytest.mark.parametrize("kind", group_buying.KINDS)
async def test_the_winner_may_become_any_kind_of_campaign(owner: Any, kind: str) -> None:
    voter, peaches = await build.promoter(), await make_product("Peaches", price=4390)
    page = await _open(owner, products=[str(peaches)], ideas="Plums")
    (found,) = await _rounds()
    async with tenants.transaction():
        known = {candidate.product: candidate.id for candidate in await selection.standing(found.id)}
    await run_selection.vote(found.id, voter, {known[peaches]: 40})
    await owner.submit(f"{page}/close", {}, page=page)
    offered = (await owner.get(page)).text

    made = await owner.submit(f"{page}/campaign", {"kind": kind}, page=page)

    async with tenants.transaction():
        (draft,) = await group_buying.listed()
    assert f'value="{kind}"' in offered
    assert (made.headers["Location"], draft.kind, draft.status) == (f"/campaigns/{draft.id}/edit", kind, "draft")
    assert (await owner.get(admin(made.headers["Location"]))).status_code == 200
