"""Less came back than was asked for: the shopper may ask the platform about the difference, once."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.aftersales import AtThePlatform, IllegalMove
from app.flows.decide_aftersale import answer_offer, approve_aftersale, offer_amount
from app.flows.dispute_aftersale import RuledAlready, dispute_aftersale, rule_aftersale
from app.flows.refund_aftersale import refund_aftersale
from app.flows.request_refund import request_refund
from app.flows.return_goods import receive_return
from app.kernel.errors import InvalidInput
from tenants import Tenant
from tests import invariants
from tests.builders_aftersales import ADDRESS, ask, case, causes, confirm_refunds, delivered_order, lapse, order_of
from tests.builders_selling import offer


async def _short(amount: int = 600) -> UUID:
    """A return of goods worth 10.00 of which the store gave `amount` back."""
    aftersale = await ask(await delivered_order(await offer(price=1000)))
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")
    await refund_aftersale(aftersale, amount, actor="Su He", words="One was bitten.")
    return aftersale


async def _dispute(aftersale: UUID, side: str = "shopper") -> None:
    await dispute_aftersale(aftersale, side=side, actor=side, words="It was whole.")


async def test_the_platform_gives_the_difference(shop: Tenant) -> None:
    aftersale = await _short()

    await _dispute(aftersale)
    open_case = await case(aftersale)
    with pytest.raises(InvalidInput):
        await rule_aftersale(aftersale, amount=401, words="Too much.")
    await rule_aftersale(aftersale, amount=400, words="The picture shows it.")
    await confirm_refunds(aftersale)

    assert (open_case.waits_for, open_case.closed_at, open_case.missing_amount) == ("staff", None, 400)
    found = await case(aftersale)
    assert (found.status, found.refunded_amount, found.ruling) == ("refunded", 1000, "refund")
    assert (found.decision_words, found.ruling_words) == ("One was bitten.", "The picture shows it.")
    assert (await order_of(found.order_id)).refunded_amount == 1000
    assert (await causes(aftersale))[-3:] == ["refunded", "disputed", "ruled_refund"]
    with pytest.raises((RuledAlready, IllegalMove)):
        await _dispute(aftersale)
    await invariants.check(shop)


async def test_the_platform_leaves_it_at_what_the_store_gave(shop: Tenant) -> None:
    aftersale = await _short()
    await _dispute(aftersale)

    await rule_aftersale(aftersale, amount=None, words="It was bitten.")

    found = await case(aftersale)
    assert (found.status, found.refunded_amount, found.waits_for) == ("refunded", 600, "")
    assert found.closed_at is not None
    await invariants.check(shop)


async def test_a_dispute_about_the_difference_that_nobody_decides_ends(shop: Tenant) -> None:
    aftersale = await _short()
    await _dispute(aftersale)

    await lapse(aftersale)

    found = await case(aftersale)
    assert (found.status, found.refunded_amount, found.ruling) == ("refunded", 600, "lapsed")
    await invariants.check(shop)


async def test_the_store_may_give_the_rest_while_the_platform_is_asked(shop: Tenant) -> None:
    aftersale = await _short()
    with pytest.raises(IllegalMove):
        await refund_aftersale(aftersale, 400, actor="Su He")  # nobody asked for it
    await _dispute(aftersale)

    with pytest.raises(AtThePlatform):
        await refund_aftersale(aftersale, 399, actor="Su He", words="A cent less.")
    with pytest.raises(InvalidInput):
        await refund_aftersale(aftersale, 401, actor="Su He")
    await refund_aftersale(aftersale, 400, actor="Su He")

    found = await case(aftersale)
    assert (found.refunded_amount, found.ruling, found.waits_for) == (1000, "settled", "")
    await invariants.check(shop)


async def test_only_the_shopper_disputes_a_refund_and_only_a_smaller_one(shop: Tenant) -> None:
    less, whole = await _short(), await _short(1000)

    for aftersale, side in ((less, "merchant"), (whole, "shopper")):
        with pytest.raises(IllegalMove):
            await _dispute(aftersale, side)


async def test_who_took_an_offer_has_agreed_to_less(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order(await offer(price=1000)))
    await offer_amount(aftersale, 300, actor="Su He")
    await answer_offer(aftersale, accept=True)

    with pytest.raises(IllegalMove):
        await _dispute(aftersale)


async def test_the_rest_given_back_by_hand_ends_the_dispute(shop: Tenant) -> None:
    aftersale = await _short()
    await _dispute(aftersale)

    await request_refund((await case(aftersale)).order_id, reason="merchant")

    found = await case(aftersale)
    assert (found.ruling, found.missing_amount, found.waits_for) == ("settled", 0, "")
    await invariants.check(shop)
