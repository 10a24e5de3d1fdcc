"""A leader opens chain orders in the portal, helps another leader, hands out goods and takes the list away."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, cast

import pytest

import tenants
from app import group_buying, promoters
from app.group_buying import Allowed, Campaign, ChainTerms
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant, platform
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, own_address
from workers.context import JobContext
from workers.leader_exports import write

JOB = JobContext(new_id(), "group_buying.export", 1, 12)
ENDS = f"{now() + timedelta(days=2):%Y-%m-%dT%H:%M}"


def _host(path: str = "/") -> str:
    return own_address("host", path)


@pytest.fixture
async def leader(shop: Tenant, visitor: Visitor) -> promoters.Promoter:
    """Signed up, applied, approved and made a leader."""
    visitor.headers["Accept-Language"] = "en"
    email = f"{new_id().hex}@host.test"
    await visitor.submit(_host("/sign-up"), {"name": "Lin", "email": email, "password": "correct horse battery"})
    await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    async with tenants.transaction():
        (waiting,) = await promoters.everyone("pending")
        made = await promoters.decide(waiting.id, approve=True, rate_bps=1000, by="Su He")
        await promoters.set_leader(made.id, leads=True)
        return await promoters.find(made.id)


async def _allow(offer: selling.Offer, floor: int = 2500) -> None:
    async with tenants.transaction():
        await group_buying.leader_goods.allow([Allowed(variant=offer.variant, floor_amount=floor)])


async def _mine(leader: promoters.Promoter) -> list[Campaign]:
    async with tenants.transaction():
        return await group_buying.listed(leader=leader.id)


async def _write(visitor: Visitor, offer: selling.Offer, **changed: str) -> Any:
    form = {
        "item": str(offer.variant), f"price_{offer.variant}": "30", "title": "Peaches", "ends_at": ENDS,
        "delivery": "pickup", "place": "Gate 3", "help_sell": "yes", "help_rate": "4", "then": "publish",
    }  # fmt: skip
    return await visitor.submit(_host("/chains"), form | changed, page=_host("/chains/new"))


async def test_a_leader_opens_a_list_from_the_goods_the_store_allows(leader: Any, visitor: Visitor) -> None:
    peaches = await selling.offer(title="White peaches")
    await _allow(peaches)
    assert "White peaches" in (await visitor.get(_host("/chains/new"))).text

    answer = await _write(visitor, peaches)

    assert answer.status_code == 303, answer.text
    (chain,) = await _mine(leader)
    async with tenants.transaction():
        shares = await group_buying.chains.shares_of(chain.id)
    assert (chain.status, shares[peaches.variant].leader_bps, shares[peaches.variant].help_bps) == ("open", 1000, 400)
    page = (await visitor.get(_host(f"/chains/{chain.id}"))).text
    assert f"/campaigns/{chain.code}" in page
    assert "Peaches" in (await visitor.get(_host("/chains"))).text


async def test_a_leader_sells_neither_below_the_lowest_price_nor_what_is_not_allowed(
    leader: Any, visitor: Visitor
) -> None:
    peaches, eggs = await selling.offer(), await selling.offer()
    await _allow(peaches)

    cheap = await _write(visitor, peaches, **{f"price_{peaches.variant}": "24.99"})
    other = await _write(visitor, eggs)

    assert (cheap.status_code, other.status_code) == (422, 422)
    assert "below the lowest price" in cheap.text
    assert "Choose at least one product" in other.text
    assert await _mine(leader) == []


async def test_a_leader_changes_and_closes_the_own_list(leader: Any, visitor: Visitor) -> None:
    peaches = await selling.offer()
    await _allow(peaches)
    await _write(visitor, peaches)
    (chain,) = await _mine(leader)
    edit = _host(f"/chains/{chain.id}/edit")
    form = {
        "item": str(peaches.variant), f"price_{peaches.variant}": "28", "title": "Ripe peaches", "ends_at": ENDS,
        "delivery": "pickup", "place": "Gate 4",
    }  # fmt: skip
    shown = (await visitor.get(edit)).text

    changed = await visitor.submit(edit, form, page=edit)
    by_parcel = await visitor.submit(edit, form | {"delivery": "express"}, page=edit)
    await visitor.submit(_host(f"/chains/{chain.id}/close"), {}, page=_host(f"/chains/{chain.id}"))

    assert 'type="hidden" name="delivery" value="pickup"' in shown
    assert changed.status_code == 303, changed.text
    assert by_parcel.status_code == 422
    (after,) = await _mine(leader)
    assert (after.title, cast(ChainTerms, after.terms).place, after.status) == ("Ripe peaches", "Gate 4", "closed")


async def test_a_leader_copies_a_list_and_shares_the_copy(leader: Any, visitor: Visitor) -> None:
    supply = await chains.chain(await chains.leader("Zhou"), title="Peaches of Zhou")
    variant = (await campaigns.item(supply.id)).variant
    copy = _host(f"/chains/{supply.id}/copy")
    assert "Peaches of Zhou" in (await visitor.get(_host("/chains"))).text

    answer = await visitor.submit(copy, {f"price_{variant}": "32", "title": "Peaches by Lin"}, page=copy)

    assert answer.status_code == 303, answer.text
    (mine,) = await _mine(leader)
    assert (mine.supply, mine.title, mine.status) == (supply.id, "Peaches by Lin", "open")
    assert (await campaigns.item(mine.id)).price_amount == 3200
    assert f"/chains/{supply.id}/copy" not in (await visitor.get(_host("/chains"))).text


async def _copied(leader: Any, visitor: Visitor, **terms: str) -> tuple[Campaign, Campaign]:
    """A list of Zhou, and the copy that the leader has of it."""
    supply = await chains.chain(await chains.leader("Zhou"), terms=terms)
    await visitor.submit(_host(f"/chains/{supply.id}/copy"), {}, page=_host(f"/chains/{supply.id}/copy"))
    (mine,) = await _mine(leader)
    return supply, mine


async def test_a_leader_changes_the_own_copy_as_far_as_its_list_allows(leader: Any, visitor: Visitor) -> None:
    _supply, mine = await _copied(leader, visitor, delivery="pickup", place="Gate 3")
    variant, changes = (await campaigns.item(mine.id)).variant, _host(f"/chains/{mine.id}/changes")
    sooner = f"{now() + timedelta(hours=10):%Y-%m-%dT%H:%M}"
    form = {
        f"price_{variant}": "33", "title": "Ripe ones", "share_text": "Come", "story": "From the hill",
        "ends_at": sooner, "place": "My gate",
    }  # fmt: skip
    assert f"/chains/{mine.id}/changes" in (await visitor.get(_host(f"/chains/{mine.id}"))).text
    assert "Change your copy of" in (await visitor.get(changes)).text

    answer = await visitor.submit(changes, form, page=changes)

    assert answer.status_code == 303, answer.text
    (after,) = await _mine(leader)
    assert (after.title, after.story, cast(ChainTerms, after.terms).place) == ("Ripe ones", "From the hill", "My gate")
    assert after.ends_at is not None
    assert after.ends_at < now() + timedelta(hours=11)
    assert (await campaigns.item(mine.id)).price_amount == 3300
    async with tenants.transaction():
        shares = (await group_buying.chains.shares_of(mine.id))[variant]
    # 6% for helping and 300 of 3300; what was promised stands beside it.
    assert (shares.leader_bps, shares.supply_bps, shares.help_bps, shares.supply_amount) == (1509, 400, 600, 3000)


async def test_a_copy_is_neither_cheaper_nor_longer_than_its_list(leader: Any, visitor: Visitor) -> None:
    supply, mine = await _copied(leader, visitor)
    variant, changes = (await campaigns.item(mine.id)).variant, _host(f"/chains/{mine.id}/changes")
    late = f"{now() + timedelta(hours=40):%Y-%m-%dT%H:%M}"
    form = {f"price_{variant}": "30", "title": "Mine", "ends_at": f"{now() + timedelta(hours=10):%Y-%m-%dT%H:%M}"}

    cheap = await visitor.submit(changes, form | {f"price_{variant}": "29.99"}, page=changes)
    long = await visitor.submit(changes, form | {"ends_at": late}, page=changes)
    dear = await visitor.submit(changes, form | {f"price_{variant}": "99"}, page=changes)

    assert [answer.status_code for answer in (cheap, long, dear)] == [422, 422, 422]
    assert "may not be below the supply price" in cheap.text
    assert "ends with the list it copies, or earlier" in long.text
    (after,) = await _mine(leader)
    assert (after.title, after.ends_at) == (supply.title, supply.ends_at)


async def test_a_leader_ends_the_own_copy_early_and_the_list_goes_on(leader: Any, visitor: Visitor) -> None:
    supply, mine = await _copied(leader, visitor)

    await visitor.submit(_host(f"/chains/{mine.id}/close"), {}, page=_host(f"/chains/{mine.id}"))

    assert [(await campaigns.look(each.id)).status for each in (mine, supply)] == ["closed", "open"]
    assert (await visitor.get(_host(f"/chains/{mine.id}/changes"))).status_code == 404


async def test_a_leader_changes_neither_an_own_list_nor_another_copy_as_a_copy(leader: Any, visitor: Visitor) -> None:
    own = await chains.chain(leader)
    other = await chains.copy(own)

    answer = await visitor.get(_host(f"/chains/{own.id}/changes"), follow_redirects=False)
    assert answer.headers["location"] == f"/chains/{own.id}/edit"
    assert (await visitor.get(_host(f"/chains/{other.id}/changes"))).status_code == 404


async def test_lists_of_others_cannot_be_touched(leader: Any, visitor: Visitor) -> None:
    chain = await chains.chain(await chains.leader("Zhou"))
    placed = await campaigns.join_and_pay(chain)

    answers = [await visitor.get(_host(f"/chains/{chain.id}{tail}")) for tail in ("", "/edit")]
    answers += [
        await visitor.submit(_host(f"/chains/{chain.id}{tail}"), data, page=_host("/chains/new"))
        for tail, data in (
            ("/close", {}), ("/publish", {}), ("/hand-outs", {"order": str(placed.order_id)}),
            ("/exports", {"kind": "csv"}),
        )
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {404}
    assert (await campaigns.look(chain.id)).status == "open"


async def test_whoever_is_no_leader_is_told_so(leader: Any, visitor: Visitor) -> None:
    async with tenants.transaction():
        await promoters.set_leader(leader.id, leads=False)

    for path in ("/chains", "/chains/new", "/day-book"):
        assert (await visitor.get(_host(path))).status_code == 403


async def test_the_day_book_shows_what_to_hand_out_until_it_is(leader: Any, visitor: Visitor) -> None:
    chain = await chains.chain(leader, terms={"delivery": "pickup"})
    placed = await campaigns.join_and_pay(chain)
    book = _host("/day-book")
    assert str(placed.order_id) in (await visitor.get(book)).text

    form = {"order": str(placed.order_id), "done": "true", "back": "day-book"}
    done = await visitor.submit(_host(f"/chains/{chain.id}/hand-outs"), form, page=book)
    after = (await visitor.get(book)).text
    undone = await visitor.submit(
        _host(f"/chains/{chain.id}/hand-outs"), form | {"done": "false"}, page=_host(f"/chains/{chain.id}")
    )

    assert (done.headers["location"], undone.status_code) == ("/day-book", 303)
    assert str(placed.order_id) not in after
    assert str(placed.order_id) in (await visitor.get(book)).text


async def test_the_list_is_taken_away_with_masked_phones_and_written_down(
    leader: Any, shop: Tenant, visitor: Visitor
) -> None:
    chain = await chains.chain(leader, terms={"questions": [{"label": "Building"}]})
    copy = await chains.copy(chain)
    await campaigns.join_and_pay(chain, phone="13912345678", choices={"fields": {"Building": "=1+1"}})
    await campaigns.join_and_pay(copy, units=2, phone="13987654321")
    page = _host(f"/chains/{chain.id}")

    asked = await visitor.submit(f"{page}/exports", {"kind": "csv"}, page=page)
    file = (await visitor.get(_host(asked.headers["location"]))).content.decode("utf-8-sig")

    head, first, second = [line.strip('"').split('","') for line in file.strip().split("\r\n")]
    assert head[:2] == ["Number", "Number at the supplier"]
    assert (first[:2], first[4], first[7], first[-1]) == (["1", ""], "****5678", "1", "'=1+1")
    assert (second[:2], second[4], second[7]) == (["1", "2"], "****4321", "2")
    assert "13912345678" not in file
    async with platform.transaction() as database:
        entry = await database.fetchrow(
            "SELECT actor_kind, actor_name, details::text FROM audit_entry WHERE action = 'group_buying.export'"
            " AND subject = $1",
            str(chain.id),
        )
    assert entry
    assert (entry["actor_kind"], entry["actor_name"]) == ("promoter", "Lin")
    assert '"masked"' in entry["details"]


@pytest.mark.parametrize(("kind", "begins"), [("xlsx", b"PK"), ("labels", b"%PDF")])
async def test_workbooks_and_labels_are_written_by_a_job(
    leader: Any, shop: Tenant, visitor: Visitor, kind: str, begins: bytes
) -> None:
    chain = await chains.chain(leader)
    await campaigns.join_and_pay(chain)
    page = _host(f"/chains/{chain.id}")
    await visitor.submit(f"{page}/exports", {"kind": kind}, page=page)
    async with tenants.transaction():
        (export,) = await group_buying.exports.recent(chain.id)

    await write(JOB, export_id=str(export.id))
    await write(JOB, export_id=str(export.id))

    found = re.search(rf"/chains/{chain.id}/exports/[0-9a-f-]+", (await visitor.get(page)).text)
    assert found
    assert (await visitor.get(_host(found[0]))).content.startswith(begins)


async def test_what_changed_since_yesterday_is_in_the_day_book(leader: Any, visitor: Visitor) -> None:
    peaches = await selling.offer(title="White peaches")
    await _allow(peaches)

    page = (await visitor.get(_host("/day-book"))).text

    assert "may be sold from" in page
