"""Who buys what: the logit without limits, rents with them, the assignment in the limit, and the pairing ratio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize
from scipy.special import logsumexp, softmax

from analysis.models.substitution import (
    Limits,
    allocate,
    limits,
    penalty_bounds,
    premium,
    utility,
    work_rate,
)

FREE = Limits(np.zeros((0, 1, 2)), np.zeros(0))


def random_market(seed, each_buyer=False):
    """Three segments, four products; the last takes no chip and is never short."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(0.5, 3.0, 3)
    values = rng.normal(0, 2, (3, 4))
    work = np.column_stack([rng.uniform(0.4, 1.5, (3, 3)), np.full(3, np.inf)])
    capacity = np.append(rng.uniform(0.1, 2.0, 3), np.inf)
    return size, values, limits(size, work, capacity, rng.uniform(0.1, 2.0), each_buyer=each_buyer)


def test_without_a_limit_the_shares_are_the_logit():
    found = allocate([1.0], [[1.0, 0.0]], FREE)
    assert found.shares[0] == pytest.approx([0.731059, 0.268941], abs=1e-6)
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4, 3))
    wide = limits([1, 2, 3, 4], np.ones((4, 3)), [np.inf, 100, 100])
    free = allocate([1, 2, 3, 4], values, wide)
    assert free.shares == pytest.approx(softmax(values, axis=1), abs=1e-8)
    assert free.rents == pytest.approx([0, 0])


def test_a_binding_limit_leaves_the_ratios_among_other_goods_and_has_a_closed_form():
    values = np.array([[2.0, 0.5, 0.0]])
    free = allocate([1.0], values, limits([1.0], np.ones((1, 3)), [np.inf] * 3)).shares[0]
    short = allocate([1.0], values, limits([1.0], np.ones((1, 3)), [0.1, np.inf, np.inf]))
    x = short.shares[0]
    assert x[0] == pytest.approx(0.1, abs=1e-10)
    assert x[1] / x[2] == pytest.approx(free[1] / free[2], rel=1e-10) == pytest.approx(np.exp(0.5))
    # The rent is the gap between the utility and what the share of 10% needs.
    rest = np.exp(0.5) + 1
    assert short.rents[0] == pytest.approx(2 - np.log(0.1 / 0.9 * rest), abs=1e-9)


def test_a_large_scale_of_utility_gives_the_assignment_of_the_linear_programme():
    size, values, limit = random_market(3)
    found = allocate(size, 400 * values, limit).shares
    gain = -(size[:, None] * values).ravel()
    rows = (limit.use * size[None, :, None]).reshape(len(limit.bound), -1)
    one = np.kron(np.eye(3), np.ones(4))
    exact = linprog(gain, rows, limit.bound, one, np.ones(3), (0, 1)).x.reshape(3, 4)
    assert found == pytest.approx(exact, abs=5e-3)


def test_the_dual_by_another_solver_gives_the_same_shares():
    for seed in range(8):
        size, values, limit = random_market(seed)
        found = allocate(size, values, limit)

        def dual(rents, size=size, values=values, limit=limit):
            net = values - np.tensordot(rents, limit.use, axes=1)
            taken = np.einsum("g,mgj,gj->m", size, limit.use, softmax(net, axis=1))
            return float(size @ logsumexp(net, axis=1) + limit.bound @ rents), limit.bound - taken

        other = minimize(dual, np.ones(len(limit.bound)), jac=True, method="L-BFGS-B",
                         bounds=[(0, None)] * len(limit.bound), options={"ftol": 1e-15, "gtol": 1e-10})  # fmt: skip
        net = values - np.tensordot(other.x, limit.use, axes=1)
        assert found.shares == pytest.approx(softmax(net, axis=1), abs=1e-5)
        assert dual(found.rents)[0] <= other.fun + 1e-12


