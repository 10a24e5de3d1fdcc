"""What a channel is worth, in whole amounts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.links.channel_figures import Figures

AMOUNTS = st.integers(0, 10**9)


def test_what_costs_nothing_has_no_return_to_speak_of() -> None:
    assert Figures(net_amount=100).roi_bps is None
    assert Figures(spend_amount=-1).roi_bps is None


def test_twice_the_cost_back_is_a_return_of_the_whole_cost() -> None:
    assert Figures(net_amount=2_000, spend_amount=600, clicks_amount=400).roi_bps == 10_000


def test_a_loss_is_below_zero() -> None:
    assert Figures(net_amount=250, spend_amount=1_000).roi_bps == -7_500


def test_without_a_first_order_there_is_no_price_of_one() -> None:
    assert Figures(spend_amount=1_000, orders=3).first_order_cost is None
    assert Figures(spend_amount=1_000, first_orders=3).first_order_cost == 333


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_return_never_says_more_than_there_is(net: int, spend: int, clicks: int, orders: int, sales: int) -> None:
    figures = Figures(
        net_amount=net, spend_amount=spend, clicks_amount=clicks, orders_amount=orders, sales_amount=sales
    )

    if figures.roi_bps is not None:
        gained = net - figures.cost_amount
        assert figures.roi_bps * figures.cost_amount <= gained * 10_000
        assert (figures.roi_bps + 1) * figures.cost_amount > gained * 10_000
