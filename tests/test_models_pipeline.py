import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.models import pipeline as pl

ADVANCE, CLOSING = [1 / 60, 1 / 45, 1 / 30], 1 / 365
# Competing exponentials (Neuts 1981): the odds of passing every stage before an exit, and the mean days that takes.
COMPLETED = float(np.prod([rate / (rate + CLOSING) for rate in ADVANCE]))
PASSAGE = sum(1 / (rate + CLOSING) for rate in ADVANCE)
CONSTANT = pl.Pipeline((pl.Segment(0, pl.Hazards(*ADVANCE, closed_by_washington=CLOSING)),))
CHANGING = pl.Pipeline(
    (
        pl.Segment(0, pl.Hazards(1 / 40, 1 / 60, 1 / 30, 1 / 600, 1 / 900, 1 / 100, 1 / 120)),
        pl.Segment(30, pl.Hazards(1 / 10, 0.0, 1 / 30, 1 / 300, 1 / 900, 1 / 50, 1 / 60)),
        pl.Segment(120, pl.Hazards(0.0, 1 / 40, 1 / 20, 1 / 600, 0.0, 1 / 100, 0.0)),
        pl.Segment(200, pl.Hazards(1 / 40, 1 / 60, 1 / 30, 1 / 600, 1 / 900, 1 / 100, 1 / 120)),
    ),
    frozen_factor=(1.0, 0.0, 0.4),
    starts_frozen=0.3,
)
UNSURE = pl.PipelinePrior(
    {"us_review": pl.Gamma(2, 60), "china_permission": pl.Gamma(1.5, 60), "test_and_ship": 0.1, "freeze": 0.01}
    | {"thaw": pl.Gamma(0.5, 60), "closed_by_beijing": 0.001},
    (pl.Pace(0.0), pl.Pace(30.0, {"us_review": 2.0})),
)
DAYS = np.array([0.0, 20, 57, 110, 150, 230, 400])
hazard = st.floats(0, 0.2)


def same_within_three_errors(found, expected, draws):
    error = np.sqrt(expected * (1 - expected) / draws)
    assert np.all(np.abs(found - expected) <= 3 * error + 1e-12)


def test_constant_hazards_in_closed_form():
    assert pytest.approx(0.706494, abs=5e-7) == COMPLETED
    assert pytest.approx(119.312, abs=5e-4) == PASSAGE
    assert pl.probability_delivered(CONSTANT, [1e5])[0] == pytest.approx(COMPLETED, abs=5e-7)
    free = pl.Pipeline((pl.Segment(0, pl.Hazards(*ADVANCE)),))
    assert pl.probability_delivered(free, [1e5])[0] == pytest.approx(1)


def test_constant_hazards_simulated():
    times = pl.simulate(CONSTANT, 1, 40_000, np.random.default_rng(3), 1e5)[:, 0]
    passed = times[np.isfinite(times)]
    same_within_three_errors(np.isfinite(times).mean(), COMPLETED, times.size)
    assert abs(passed.mean() - PASSAGE) < 3 * passed.std() / np.sqrt(passed.size)


@pytest.mark.parametrize("factor", [(1.0, 0.0, 0.4), (0.5, 0.5, 0.5), (0.0, 1.0, 0.0)])
def test_simulation_agrees_with_the_matrix_exponential(factor):
    pipeline = pl.Pipeline(CHANGING.segments, factor, CHANGING.starts_frozen)
    draws = 100_000
    times = pl.simulate(pipeline, 1, draws, np.random.default_rng(11), DAYS[-1])
    same_within_three_errors((times <= DAYS).mean(axis=0), pl.probability_delivered(pipeline, DAYS), draws)


def test_a_lot_that_starts_at_a_later_stage():
    late = pl.Pipeline(CHANGING.segments, (1.0, 0.0, 0.4), 0.3, first_stage="test_and_ship")
    times = pl.simulate(late, 1, 50_000, np.random.default_rng(11), DAYS[-1])
    same_within_three_errors((times <= DAYS).mean(axis=0), pl.probability_delivered(late, DAYS), 50_000)


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[hazard] * 7), st.tuples(*[st.floats(0, 1)] * 4))
def test_states_are_a_distribution_and_delivery_only_grows(rates, shares):
    pipeline = pl.Pipeline((pl.Segment(0, pl.Hazards(*rates)),), shares[:3], shares[3])
    generator = pl.generator_matrix(pipeline.segments[0].hazards, shares[:3])
    np.testing.assert_allclose(generator.sum(axis=1), 0, atol=1e-12)
    states = pl.state_probabilities(pipeline, DAYS)
    np.testing.assert_allclose(states.sum(axis=1), 1)
    assert np.all(states > -1e-12)
    assert np.all(np.diff(states[:, pl.STATES.index("delivered")]) > -1e-12)


def test_independent_lots_without_anything_in_common():
    free = pl.Pipeline((pl.Segment(0, pl.Hazards(*ADVANCE)),))
    found = pl.first_delivery_probability(free, 4, DAYS, 40_000, np.random.default_rng(5))
    same_within_three_errors(found.value, 1 - (1 - pl.probability_delivered(free, DAYS)) ** 4, 40_000)


def test_lots_share_the_regime_and_the_closing_clocks():
    quick = pl.Hazards(50.0, 50.0, 50.0, closed_by_beijing=0.02, freeze=0.0, thaw=0.02)
    frozen = pl.Pipeline((pl.Segment(0, quick),), starts_frozen=1.0)
    delivered = np.isfinite(pl.simulate(frozen, 6, 4_000, np.random.default_rng(5), 1e4))
    assert np.mean(delivered.any(axis=1) != delivered.all(axis=1)) < 0.02
    same_within_three_errors(delivered[:, 0].mean(), 0.5, 4_000)