def test_a_general_solver_of_the_programme_finds_the_same_shares():
    size, values, limit = random_market(11)
    found = allocate(size, values, limit)
    rows = limit.use * size[None, :, None]

    def loss(x):
        x = np.maximum(x.reshape(3, 4), 1e-300)
        return -(size[:, None] * (x * values - x * np.log(x))).sum()

    rules = [
        {"type": "eq", "fun": lambda x: x.reshape(3, 4).sum(axis=1) - 1},
        {"type": "ineq", "fun": lambda x: limit.bound - np.einsum("mgj,gj->m", rows, x.reshape(3, 4))},
    ]
    start = np.column_stack([np.full((3, 3), 0.02), np.full(3, 0.94)]).ravel()
    other = minimize(loss, start, bounds=[(1e-9, 1)] * 12, constraints=rules, method="SLSQP",
                     options={"ftol": 1e-14, "maxiter": 500})  # fmt: skip
    assert other.success
    assert found.shares.ravel() == pytest.approx(other.x, abs=2e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_shares_and_rents_meet_the_conditions_of_an_optimum(seed, each_buyer):
    size, values, limit = random_market(seed, each_buyer)
    found = allocate(size, values, limit)
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-12)
    assert (found.rents >= 0).all()
    left = limit.bound - np.einsum("g,mgj,gj->m", size, limit.use, found.shares)
    assert found.slack == pytest.approx(left, abs=1e-8)
    assert (left > -1e-7).all()
    assert np.abs(found.rents * left).max() < 1e-6
    assert found.shares == pytest.approx(softmax(values - np.tensordot(found.rents, limit.use, axes=1), axis=1))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 2.0), st.floats(0.05, 2.0))
def test_a_higher_ratio_never_lets_in_more_and_more_capacity_never_raises_its_rent(seed, one, other):
    rng = np.random.default_rng(seed)
    size, values = rng.uniform(0.5, 2, 2), rng.normal(0, 1.5, (2, 3))
    work = np.column_stack([rng.uniform(0.5, 1.5, (2, 2)), np.full(2, np.inf)])
    low, high = sorted((one, other))

    def imported(pairing, domestic):
        limit = limits(size, work, [0.8, domestic, np.inf], pairing)
        return float(size @ (allocate(size, values, limit).shares[:, 0] / work[:, 0])), allocate(size, values, limit)

    assert imported(high, 0.6)[0] <= imported(low, 0.6)[0] + 1e-7
    assert imported(0.0, high)[1].rents[1] <= imported(0.0, low)[1].rents[1] + 1e-7


def test_with_domestic_output_sold_out_the_ratio_caps_imports_at_output_over_ratio():
    size, work = [2.0], [[1.0, 0.7, np.inf]]
    limit = limits(size, work, [1.1, 0.6, np.inf], pairing=2.0)
    found = allocate(size, [[2.0, 1.8, 0.0]], limit)
    chips = 2.0 * found.shares[0, :2] / np.array([1.0, 0.7])
    assert chips == pytest.approx([0.3, 0.6], abs=1e-8)
    assert found.rents[0] == pytest.approx(0, abs=1e-9) and found.rents[2] > 0


def test_a_closed_product_gets_nothing_and_a_market_without_a_way_out_is_refused():
    closed = allocate([1.0, 1.0], [[-np.inf, 0.0], [0.0, 0.0]], limits([1, 1], np.ones((2, 2)), [np.inf, np.inf]))
    assert closed.shares[0] == pytest.approx([0, 1])
    with pytest.raises(ValueError, match="cannot all be met"):
        allocate([1.0], [[0.0, 0.0]], limits([1.0], np.ones((1, 2)), [0.3, 0.3]))
    with pytest.raises(ValueError, match="expected positive"):
        allocate([0.0], [[0.0, 0.0]], FREE)
    with pytest.raises(ValueError, match="open product"):
        allocate([1.0], [[-np.inf, -np.inf]], FREE)
    with pytest.raises(ValueError, match="chips above 0"):
        limits([1.0], np.ones((1, 2)), [0, 1])


def test_utility_premium_and_rate_of_a_mix():
    assert utility([1.0, np.e], 2.0, [0, 1], [0, 0.5]) == pytest.approx([0, -2.5])
    with pytest.raises(ValueError, match="positive"):
        utility([0.0], 1, 0, 0)
    assert premium(np.log(1.5) * 2, 2.0) == pytest.approx(0.5)
    assert work_rate([0.5, 1.5]) == 0.5


def test_an_observed_pair_of_shares_bounds_the_penalty_and_contains_the_truth():
    alpha, cost, k = 1.7, 1.4, 0.6
    odds = np.log(cost) * -alpha - k
    exact = penalty_bounds([alpha], (np.log(cost),) * 2, (odds,) * 2)
    assert exact[0] == pytest.approx([k]) and exact[1] == pytest.approx([k])
    low, high = penalty_bounds([alpha], (0.2, 0.5), (odds - 0.1, odds + 0.1), imports_limited=True)
    assert low[0] < k and high[0] == np.inf
