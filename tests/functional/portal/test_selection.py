"""A promoter votes on what is sold next, proposes something, and sees what came of it."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import selection
from app.flows import run_selection
from app.kernel.ids import new_id
from tenants import Tenant
from tests.functional.conftest import Visitor, own_address
from tests.functional.portal.test_hosting import _approved
from tests.integration.selection.test_rounds import opened, standing


def _host(path: str) -> str:
    return own_address("host", path)


async def test_a_promoter_votes_proposes_changes_the_ballot_and_sees_the_result(shop: Tenant, visitor: Visitor) -> None:
    me = await _approved(shop, visitor)
    visitor.cookies.set("lang", "en")
    with tenants.bind(shop):
        round_id = await opened("Plums", "Pears")
        first, second = await standing(round_id)
    page = _host(f"/selection/{round_id}")
    assert f"/selection/{round_id}" in (await visitor.get(_host("/selection"))).text

    await visitor.submit(page, {"candidate": str(first.id), f"units_{first.id}": "30"}, page=page)
    proposal = {"title": "Quinces", "words": "", "price": "19.90"}
    await visitor.submit(f"{page}/proposals", proposal, page=page)
    with tenants.bind(shop):
        mine = next(candidate for candidate in await standing(round_id) if candidate.proposed_by == me.id)
    changed = {"candidate": [str(mine.id), str(second.id)], f"units_{mine.id}": "12", f"units_{second.id}": ""}
    await visitor.submit(page, changed, page=page)
    shown = (await visitor.get(page)).text
    with tenants.bind(shop):
        async with tenants.transaction():
            ballot = await selection.ballot_of(round_id, me.id)
        await run_selection.close_selection(round_id, by="Su He")

    assert ballot == {mine.id: 12, second.id: 0}
    assert 'value="12"' in shown
    assert "“Quinces” won" in (await visitor.get(page)).text
    assert "Cast the ballot" not in (await visitor.get(page)).text


async def test_what_cannot_be_counted_is_refused_and_the_ballot_stays(shop: Tenant, visitor: Visitor) -> None:
    me = await _approved(shop, visitor)
    visitor.cookies.set("lang", "en")
    with tenants.bind(shop):
        round_id = await opened("Plums", "Pears", most_votes=1)
        first, second = await standing(round_id)
    page = _host(f"/selection/{round_id}")
    await visitor.submit(page, {"candidate": str(first.id), f"units_{first.id}": "3"}, page=page)

    for form, words in (
        ({"candidate": [str(first.id), str(second.id)]}, "Choose at most 1"),
        ({"candidate": str(first.id), f"units_{first.id}": "many"}, "whole number"),
    ):
        await visitor.submit(page, form, page=page)
        assert words in (await visitor.get(page)).text
    unknown = await visitor.submit(page, {"candidate": "nothing"}, page=page)
    nameless = await visitor.submit(f"{page}/proposals", {"title": "", "price": "-1"}, page=page)

    assert (unknown.status_code, nameless.status_code) == (404, 422)
    with tenants.bind(shop):
        async with tenants.transaction():
            assert await selection.ballot_of(round_id, me.id) == {first.id: 3}


async def test_a_round_one_has_no_vote_in_is_unknown(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    somebody: UUID = new_id()
    with tenants.bind(shop):
        from tests import builders_earning as build

        other = await build.promoter(name="Other")
        round_id = await opened("Plums", "Pears", voters=[other.id])

    for path in (f"/selection/{round_id}", f"/selection/{somebody}"):
        assert (await visitor.get(_host(path))).status_code == 404
        assert (await visitor.submit(_host(path), {}, page=_host("/selection"))).status_code == 404


async def test_a_ballot_and_a_proposal_are_taken_back(shop: Tenant, visitor: Visitor) -> None:
    me = await _approved(shop, visitor)
    visitor.cookies.set("lang", "en")
    with tenants.bind(shop):
        round_id = await opened("Plums", "Pears")
        plums = (await standing(round_id))[0]
        await run_selection.propose(round_id, me, title="Quinces", words="", price_amount=None)
        quinces = next(one for one in await standing(round_id) if one.proposed_by == me.id)
        await run_selection.vote(round_id, me, {plums.id: 3, quinces.id: 1})
    page = _host(f"/selection/{round_id}")

    not_mine = await visitor.submit(f"{page}/proposals/{plums.id}/withdrawal", {}, page=page)
    await visitor.submit(f"{page}/proposals/{quinces.id}/withdrawal", {}, page=page)
    withdrawn = (await visitor.get(page)).text
    await visitor.submit(f"{page}/withdrawal", {}, page=page)
    with tenants.bind(shop):
        async with tenants.transaction():
            ballot = await selection.ballot_of(round_id, me.id)

    assert not_mine.status_code == 404
    assert "withdrawn by its proposer" in withdrawn
    assert "Take my ballot back" in withdrawn
    assert ballot == {}
    assert "Take my ballot back" not in (await visitor.get(page)).text