def test_result_depends_on_the_seed_but_not_on_the_workers():
    runs = [pl.simulate(CHANGING, 9, 20_000, np.random.default_rng(8), 300, workers=n) for n in (1, 3)]
    np.testing.assert_array_equal(*runs)
    first = pl.first_delivery_times(CHANGING, 9, 20_000, np.random.default_rng(8), 300)
    np.testing.assert_array_equal(first, runs[0].min(axis=1))
    again = pl.simulate(CHANGING, 9, 20_000, np.random.default_rng(9), 300)
    assert not np.array_equal(again, runs[0])


def test_blocks_give_the_same_in_threads_in_processes_and_in_line():
    drawn = pl.sample_pipelines(UNSURE, 30_000, np.random.default_rng(1))
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for pipeline in (drawn, UNSURE):
            run = partial(pl.first_delivery_times, pipeline, 9, 30_000, horizon=300)
            runs = [run(rng=np.random.default_rng(8), workers=n) for n in (1, 3, pool)]
            np.testing.assert_array_equal(runs[0], runs[1])
            np.testing.assert_array_equal(runs[0], runs[2])


def test_a_prior_is_drawn_from_block_by_block():
    drawn = pl.sample_pipelines(UNSURE, 100_000, np.random.default_rng(1))
    at_once = pl.first_delivery_probability(drawn, 3, DAYS, 100_000, np.random.default_rng(2))
    by_block = pl.first_delivery_probability(UNSURE, 3, DAYS, 100_000, np.random.default_rng(3))
    gap = np.abs(at_once.value - by_block.value)
    assert np.all(gap <= 3 * np.hypot(at_once.standard_error, by_block.standard_error))
    assert by_block.value[-1] > 0.1


def test_memory_is_flat_in_the_number_of_draws():
    peaks = []
    for draws in (100_000, 1_000_000):
        tracemalloc.start()
        pl.first_delivery_probability(UNSURE, 3, DAYS, draws, np.random.default_rng(3))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_who_follows_a_simulation_is_told_how_many_blocks_there_are():
    seen = []

    def follow(results, blocks):
        for result in results:
            seen.append((result, blocks))
            yield result

    done = pl.reduce_simulation(CONSTANT, 1, 150_000, np.random.default_rng(3), 9, len, follow=follow)
    assert sum(done) == 150_000
    assert seen == [(size, len(done)) for size in done]


def test_units_by_date():
    times = np.array([[10.0, 30.0, np.inf], [40.0, 5.0, 20.0]])
    units = pl.units_delivered(times, [100, 200, 400], [0, 10, 30])
    np.testing.assert_array_equal(units, [[0, 100, 300], [0, 200, 600]])
    np.testing.assert_array_equal(pl.unit_quantiles(units, [0.5, 1.0]), [[0, 100, 300], [0, 200, 600]])


def test_a_record_updates_a_belief_about_a_hazard():
    assert pl.gamma_posterior(0.5, 10, 1, 25) == pl.Gamma(1.5, 35)
    assert pl.gamma_posterior(1, 60, 0, 136).mean == pytest.approx(1 / 196)


def test_waiting_without_delivery_updates_an_uncertain_hazard():
    shape, rate, lots, by = 1.5, 100.0, 3, 200.0
    sure = {"us_review": 1e6, "china_permission": 1e6}
    prior = pl.PipelinePrior({**sure, "test_and_ship": pl.Gamma(shape, rate)})
    rng = np.random.default_rng(2)
    sample = pl.first_delivery_times(pl.sample_pipelines(prior, 100_000, rng), lots, 100_000, rng, by)
    months = np.array([0.0, 50, 100, 150, 200])
    found = pl.condition_on_no_delivery(sample, months, by)
    expected = ((rate + lots * months) / (rate + lots * by)) ** shape
    same_within_three_errors(found.value, expected, found.draws)
    assert np.all(np.diff(found.value) > 0)
    assert np.all(np.diff(found.draws) < 0)


def test_a_hazard_keeps_its_draw_and_takes_the_pace():
    prior = pl.PipelinePrior(
        dict.fromkeys(pl.STAGES, pl.Gamma(2, 100)), (pl.Pace(0.0), pl.Pace(30.0, {"us_review": 2.0}))
    )
    drawn = pl.sample_pipelines(prior, 50, np.random.default_rng(4))
    np.testing.assert_allclose(drawn.rates("us_review")[1], 2 * drawn.rates("us_review")[0])
    np.testing.assert_array_equal(*drawn.rates("china_permission"))
    assert drawn.draws == 50


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: pl.Hazards(-1, 1, 1), "us_review"),
        (lambda: pl.Pipeline((pl.Segment(5, pl.Hazards(1, 1, 1)),)), "segments"),
        (lambda: pl.Pipeline(CONSTANT.segments, (2.0, 0, 0)), "frozen_factor"),
        (lambda: pl.simulate(CONSTANT, 1, 10, np.random.default_rng(0), np.inf), "horizon"),
        (lambda: pl.simulate(CONSTANT, 0, 10, np.random.default_rng(0), 1), "lots"),
        (lambda: pl.state_probabilities(CONSTANT, [-1]), "times"),
        (lambda: pl.units_delivered(np.ones((2, 3)), [1, 2], [1]), "volumes"),
        (lambda: pl.gamma_posterior(0.5, 0, 1, 0), "shape"),
        (lambda: pl.PipelinePrior({"us_review": 1.0}), "hazards"),
        (lambda: pl.condition_on_no_delivery([1.0], [30.0], 20.0), "seen"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=rf"^{named}"):
        call()
