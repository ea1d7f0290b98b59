"""Two-stage programmes against closed forms and their bounds, and the mix against what must hold of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog
from scipy.stats import norm

from analysis.models import two_layer as model


def order(odds, price=100.0, cost=60.0, salvage=20.0, demand=1.0):
    """Chips ordered before it is known whether they may be sold: at a price up to the demand, else for salvage."""
    return model.Programme(
        probability=np.array([odds, 1 - odds]),
        first=np.full((2, 1), cost),
        second=np.tile([-price, -salvage], (2, 1)),
        technology=np.array([[[-1.0], [0.0]], [[-1.0], [0.0]]]),
        recourse=np.array([[1.0, 1.0], [1.0, 0.0]]),
        right=np.array([[0.0, demand], [0.0, 0.0]]),
        upper=np.array([demand]),
    )


@pytest.mark.parametrize("odds", [0.0, 0.2, 0.49, 0.51, 0.8, 1.0])
def test_an_order_pays_from_the_closed_form_of_two_points(odds):
    # Order if the odds reach (c - s) / (p - s), here one half.
    plan = model.solve(order(odds))
    assert plan.x[0] == pytest.approx(1.0 if odds > 0.5 else 0.0)
    assert plan.mean == pytest.approx(min(0.0, 60 - odds * 100 - (1 - odds) * 20), abs=1e-9)


def test_one_future_is_an_ordinary_linear_programme():
    rng = np.random.default_rng(1)
    programme = random_programme(rng.random(40), futures=1)
    plain = linprog(
        np.concatenate([programme.first[0], programme.second[0]]),
        A_ub=np.hstack([programme.technology[0], programme.recourse]),
        b_ub=programme.right[0],
        bounds=[*((0, upper) for upper in programme.upper), *[(0, None)] * programme.recourse.shape[1]],
    )
    plan = model.solve(programme, aversion=0.7)
    assert plan.mean == pytest.approx(plain.fun) and plan.tail == pytest.approx(plain.fun)
    found = model.worth(programme)
    assert found.evpi == pytest.approx(0, abs=1e-8) and found.vss == pytest.approx(0, abs=1e-8)


def random_programme(numbers, futures=3):
    """A small programme: two decisions serve an uncertain demand of two kinds, what is missing is paid for."""
    numbers = iter(np.resize(np.asarray(numbers, dtype=float), 200))

    def take(*shape):
        return np.array([next(numbers) for _ in range(int(np.prod(shape)))]).reshape(shape)

    weight = take(futures) + 0.1
    # Answers: work of each decision for each kind (4), then what is missing of each kind (2).
    recourse = np.zeros((4, 6))
    recourse[0, :2] = recourse[1, 2:4] = 1.0
    recourse[2, [0, 2, 4]] = recourse[3, [1, 3, 5]] = -1.0
    technology = np.zeros((futures, 4, 2))
    technology[:, 0, 0], technology[:, 1, 1] = -take(futures), -take(futures)
    right = np.zeros((futures, 4))
    right[:, 2:] = -take(futures, 2) * 10
    second = np.hstack([take(futures, 4), 5 + 20 * take(futures, 2)])
    return model.Programme(weight / weight.sum(), take(futures, 2) * 5, second, technology, recourse, right,
                           np.full(2, 50.0))  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(hnp.arrays(float, 40, elements=st.floats(0, 1)))
def test_knowing_is_never_worse_than_planning_nor_planning_than_averaging(numbers):
    found = model.worth(random_programme(numbers))
    slack = 1e-6 * (1 + abs(found.planning))
    assert found.knowing <= found.planning + slack <= found.averaging + 2 * slack


def test_knowing_each_future_costs_what_each_alone_does():
    programme = random_programme(np.random.default_rng(2).random(40), futures=5)
    alone = [
        model.solve(
            replace(
                programme,
                probability=np.ones(1),
                **{name: getattr(programme, name)[[future]] for name in ("first", "second", "technology", "right")},
            )
        ).mean
        for future in range(5)
    ]
    assert model.wait_and_see(programme) == pytest.approx(alone)


@settings(max_examples=20, deadline=None)
@given(hnp.arrays(float, 40, elements=st.floats(0, 1)), st.floats(0.05, 0.95))
def test_more_weight_on_the_tail_lowers_it_and_raises_the_mean(numbers, weight):
    programme = random_programme(numbers)
    bold, wary = model.solve(programme, 0.0), model.solve(programme, weight)
    slack = 1e-6 * (1 + abs(bold.tail))
    assert wary.tail <= bold.tail + slack and wary.mean >= bold.mean - slack
    assert wary.objective <= (1 - weight) * bold.mean + weight * bold.tail + slack


def test_cvar_of_a_standard_normal_is_that_of_the_tables():
    count = 20_000
    quantiles = norm.ppf((np.arange(count) + 0.5) / count)
    assert model.cvar(quantiles, np.full(count, 1 / count), 0.95) == pytest.approx(2.062713, abs=2e-3)
    few = norm.ppf((np.arange(2000) + 0.5) / 2000)
    programme = model.Programme(np.full(2000, 1 / 2000), np.zeros((2000, 1)), few[:, None], np.zeros((2000, 1, 1)),
                                -np.ones((1, 1)), -np.ones((2000, 1)), np.ones(1))  # fmt: skip
    plan = model.solve(programme, aversion=1.0, level=0.95)  # one unit must be taken, at an uncertain cost
    assert plan.tail == pytest.approx(2.062713, abs=0.01) and plan.objective == pytest.approx(plan.tail)


def test_cvar_is_the_mean_at_level_zero_and_splits_a_future_on_the_edge():
    costs, weight = np.array([1.0, 2.0, 10.0]), np.array([0.5, 0.3, 0.2])
    assert model.cvar(costs, weight, 0.0) == pytest.approx(weight @ costs)
    assert model.cvar(costs, weight, 0.8) == pytest.approx(10.0)
    assert model.cvar(costs, weight, 0.6) == pytest.approx((0.2 * 2 + 0.2 * 10) / 0.4)


def test_a_programme_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="must add to 1"):
        replace(order(0.5), probability=np.array([0.5, 0.4]))
    with pytest.raises(ValueError, match=r"second has the shape \(2, 1\)"):
        replace(order(0.5), second=np.ones((2, 1)))
    with pytest.raises(ValueError, match="right holds a value that is not finite"):
        replace(order(0.5), right=np.array([[0.0, np.nan], [0.0, 0.0]]))
    with pytest.raises(ValueError, match="aversion 2"):
        model.solve(order(0.5), aversion=2)
    with pytest.raises(ValueError, match="level must lie"):
        model.cvar([1.0], [1.0], 1.0)
    with pytest.raises(RuntimeError, match="no optimum"):
        model.solve(order(0.5, demand=-1.0))


TERMS = model.Terms(
    work=np.array([30.0, 10.0, 20.0, 40.0]), reserved=0.0, domestic=np.array([0.5, 0.5, 0.65, 0.55]),
    home=np.array([1.0, 1.0, 1.0, 0.7]), imported_year=9000.0, domestic_year=5000.0, running_imported=3500.0,
    running_domestic=2000.0, undelivered=1000.0, home_rent=20_000.0, offshore_rent=24_000.0, port=2500.0, rush=5000.0,
    unserved=45_000.0, spare=0.8, domestic_cap=0.9, home_cap=0.15, short_cap=0.1, offshore_share=0.5,
)  # fmt: skip


def ahead(odds=0.6, count=16, seed=3):
    rng = np.random.default_rng(seed)
    come = np.arange(count) < count // 2
    left = np.where(come, rng.uniform(0.2, 0.9, count), 0.0)
    return model.Futures(
        probability=np.where(come, 2 * odds / count, 2 * (1 - odds) / count), imported=left, paid=left,
        domestic=rng.uniform(0.6, 1, count), up_imported=rng.uniform(0.93, 0.99, count),
        up_domestic=rng.uniform(0.88, 0.98, count), offshore=np.where(rng.random(count) < 0.1, 0.5, 1.0),
        demand=rng.uniform(0.7, 1.4, count), short_rent=rng.uniform(30_000, 60_000, count),
    )  # fmt: skip


def test_the_mix_serves_the_demand_and_stays_within_what_is_up():
    futures = ahead()
    plan = model.solve(model.mix(TERMS, futures), 0.3)
    done = plan.y.reshape(len(plan.y), -1, 4)
    effect = np.vstack([np.ones(4), TERMS.domestic, TERMS.home, np.ones((2, 4))])
    served = (done[:, :5] * effect).sum(axis=1) + done[:, 6]
    assert np.all(served >= TERMS.work * futures.demand[:, None] - 1e-6)
    chips = dict(zip(model.CHOICES, plan.x[:6], strict=True))
    for place, name, share, up in ((0, "imported", futures.imported, futures.up_imported),
                                   (1, "domestic", futures.domestic, futures.up_domestic)):  # fmt: skip
        used = done[:, place].sum(axis=1)
        assert np.all(used <= share * chips[name] + 1e-6)
        assert np.all(used <= share * (up * chips[name] + chips[f"spare_{name}"]) + 1e-6)
    assert chips["domestic"] + chips["spare_domestic"] <= 0.9 * 100 / (TERMS.domestic @ TERMS.work / 100) + 1e-6
    assert model.placement(TERMS, plan, futures.probability).sum() == pytest.approx(
        float(futures.probability @ served.sum(axis=1))
    )


def test_no_import_is_ordered_without_a_licence_and_a_specialist_never_does_better():
    assert model.shares(TERMS, model.solve(model.mix(TERMS, ahead(0.0))))["imported"] == pytest.approx(0, abs=1e-9)
    costs = [model.solve(model.mix(TERMS, ahead(odds)), 0.25).objective for odds in (0.0, 0.3, 0.6, 1.0)]
    for layers in ((True, False), (False, True)):
        alone = [model.solve(model.mix(TERMS, ahead(odds), layers), 0.25) for odds in (0.0, 0.3, 0.6, 1.0)]
        assert all(one.objective >= both - 1e-6 for one, both in zip(alone, costs, strict=True))
        idle = model.CHOICES.index("domestic" if layers[0] else "offshore")
        assert all(one.x[idle] == 0 for one in alone)
    assert costs[-1] < costs[0]


def test_what_moving_work_costs_and_what_is_reserved_never_make_it_cheaper():
    futures = ahead()
    base = model.solve(model.mix(TERMS, futures)).mean
    assert model.solve(model.mix(replace(TERMS, port=0.0, rush=0.0), futures)).mean <= base + 1e-6
    kept = replace(TERMS, reserved=1.0)
    plan = model.solve(model.mix(kept, futures))
    assert model.shares(kept, plan)["imported"] == pytest.approx(0, abs=1e-9)
    assert model.shares(kept, plan)["domestic"] > 0
