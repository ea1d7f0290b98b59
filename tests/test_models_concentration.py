"""Concentration: known checks, and bounds that every way to fill the unknown rest stays within."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models.concentration import effective_number, hhi_interval


def test_two_known_shares_bound_the_index():
    assert hhi_interval([0.404, 0.301]) == pytest.approx((2538.17, 3408.42))


def test_a_market_that_is_known_in_full_has_one_index():
    assert hhi_interval([0.5, 0.3, 0.2]) == pytest.approx((3800, 3800))
    assert hhi_interval([1.0]) == pytest.approx((10_000, 10_000))


def test_the_cap_on_unknown_firms_lowers_the_upper_end_only():
    wide, narrow = hhi_interval([0.4, 0.3]), hhi_interval([0.4, 0.3], largest_other=0.1)
    assert narrow == pytest.approx((2500, 2500 + 300))
    assert wide == pytest.approx((2500, 3400))


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=12), st.integers(1, 3))
def test_the_true_index_lies_between_the_bounds(weights, known):
    shares = np.sort(np.array(weights) / sum(weights))[::-1]
    low, high = hhi_interval(shares[:known])
    true = 1e4 * float(np.square(shares).sum())
    assert low - 1e-6 <= true <= high + 1e-6
    assert effective_number(high) <= effective_number(low)


def test_the_effective_number_of_equal_firms_is_their_number():
    assert effective_number(hhi_interval([0.25] * 4)[1]) == pytest.approx(4)


@pytest.mark.parametrize("shares", [[], [0.7, 0.6], [40.4, 30.1], [-0.1, 0.5], [float("nan")]])
def test_shares_that_are_no_fractions_are_refused(shares):
    with pytest.raises(ValueError, match="expected fractions above 0"):
        hhi_interval(shares)


@pytest.mark.parametrize("cap", [0, -1, 1.5])
def test_a_cap_outside_one_is_refused(cap):
    with pytest.raises(ValueError, match="largest_other"):
        hhi_interval([0.4], largest_other=cap)


def test_no_index_outside_its_range():
    with pytest.raises(ValueError, match="hhi"):
        effective_number(0)
