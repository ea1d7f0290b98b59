"""The market model and its band: a known case, the regression of scipy, coverage, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress
from scipy.stats import t as student

from analysis.models import switching
from analysis.models.event_study import abnormal, market_model


def sample(seed, days=60):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 0.01, days)
    return 0.001 + 1.5 * x + rng.normal(0, 0.02, days), x


def test_the_line_is_that_of_a_regression():
    y, x = sample(1)
    model, other = market_model(y, x), linregress(x, y)
    assert (model.alpha, model.beta) == pytest.approx((other.intercept, other.slope))
    assert model.spread / np.sqrt(model.squares) == pytest.approx(other.stderr)


def test_an_event_of_known_size_is_found_and_its_band_is_the_prediction_interval():
    y, x = sample(2)
    model = market_model(y, x)
    day = np.array([0.02])
    found = abnormal(model, model.alpha + model.beta * day - 0.05, day)
    assert found.value == pytest.approx(-0.05)
    reach = student.ppf(0.975, 58) * model.spread * np.sqrt(1 + 1 / 60 + (0.02 - x.mean()) ** 2 / model.squares)
    assert (found.low, found.high) == pytest.approx((-0.05 - reach, -0.05 + reach))
    assert 1 / 61 <= found.rank_p <= 1


def test_the_band_covers_as_often_as_it_says_with_few_days():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(2000):
        x, noise = rng.normal(0, 0.01, 28), rng.normal(0, 0.02, 28)
        y = 0.8 * x + noise
        hits += abnormal(market_model(y[:25], x[:25]), y[25:], x[25:]).p > 0.05
    assert hits / 2000 == pytest.approx(0.95, abs=0.015)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(-0.1, 0.1))
def test_the_abnormal_return_moves_one_for_one_with_the_return(seed, shift):
    y, x = sample(seed)
    model = market_model(y[:50], x[:50])
    one, other = abnormal(model, y[50:53], x[50:53]), abnormal(model, y[50:53] + shift, x[50:53])
    assert other.value - one.value == pytest.approx(3 * shift, abs=1e-12)
    assert other.high - other.low == pytest.approx(one.high - one.low)


def test_what_cannot_be_told_is_refused():
    y, x = sample(3)
    with pytest.raises(ValueError, match="20 or more"):
        market_model(y[:19], x[:19])
    with pytest.raises(ValueError, match="does not move"):
        market_model(y, np.zeros(60))
    with pytest.raises(ValueError, match="event window"):
        abnormal(market_model(y, x), [], [])


def test_switching_breaks_even_where_the_saving_meets_its_cost():
    cost = switching.unit_cost([20_000, 30_000], 0.8, 0.9)
    assert cost == pytest.approx([27_777.78, 41_666.67])
    volume = switching.break_even_volume(5e6, 40_000, cost, delay=3, life=48)
    saving = 40_000 * (1 - 3 / 48) - cost[0]
    assert volume == pytest.approx([5e6 / saving, np.inf])
    assert 5e6 + volume[0] * cost[0] == pytest.approx(volume[0] * 40_000 * (1 - 3 / 48))
    assert switching.break_even_horizon(40_000, cost, 3) == pytest.approx([3 / (1 - cost[0] / 40_000), np.inf])
    fair = switching.indifferent_price(26_000, 0.8, 0.9)
    assert switching.unit_cost(fair, 0.8, 0.9) == pytest.approx(26_000)
    with pytest.raises(ValueError, match="positive"):
        switching.unit_cost(0, 1)
