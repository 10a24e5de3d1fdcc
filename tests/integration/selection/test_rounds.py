"""Promoters choose what is sold next: votes, proposals, the end, and who wins."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import promoters, selection
from app.flows import run_selection
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from app.promoters import Promoter
from app.selection import Candidate, NoMoreProposals, RoundDraft, RoundOver, TooManyVotes
from tenants import Tenant, platform
from tests import builders_earning as build
from tests.integration.payments.test_by_hand import merchant
from workers.context import JobContext
from workers.selection import HANDLERS


async def opened(*ideas: str, **facts: Any) -> UUID:
    draft = RoundDraft(
        title=facts.pop("title", "What next?"), ends_at=facts.pop("ends_at", now() + timedelta(days=1)),
        ideas=ideas or ("Peaches", "Plums", "Pears"), **facts,
    )  # fmt: skip
    return await run_selection.open_selection(draft, by="Su He")


async def standing(round_id: UUID) -> list[Candidate]:
    async with tenants.transaction():
        return await selection.standing(round_id)


async def ids(round_id: UUID) -> dict[str, UUID]:
    return {candidate.title: candidate.id for candidate in await standing(round_id)}


async def people(count: int) -> list[Promoter]:
    return [await build.promoter(name=f"Promoter {number}") for number in range(count)]


async def time_is_over(round_id: UUID) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE selection_round SET ends_at = $2 WHERE id = $1", round_id, now() - timedelta(seconds=1)
        )


async def winner(round_id: UUID) -> str:
    return next((candidate.title for candidate in await standing(round_id) if candidate.won_at), "")


async def test_most_votes_win_and_a_changed_ballot_counts_as_it_is_last(shop: Tenant) -> None:
    first, second, third = await people(3)
    round_id = await opened()
    known = await ids(round_id)

    await run_selection.vote(round_id, first, {known["Plums"]: 500, known["Pears"]: 1})
    await run_selection.vote(round_id, second, {known["Peaches"]: 5})
    await run_selection.vote(round_id, third, {known["Peaches"]: 5, known["Plums"]: 0})
    await run_selection.vote(round_id, first, {known["Peaches"]: 20})
    await run_selection.close_selection(round_id, by="Su He")

    found = {candidate.title: (candidate.votes, candidate.units) for candidate in await standing(round_id)}
    assert found == {"Peaches": (3, 30), "Plums": (1, 0), "Pears": (0, 0)}
    assert await winner(round_id) == "Peaches"


async def test_of_equals_what_would_sell_more_wins(shop: Tenant) -> None:
    first, second = await people(2)
    round_id = await opened()
    known = await ids(round_id)

    await run_selection.vote(round_id, first, {known["Peaches"]: 10})
    await run_selection.vote(round_id, second, {known["Pears"]: 11})
    await run_selection.close_selection(round_id, by="Su He")

    assert await winner(round_id) == "Pears"


async def test_a_proposal_stands_with_the_others_and_its_promoter_is_credited(shop: Tenant) -> None:
    first, second = await people(2)
    round_id = await opened()
    await run_selection.propose(round_id, first, title="Quinces", words="Everybody asks for them", price_amount=1990)

    await run_selection.vote(round_id, second, {(await ids(round_id))["Quinces"]: 40})
    await run_selection.close_selection(round_id, by="Su He")

    won = (await standing(round_id))[0]
    assert (won.title, won.proposed_by, won.proposer, won.price_amount) == ("Quinces", first.id, first.name, 1990)
    assert won.won_at is not None


async def test_what_the_round_does_not_allow_changes_nothing(shop: Tenant) -> None:
    (voter,) = await people(1)
    late = await build.promoter(name="Late")
    round_id = await opened(most_votes=1, voters=[voter.id])
    known = await ids(round_id)
    await run_selection.vote(round_id, voter, {known["Plums"]: 1})

    refused: list[tuple[type[Exception], Promoter, dict[UUID, int]]] = [
        (TooManyVotes, voter, {known["Plums"]: 1, known["Pears"]: 1}), (InvalidInput, voter, {known["Pears"]: -1}),
        (NotFound, voter, {new_id(): 1}), (NotFound, late, {known["Pears"]: 1}),
    ]  # fmt: skip
    for refusal, who, wanted in refused:
        with pytest.raises(refusal):
            await run_selection.vote(round_id, who, wanted)
    with pytest.raises(NotFound):
        await run_selection.propose(round_id, late, title="Mine", words="", price_amount=None)

    assert {one.title: one.votes for one in await standing(round_id) if one.votes} == {"Plums": 1}


async def test_whoever_was_suspended_since_votes_no_more(shop: Tenant) -> None:
    (voter,) = await people(1)
    round_id = await opened()
    async with tenants.transaction():
        await promoters.suspend(voter.id, by="Su He")
        gone = await promoters.find(voter.id)

    with pytest.raises(run_selection.NotApproved):
        await run_selection.vote(round_id, gone, {(await ids(round_id))["Plums"]: 1})


async def test_nobody_proposes_without_end(shop: Tenant) -> None:
    (voter,) = await people(1)
    round_id, closed = await opened(), await opened(takes_proposals=False)

    for number in range(selection.MOST_PROPOSALS):
        await run_selection.propose(round_id, voter, title=f"Idea {number}", words="", price_amount=None)

    for where in (round_id, closed):
        with pytest.raises(NoMoreProposals):
            await run_selection.propose(where, voter, title="One more", words="", price_amount=None)


async def test_it_ends_on_the_second_and_the_job_may_come_early_late_or_twice(shop: Tenant) -> None:
    (voter,) = await people(1)
    round_id = await opened()
    known, job = await ids(round_id), JobContext(new_id(), "selection.close", 1, 5)
    await run_selection.vote(round_id, voter, {known["Plums"]: 1})

    await HANDLERS["selection.close"](job, round_id=str(round_id))
    assert await winner(round_id) == ""
    await time_is_over(round_id)
    with pytest.raises(RoundOver):
        await run_selection.vote(round_id, voter, {known["Pears"]: 1})
    for _ in range(2):
        await HANDLERS["selection.close"](job, round_id=str(round_id))

    assert await winner(round_id) == "Plums"
    assert await _told() == ["selection.closed", "selection.opened"]


async def _told() -> list[str]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT kind FROM message WHERE recipient = 'promoter' ORDER BY kind")
    return [row["kind"] for row in rows]


async def test_without_a_vote_nothing_wins(shop: Tenant) -> None:
    await people(2)
    round_id = await opened()

    await run_selection.close_selection(round_id, by="Su He")

    assert await winner(round_id) == ""
    assert await _told() == ["selection.closed_without"] * 2 + ["selection.opened"] * 2


async def test_many_hands_of_one_promoter_leave_one_ballot(shop: Tenant) -> None:
    (voter,) = await people(1)
    round_id = await opened(most_votes=1)
    known = await ids(round_id)

    wishes = [known["Plums"], known["Pears"], known["Peaches"]] * 3
    await asyncio.gather(*(run_selection.vote(round_id, voter, {wish: 1}) for wish in wishes))

    assert sum(candidate.votes for candidate in await standing(round_id)) == 1


async def test_a_vote_at_the_last_moment_counts_or_is_refused_never_half(shop: Tenant) -> None:
    voters = await people(6)
    round_id = await opened()
    known = await ids(round_id)

    async def vote(voter: Promoter) -> bool:
        try:
            await run_selection.vote(round_id, voter, {known["Plums"]: 1})
        except RoundOver:
            return False
        return True

    *counted, _closed = await asyncio.gather(
        *(vote(voter) for voter in voters), run_selection.close_selection(round_id, by="Su He")
    )

    plums = next(candidate for candidate in await standing(round_id) if candidate.title == "Plums")
    assert plums.votes == sum(map(bool, counted))
    assert (await winner(round_id) == "Plums") is (plums.votes > 0)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"), ({"ends_at": None}, "ends_at"), ({"most_votes": 0}, "most_votes"),
        ({"ideas": ("One",)}, "products"), ({"voters": [new_id()]}, "voters"),
        ({"ideas": (), "takes_proposals": False}, "products"),
    ],
)  # fmt: skip
async def test_a_round_that_makes_no_sense_is_not_opened(shop: Tenant, facts: dict[str, Any], field: str) -> None:
    await people(1)
    whole: dict[str, Any] = {"title": "What next?", "ends_at": now() + timedelta(days=1), "ideas": ("Plums", "Pears")}

    with pytest.raises(InvalidInput) as refused:
        await run_selection.open_selection(RoundDraft(**(whole | facts)), by="Su He")

    assert set(refused.value.fields) == {field}
    async with tenants.transaction():
        assert await selection.listed() == []


async def test_another_store_sees_nothing_of_it(shop: Tenant, other_shop: Tenant) -> None:
    await people(1)
    round_id = await opened()

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await selection.listed() == []
            with pytest.raises(NotFound):
                await selection.find(round_id)


async def _reached(kind: str) -> set[str]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT address FROM message WHERE kind = $1", f"selection.{kind}")
    return {row["address"] for row in rows}


async def test_a_ballot_is_taken_back_and_may_be_cast_again(shop: Tenant) -> None:
    first, second = await people(2)
    round_id = await opened()
    known = await ids(round_id)
    await run_selection.vote(round_id, first, {known["Plums"]: 50})
    await run_selection.vote(round_id, second, {known["Pears"]: 1})

    await run_selection.take_ballot_back(round_id, first)
    without = {each.title: each.votes for each in await standing(round_id)}
    await run_selection.vote(round_id, first, {known["Peaches"]: 2})
    await time_is_over(round_id)
    with pytest.raises(RoundOver):
        await run_selection.take_ballot_back(round_id, first)

    assert without == {"Pears": 1, "Peaches": 0, "Plums": 0}
    assert (await standing(round_id))[0].title == "Peaches"


async def test_a_proposal_is_withdrawn_by_who_made_it_and_its_votes_are_free(shop: Tenant) -> None:
    author, voter = await people(2)
    round_id = await opened()
    await run_selection.propose(round_id, author, title="Quinces", words="", price_amount=None)
    known = await ids(round_id)
    await run_selection.vote(round_id, voter, {known["Quinces"]: 50, known["Plums"]: 1})

    with pytest.raises(NotFound):
        await run_selection.withdraw(round_id, known["Quinces"], voter)
    with pytest.raises(NotFound):
        await run_selection.withdraw(round_id, known["Plums"], author)
    await run_selection.withdraw(round_id, known["Quinces"], author)
    for _ in range(selection.MOST_PROPOSALS):
        await run_selection.propose(round_id, author, title="Another", words="", price_amount=None)

    async with tenants.transaction():
        (left,) = await selection.left_of(round_id)
        kept = await selection.ballot_of(round_id, voter.id)
    assert (left.title, left.how, left.proposer) == ("Quinces", "withdrawn", author.name)
    assert kept == {known["Plums"]: 1}
    assert await _reached("withdrawn") == {voter.email}
    with pytest.raises(NotFound):
        await run_selection.vote(round_id, voter, {known["Quinces"]: 1})


async def test_the_store_takes_a_candidate_out_and_says_why(shop: Tenant) -> None:
    author, voter, _other = await people(3)
    round_id = await opened()
    await run_selection.propose(round_id, author, title="Fireworks", words="", price_amount=None)
    known = await ids(round_id)
    await run_selection.vote(round_id, voter, {known["Fireworks"]: 900})
    owner = merchant()

    with pytest.raises(InvalidInput):
        await run_selection.remove(round_id, known["Fireworks"], why=" ", by=owner)
    await run_selection.remove(round_id, known["Fireworks"], why="May not be mailed", by=owner)
    await run_selection.close_selection(round_id, by="Su He")
    with pytest.raises(RoundOver):
        await run_selection.remove(round_id, known["Plums"], why="Too late", by=owner)

    async with tenants.transaction():
        (left,) = await selection.left_of(round_id)
    assert (left.how, left.why) == ("removed", "May not be mailed")
    assert await winner(round_id) == ""
    assert await _reached("removed") == {author.email, voter.email}
    assert await _audited("selection.candidate_removed") == 1


async def test_the_end_moves_later_and_earlier_and_the_round_closes_then(shop: Tenant) -> None:
    await people(2)
    round_id = await opened(ends_at=now() + timedelta(hours=1))
    owner, later = merchant(), now() + timedelta(days=3)

    for wrong in (None, now() - timedelta(minutes=1)):
        with pytest.raises(InvalidInput):
            await run_selection.move_end(round_id, wrong, by=owner)
    await run_selection.move_end(round_id, later, by=owner)
    async with tenants.transaction():
        moved = await selection.find(round_id)
        due = await tenants.connection().fetch(
            "SELECT run_at FROM outbox WHERE kind = 'selection.close' ORDER BY run_at"
        )
    await HANDLERS["selection.close"](JobContext(new_id(), "selection.close", 1, 5), round_id=str(round_id))
    async with tenants.transaction():
        still = await selection.find(round_id)

    assert moved.ends_at == later
    assert [abs(row["run_at"] - later) < timedelta(minutes=1) for row in due] == [False, True]
    assert still.status == "open"
    assert len(await _reached("moved")) == 2
    assert await _audited("selection.end_moved") == 1


async def test_what_is_over_is_not_moved(shop: Tenant) -> None:
    await people(1)
    round_id = await opened()
    await time_is_over(round_id)

    with pytest.raises(RoundOver):
        await run_selection.move_end(round_id, now() + timedelta(days=1), by=merchant())


async def _audited(action: str) -> int:
    async with platform.transaction() as database:
        return int(
            await database.fetchval(
                "SELECT count(*) FROM audit_entry WHERE action = $1 AND tenant = $2", action, tenants.current().id
            )
        )
