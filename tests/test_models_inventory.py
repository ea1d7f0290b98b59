import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models.inventory import (
    Interval,
    coverage_quarters,
    days_of_inventory,
    days_of_inventory_interval,
    explained_share,
    unit_cost,
)

STOCK = [10.0, 12.0, np.nan, 15.0, 20.0]
COST = [8.0, 10.0, 11.0, 12.0, 16.0]
money = st.floats(0.01, 1e12)


def test_three_conventions_by_hand_and_gaps_stay_gaps():
    days = days_of_inventory(STOCK, COST, 91)
    np.testing.assert_allclose(days.end, [113.75, 109.2, np.nan, 113.75, 113.75])
    np.testing.assert_allclose(days.average, [np.nan, 11 / 10 * 91, np.nan, np.nan, 17.5 / 16 * 91])
    np.testing.assert_allclose(days.forward, [91, 12 / 11 * 91, np.nan, 15 / 16 * 91, np.nan])
    np.testing.assert_allclose(days.low[[0, 4]], [91, 17.5 / 16 * 91])
    assert np.isnan(days.high[2])


def test_reported_quarter_gives_the_known_days():
    end = days_of_inventory([19784e6], [15157e6], 91).end[0]
    assert end == pytest.approx(118.8, abs=0.05)


def test_each_quarter_may_have_its_own_length():
    days = days_of_inventory([10, 10], [10, 10], [91, 98])
    np.testing.assert_allclose(days.end, [91, 98])
    assert days.forward[0] == pytest.approx(98)


@given(st.lists(st.tuples(money, money), min_size=2, max_size=6), st.floats(1e-3, 1e3))
def test_days_do_not_depend_on_the_currency(quarters, scale):
    stock, cost = np.array(quarters).T
    one, other = days_of_inventory(stock, cost, 91), days_of_inventory(stock * scale, cost * scale, 91)
    for name in ("end", "average", "forward"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9)


@given(st.lists(st.tuples(money, money), min_size=2, max_size=6), st.floats(0, 0.5), st.floats(0, 0.5))
def test_interval_days_contain_the_days_of_any_value_inside(quarters, below, above):
    stock, cost = np.array(quarters).T
    low, high = days_of_inventory_interval(
        Interval(stock * (1 - below), stock * (1 + above)),
        Interval(cost * (1 - below), cost * (1 + above)),
        91,
    )
    inside = days_of_inventory(stock, cost, 91)
    for name in ("end", "average", "forward"):
        value = getattr(inside, name)
        known = ~np.isnan(value)
        assert np.all(getattr(low, name)[known] <= value[known] * (1 + 1e-12))
        assert np.all(getattr(high, name)[known] >= value[known] * (1 - 1e-12))


def test_coverage_counts_stock_prepayments_and_obligations():
    assert coverage_quarters(20.0, 4.0, 51.0, 15.0) == pytest.approx(5)
    assert np.isnan(coverage_quarters(np.nan, 4.0, 51.0, 15.0))


def test_explained_share_of_a_stock():
    chips, price = Interval(40_000, 80_000), Interval(25_000, 30_000)
    explained = explained_share(Interval(19e9, 20e9), chips, price, Interval(0.5, 0.7))
    assert explained.share.low == pytest.approx(40_000 * 25_000 * 0.3 / 20e9)
    assert explained.share.high == pytest.approx(80_000 * 30_000 * 0.5 / 19e9)
    assert explained.at_price == pytest.approx(80_000 * 30_000 / 19e9)
    assert explained.share.low <= explained.share.high <= explained.at_price


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: days_of_inventory([1.0], [0.0], 91), "cost"),
        (lambda: days_of_inventory([-1.0], [1.0], 91), "inventory"),
        (lambda: days_of_inventory([1.0, 2.0], [1.0], 91), "cost"),
        (lambda: days_of_inventory([1.0, 2.0], [1.0, 1.0], [91, 91, 91]), "days"),
        (lambda: Interval(2.0, 1.0), "low"),
        (lambda: unit_cost(Interval(1.0, 2.0), Interval(0.5, 1.0)), "gross_margin"),
        (lambda: coverage_quarters(1.0, 0.0, 0.0, 0.0), "forward_cost"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=rf"^{named} must"):
        call()
