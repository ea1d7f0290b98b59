"""Sobol indices against Ishigami's function, draws of judgements against their quantiles and correlations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis import tables
from analysis.assumptions import Assumption, AssumptionError, Assumptions
from analysis.assumptions.sampling import BLOCK, distribution, draw, sample, triangular
from analysis.models.sensitivity import sobol

CIRCLE = [stats.uniform(-np.pi, 2 * np.pi)] * 3


def ishigami(a, b, c):
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def test_sobol_indices_of_ishigami_lie_in_their_own_interval():
    found = sobol(ishigami, CIRCLE, seed=1)
    for index, low, high, exact in (
        (found.first, found.first_low, found.first_high, [0.3139, 0.4424, 0.0]),
        (found.total, found.total_low, found.total_high, [0.5576, 0.4424, 0.2437]),
    ):
        assert index == pytest.approx(exact, abs=0.01)
        assert ((low - 0.003 <= exact) & (exact <= high + 0.003)).all() and (high - low < 0.03).all()
    again = sobol(ishigami, CIRCLE, seed=1)
    assert (again.total == found.total).all() and (again.first_low == found.first_low).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"draws": 1000}, "power of two"),
        ({"replicates": 1}, "at least two"),
        ({"result": lambda a, b, c: 0 * a}, "vary"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_sobol_cannot_do_is_said(change, said):
    with pytest.raises(ValueError, match=said):
        sobol(**({"result": ishigami, "distributions": CIRCLE, "seed": 1} | change))


def judged(name, low=1.0, central=2.0, high=5.0):
    return Assumption("a", "ratio", low, central, high, name)


def test_a_judgement_is_drawn_from_what_was_elicited():
    assert distribution(judged("triangular")).support() == distribution(judged("beta")).support() == (1.0, 5.0)
    assert distribution(judged("triangular")).mean() == pytest.approx(8 / 3)
    assert distribution(judged("beta")).mean() == pytest.approx((1 + 4 * 2 + 5) / 6)
    assert distribution(judged("uniform")).mean() == pytest.approx(3)
    even = distribution(judged("lognormal", 1.0, 10.0, 100.0))
    assert even.ppf([0.05, 0.5, 0.95]) == pytest.approx([1.0, 10.0, 100.0])
    assert distribution(judged("fixed")).rvs(3, random_state=1) == pytest.approx([2.0] * 3)
    with pytest.raises(AssumptionError, match="lognormal needs it above 0"):
        distribution(judged("lognormal", 0.0))
    for judgement in Assumptions(tables.load("assumptions")).values():
        low, high = distribution(judgement).ppf([0.0, 1.0])
        assert low <= judgement.central <= high, judgement


@given(st.floats(0, 1), st.floats(0, 10), st.floats(0, 10), st.floats(0, 10))
def test_the_triangle_stays_within_its_ends(u, a, b, c):
    low, mode, high = sorted((a, b, c))
    assert low - 1e-9 <= triangular(u, judged("triangular", low, mode, high)) <= high + 1e-9


def test_the_triangle_has_its_mode_where_the_distribution_function_says():
    assert triangular(0.25, judged("triangular", 0, 1, 4)) == pytest.approx(1)
    assert triangular([0.0, 1.0], judged("triangular", 2, 3, 5)) == pytest.approx([2, 5])
    shape, places = judged("triangular", 2, 3, 7), np.random.default_rng(1).random(200_000)
    draws = triangular(places, shape)
    assert draws.mean() == pytest.approx(4, abs=0.01)
    assert draws == pytest.approx(distribution(shape).ppf(places))
    assert draws == pytest.approx(draw(np.random.default_rng(1), shape, 200_000))
    with pytest.raises(ValueError, match="quantile"):
        triangular(1.5, shape)


def test_a_judgement_known_exactly_is_its_value_and_takes_nothing_from_the_stream():
    rng, exact = np.random.default_rng(1), judged("triangular", 2, 2, 2)
    assert list(triangular([0.0, 0.7], exact)) == list(draw(rng, exact, 2)) == [2, 2]
    assert rng.random() == np.random.default_rng(1).random()


def test_draws_are_the_same_by_block_and_correlate_as_stated():
    register = Assumptions(tables.load("assumptions"))
    keys = ["divert-share", "late-salvage", "price-decay"]
    many = sample(register, keys, BLOCK + 500, seed=3)
    assert (many[:BLOCK] == sample(register, keys, BLOCK, seed=3)).all(), "a block is the same whatever follows it"
    tied = sample(register, keys, BLOCK, seed=3, correlations={("divert-share", "late-salvage"): 0.6})
    assert stats.spearmanr(tied[:, 0], tied[:, 1]).statistic == pytest.approx(0.6, abs=0.02)
    assert stats.spearmanr(tied[:, 0], tied[:, 2]).statistic == pytest.approx(0.0, abs=0.02)
    impossible = {(keys[0], keys[1]): 0.95, (keys[1], keys[2]): 0.95, (keys[0], keys[2]): -0.95}
    with pytest.raises(AssumptionError, match="no joint distribution"):
        sample(register, keys, 10, seed=1, correlations=impossible)
