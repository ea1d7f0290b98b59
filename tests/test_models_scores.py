"""Scores against their closed forms and the properties that make them proper."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models.scores import brier, interval_score, jeffreys, log_score, skill, wilson

ODDS = st.floats(0.01, 0.99)


def test_a_perfect_forecast_scores_nothing_and_a_confident_miss_scores_as_published():
    assert brier([1, 0], [1, 0]).tolist() == [0, 0] and log_score([1, 0], [1, 0]).tolist() == [0, 0]
    assert brier(0.9, 0) == pytest.approx(0.81)
    assert log_score(0.9, 0) == pytest.approx(2.3026, abs=5e-5)
    assert brier(0.5, 1) == 0.25 and log_score(0.5, 0) == pytest.approx(math.log(2))
    assert log_score(0.0, 1) == math.inf


@given(ODDS, ODDS)
def test_no_other_probability_does_better_on_average_than_the_true_one(true, said):
    for score in (brier, log_score):
        mean = [true * score(p, 1) + (1 - true) * score(p, 0) for p in (true, said)]
        assert mean[0] <= mean[1] + 1e-12


def test_the_interval_score_is_the_width_and_a_penalty_for_a_miss():
    # Gneiting and Raftery (2007), section 6.2, with alpha = 0.1
    assert interval_score(2, 5, 3, 0.1) == 3
    assert interval_score(2, 5, 1, 0.1) == pytest.approx(3 + 20 * 1)
    assert interval_score(2, 5, 7, 0.1) == pytest.approx(3 + 20 * 2)


@given(st.floats(-50, 50), st.floats(0, 50), st.floats(-100, 100), st.floats(0.01, 0.99))
def test_an_interval_scores_at_least_its_width_and_a_wider_miss_more(low, width, value, alpha):
    score = interval_score(low, low + width, value, alpha)
    assert score >= width - 1e-9
    outside = low + width + 1
    assert interval_score(low, low + width, outside + 1, alpha) > interval_score(low, low + width, outside, alpha)


def test_the_central_interval_of_a_distribution_has_the_least_mean_score():
    draws = np.random.default_rng(1).normal(size=200_000)
    true = interval_score(-1.6449, 1.6449, draws, 0.1).mean()
    assert all(interval_score(-half, half, draws, 0.1).mean() > true for half in (1.2, 2.2))


def test_intervals_of_a_hit_rate_leave_a_fortieth_on_each_side():
    assert jeffreys(0, 10)[0] == 0 and jeffreys(10, 10)[1] == 1 and jeffreys(0, 0) == (0, 1) == wilson(0, 0)
    for hits, trials in ((1, 10), (5, 10), (20, 35)):
        low, high = jeffreys(hits, trials)
        # the posterior's mass outside, by the trapezoidal rule on a grid in the angle, where its density is bounded
        angle = np.linspace(0, np.pi / 2, 200_001)
        density = np.sin(angle) ** (2 * hits) * np.cos(angle) ** (2 * (trials - hits))
        share = np.sin(angle) ** 2
        for outside in (share < low, share > high):
            mass = np.trapezoid(density * outside, angle) / np.trapezoid(density, angle)
            assert mass == pytest.approx(0.025, abs=1e-4)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-5)
    assert wilson(0, 10)[1] == pytest.approx(1.96**2 / (10 + 1.96**2), rel=1e-4)


@given(st.integers(0, 60), st.integers(1, 60))
def test_an_interval_holds_the_rate_mirrors_its_misses_and_narrows_with_more_trials(hits, trials):
    hits = min(hits, trials)
    for interval in (jeffreys, wilson):
        low, high = interval(hits, trials)
        assert 0 <= low <= hits / trials + 1e-12 and hits / trials - 1e-12 <= high <= 1
        mirrored = interval(trials - hits, trials)
        assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-9)
        more = interval(4 * hits, 4 * trials)
        assert more[1] - more[0] < high - low


def test_skill_is_one_when_perfect_none_at_the_baseline_and_below_zero_when_worse():
    assert skill([0, 0], [0.25, 0.25]) == 1
    assert skill([0.25, 0.25], [0.25, 0.25]) == 0
    assert skill([0.5, 0.5], [0.25, 0.25]) == -1 and skill(0.1, 0.25) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: brier(1.2, 1), "probability is 1.2"),
        (lambda: log_score(math.nan, 1), "probability is nan"),
        (lambda: brier(0.5, 0.5), "outcome is 0.5"),
        (lambda: interval_score(2, 1, 0, 0.1), "low must not exceed high"),
        (lambda: interval_score(1, 2, 0, 1.0), "alpha is 1.0"),
        (lambda: jeffreys(4, 3), "4 hits in 3 trials"),
        (lambda: wilson(1, 3, 1.0), "level is 1.0"),
        (lambda: skill([0.1], [0.0]), "perfect baseline"),
    ],
)
def test_an_input_that_cannot_be_is_refused_with_one_sentence(call, said):
    with pytest.raises(ValueError, match=said) as error:
        call()
    assert "\n" not in str(error.value)
