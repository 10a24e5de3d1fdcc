"""What a host sees of contests and of the leaderboard: their place, their orders, their prize, and nobody's secrets."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import contests
from app.contests import LeaderboardSetting
from app.flows.award_prizes import pay_prizes
from app.flows.reverse_commission import reverse_commission
from app.flows.run_contest import settle_contest
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_contests as build
from tests import builders_earning as earning
from tests.builders_payouts import sold
from tests.functional.conftest import Visitor
from tests.functional.portal.arriving import host_page, read, signed_up


async def test_a_host_sees_the_duel_the_own_place_and_the_own_orders(visitor: Visitor, shop: Tenant) -> None:
    lin, ajie = await signed_up(visitor, shop), await earning.promoter(name="Ajie")
    contest = await build.opened(lin, ajie)
    await sold(lin, 48_000)
    back = await sold(ajie, 60_000)
    await earning.mark_refunded(back, 20_000)
    await reverse_commission(back)

    page = await visitor.get(host_page(f"/contests/{contest}"))
    part = await visitor.get(host_page(f"/contests/{contest}/figures"))

    text = read(page.text)
    assert "Lin leads by ¥80.00" in text
    assert "My place 1 / 2" in text
    assert 'class="pkbar"' in part.text
    assert "¥480.00" in text
    assert text.count("Counts") >= 1
    assert "Harvest night" in read((await visitor.get(host_page("/contests"))).text)


async def test_a_winner_reads_why_the_prize_is_what_it_is(visitor: Visitor, shop: Tenant) -> None:
    lin, mei, ajie = await signed_up(visitor, shop), await earning.promoter(name="Mei"), await earning.promoter()
    contest = await build.opened([lin, mei], [ajie], cap_bps=1_000, prizes=[50_000])
    await sold(lin, 20_000)
    await sold(mei, 10_000)
    await _paid(contest)

    earnings = read((await visitor.get(host_page("/earnings"))).text)
    prize = await _prize_of(contest, lin)
    why = read((await visitor.get(host_page(f"/prizes/{prize}"))).text)

    assert "Contest prizes" in earnings
    assert "¥20.00" in earnings
    assert "Prize of this place ¥500.00" in why
    assert "At most 10% of the net sales that win it. ¥30.00" in why
    assert "Your part: ¥200.00 of ¥300.00 ¥20.00" in why


async def test_the_prize_and_the_contest_of_others_are_not_there(visitor: Visitor, shop: Tenant) -> None:
    await signed_up(visitor, shop)
    mei, ajie = await earning.promoter(name="Mei"), await earning.promoter(name="Ajie")
    contest = await build.opened(mei, ajie)
    await sold(mei, 9_000)
    await _paid(contest)

    for path in (f"/contests/{contest}", f"/contests/{contest}/figures", f"/prizes/{await _prize_of(contest, mei)}"):
        assert (await visitor.get(host_page(path))).status_code == 404


async def test_the_store_says_what_its_promoters_see_of_each_other(visitor: Visitor, shop: Tenant) -> None:
    lin, mei = await signed_up(visitor, shop), await earning.promoter(name="Meilin")
    await sold(lin, 9_000)
    await sold(mei, 12_000)

    seen = {}
    for shows in ("own_place", "names", "nicknames", "nothing"):
        async with tenants.transaction():
            await contests.save_setting(LeaderboardSetting(shows=shows))
        seen[shows] = read((await visitor.get(host_page("/leaderboard?period=day"))).text)

    assert "My place 2 / 2" in seen["own_place"]
    assert {shows for shows, text in seen.items() if "Meilin" in text} == {"names"}
    assert "M**" in seen["nicknames"]
    assert "shows no leaderboard" in seen["nothing"]


async def test_a_host_chooses_a_nickname_for_the_leaderboard(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    lin = await signed_up(visitor, shop)
    await signed_up(another_visitor, shop, "Ajie")
    await sold(lin, 9_000)
    async with tenants.transaction():
        await contests.save_setting(LeaderboardSetting(shows="nicknames"))

    await visitor.submit(
        host_page("/leaderboard/nickname"), {"nickname": " Peach   queen "}, page=host_page("/leaderboard")
    )
    refused = await visitor.submit(
        host_page("/leaderboard/nickname"), {"nickname": "x" * 21}, page=host_page("/leaderboard")
    )

    assert "Peach queen" in (await another_visitor.get(host_page("/leaderboard?period=day"))).text
    assert refused.status_code == 422


async def _paid(contest: UUID) -> None:
    await build.closed(contest)
    assert await settle_contest(contest)
    await pay_prizes(contest)


async def _prize_of(contest: UUID, winner: Promoter) -> UUID:
    async with tenants.transaction():
        return next(one.id for one in await contests.awards_of(contest) if one.promoter == winner.id)
