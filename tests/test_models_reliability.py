"""Availability, checkpoints and credits against printed values, closed forms and a simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models import reliability as model

SCHEDULE = model.Schedule((0.995, 0.99, 0.95), (0.1, 0.3, 1.0))
RUN = 16_384 * 54 * 24 / 419  # chip-hours between stops


@pytest.mark.parametrize(("needed", "held", "up", "kept"), [(9, 10, 0.95, 0.913862), (48, 50, 0.99, 0.986183)])
def test_k_of_n_is_as_printed(needed, held, up, kept):
    assert model.k_of_n(needed, held, up) == pytest.approx(kept, abs=1e-6)


@given(st.integers(1, 200), st.floats(0.5, 0.999), st.sampled_from([0.9, 0.99, 0.999, 0.9999]))
def test_spares_are_just_enough(needed, up, target):
    spares = model.spares_for(needed, up, target)
    assert model.k_of_n(needed, needed + spares, up) >= target
    assert spares == 0 or model.k_of_n(needed, needed + spares - 1, up) < target


def test_the_published_run_and_what_it_allows_a_stop():
    between = 60 * float(model.failure_of_many(RUN, 16_384))
    assert between == pytest.approx(185.585, abs=1e-3)
    assert model.loss_allowed(0.9, between) == pytest.approx(18.5585, abs=1e-3)
    assert model.checkpoint_interval(0.5, between) == pytest.approx(13.62, abs=5e-3)
    assert model.effective_time(0.5, 3, between) == pytest.approx(0.9104, abs=5e-5)
    hours = float(model.failure_of_many(RUN, 9600))
    assert hours == pytest.approx(5.279, abs=1e-3)
    assert 60 * model.loss_allowed(0.97, hours) == pytest.approx(9.502, abs=1e-3)


@given(st.floats(0.05, 2), st.floats(0, 10), st.floats(200, 5000), st.floats(0.3, 3))
def test_the_interval_of_young_loses_least(save, restart, failure, factor):
    best = model.checkpoint_interval(save, failure)
    other = factor * best
    lost = save / other + (other / 2 + restart) / failure
    assert model.effective_time(save, restart, failure) >= 1 - lost - 1e-12


def test_more_chips_and_slower_restarts_leave_less():
    sizes = model.effective_time(0.5, 3, model.failure_of_many(RUN * 60, np.array([1e3, 1e4, 1e5])))
    assert np.all(np.diff(sizes) < 0)
    assert (
        0 == model.effective_time(0.5, 300, 60) < model.effective_time(0.5, 30, 60) < model.effective_time(0.5, 3, 60)
    )


def test_failures_expected_of_a_small_run_cover_those_seen():
    mean, low, high = model.events_expected(504, 55 * 24, RUN)
    assert mean == pytest.approx(13.13, abs=0.01) and (low, high) == (7, 21)


def test_a_month_spreads_as_it_does_in_a_simulation():
    failure, repair, window = 900.0, 24.0, 730.0
    rng = np.random.default_rng(5)
    up = np.empty(20_000)
    for month in range(up.size):
        clock, down, works = 0.0, 0.0, rng.random() < failure / (failure + repair)
        while clock < window:
            step = min(rng.exponential(failure if works else repair), window - clock)
            clock, down, works = clock + step, down + (0 if works else step), not works
        up[month] = 1 - down / window
    mean, spread = float(model.availability(failure, repair)), model.month_spread(failure, repair, window)
    assert up.mean() == pytest.approx(mean, abs=1e-3) and up.std() == pytest.approx(spread, rel=0.03)
    # The beta distribution of the same mean and spread gives the credits of the simulated months.
    assert SCHEDULE.expected(mean, spread) == pytest.approx(SCHEDULE.credit(up).mean(), abs=0.01)


def test_credits_step_at_their_marks():
    assert list(SCHEDULE.credit([1.0, 0.995, 0.9949, 0.99, 0.96, 0.9499, 0.0])) == [0, 0, 0.1, 0.1, 0.3, 1.0, 1.0]
    assert SCHEDULE.expected(0.997, 0.0001) == pytest.approx(0, abs=1e-9)
    assert SCHEDULE.expected(0.9962, 0.0157) > float(SCHEDULE.credit(0.9962))


def test_a_beta_has_the_mean_and_spread_it_was_asked_for():
    found = model.beta_of(0.98, 0.03)
    assert found.mean() == pytest.approx(0.98) and found.std() == pytest.approx(0.03)


def test_each_nine_takes_spares():
    prices = model.price_of_a_nine(64, 0.9962, (2, 3, 4, 5), price=2.0)
    assert prices == sorted(prices) and prices[0] == 2.0 * model.spares_for(64, 0.9962, 0.99) / 64


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: model.availability(0, 1), "failure must be above zero"),
        (lambda: model.availability(1, -1), "repair must be not negative"),
        (lambda: model.k_of_n(11, 10, 0.9), "needed 11"),
        (lambda: model.k_of_n(1, 2, 1.2), "up must be in"),
        (lambda: model.spares_for(3, 0.9, 1.0), "target 1.0"),
        (lambda: model.effective_time(0.5, -1, 100), "restart must be not negative"),
        (lambda: model.loss_allowed(97, 100), "effective must be in"),
        (lambda: model.beta_of(0.9, 0.5), "no beta distribution"),
        (lambda: model.Schedule((0.9, 0.95), (0.1, 0.3)), "thresholds must fall"),
        (lambda: model.events_expected(0, 1, 1), "units must be above zero"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
