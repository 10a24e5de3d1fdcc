"""A shopper without JavaScript takes part in a chain order and finds the own number."""

from __future__ import annotations

from app.flows.cancel_order import cancel_order
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests.functional.conftest import Visitor, store_address

ASKED = {"questions": [
    {"label": "楼号", "required": True}, {"label": "Ripe", "kind": "choice", "choices": ["soft", "hard"]},
]}  # fmt: skip


async def test_the_list_shows_masked_names_with_their_numbers_and_strikes_canceled_ones_through(
    shop: Tenant, visitor: Visitor
) -> None:
    visitor.cookies.set("lang", "en")
    chain = await chains.chain(terms={"ships": "confirmed"})
    first = await campaigns.join_and_pay(chain, units=2)
    await campaigns.join_and_pay(chain)
    await cancel_order(first.order_id, actor="shopper")

    page = (await visitor.get(store_address(shop, f"/campaigns/{chain.code}"))).text

    assert "Lin leads this list" in page
    assert '<li value="2"><b class="num">2.</b><span>' in page
    assert '<li value="1" class="gone"><b class="num">1.</b><s>' in page
    assert "canceled" in page


async def test_a_long_list_is_read_page_by_page(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    chain = await chains.chain()
    for _ in range(22):
        await campaigns.join_and_pay(chain)

    page = store_address(shop, f"/campaigns/{chain.code}")
    newest, earlier = (await visitor.get(page)).text, (await visitor.get(f"{page}?before=3")).text

    assert f'href="/campaigns/{chain.code}?before=3#chain-t"' in newest
    assert '<li value="2">' in earlier
    assert '<li value="3">' not in earlier


async def test_what_the_leader_asks_is_answered_in_the_form(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    chain = await chains.chain(terms=ASKED)
    item, page = await campaigns.item(chain.id), store_address(shop, f"/campaigns/{chain.code}")
    assert 'name="answer_楼号"' in (await visitor.get(page)).text

    refused = await visitor.submit(f"{page}/join", {f"units_{item.variant}": "1"})
    said = (await visitor.get(page)).text
    taken = await visitor.submit(
        f"{page}/join", {f"units_{item.variant}": "1", "answer_楼号": "3", "answer_Ripe": "soft"}
    )

    assert refused.headers["Location"] == f"/campaigns/{chain.code}"
    assert "Answer what the leader asks: 楼号" in said
    assert taken.headers["Location"].startswith("/checkout?cart=")


async def test_the_orders_page_tells_the_number_and_the_answers(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    chain = await chains.chain(terms=ASKED)
    await campaigns.join_and_pay(chain, choices={"fields": {"楼号": "1"}})
    placed = await campaigns.join_and_pay(chain, choices={"fields": {"楼号": "18"}})

    page = (await visitor.get(store_address(shop, f"/orders/{placed.number}?key={placed.key}"))).text

    assert 'Your number in the list: <b class="num">2</b>' in page
    assert "<dd>18</dd>" in page
