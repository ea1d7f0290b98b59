import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.models import licence_value as lv

share = st.floats(0, 1)
levy = st.floats(0, 0.9)
amount = st.floats(0.01, 1e6)


@pytest.mark.parametrize(
    ("overage", "underage", "mean", "sd", "quantity", "cost"),
    [(0.18, 0.70, 50, 8, 56.603953, 1.9976052), (2, 18, 120, 10, 132.815516, 35.099666)],
)
def test_newsvendor_with_normal_demand(overage, underage, mean, sd, quantity, cost):
    for order in (
        lv.newsvendor_normal(overage, underage, mean, sd),
        lv.newsvendor(stats.norm(mean, sd), overage, underage),
    ):
        assert order.quantity == pytest.approx(quantity, rel=1e-7)
        assert order.cost == pytest.approx(cost, rel=1e-7)


def test_newsvendor_with_lognormal_demand():
    order = lv.newsvendor(stats.lognorm(0.3, 0, np.exp(6)), 1, 0.1765)
    assert order.quantity == pytest.approx(295.626645, abs=1e-6)


def test_newsvendor_limits():
    demand = stats.uniform(100, 50)
    assert lv.critical_ratio(10, 6, 6) == 1
    assert lv.newsvendor(demand, overage=0, underage=4) == lv.Order(150, 0)
    assert lv.newsvendor(demand, 2, 4, probability=0) == lv.Order(0, 0)
    assert lv.newsvendor(demand, 2, 4, probability=1).quantity == pytest.approx(100 + 50 * 4 / 6)
    assert lv.critical_ratio(10, 8, 1, levy=0.25) == 0


def test_nearly_certain_size_of_demand_gives_the_all_or_nothing_rule():
    price, cost, salvage, rate = 100.0, 40.0, 15.0, 0.25
    least = float(lv.break_even_probability(price, cost, salvage, rate))
    assert least == pytest.approx((40 - 15) / (75 - 15))
    for probability, quantity in ((least - 0.01, 0), (least + 0.01, 1000)):
        order = lv.newsvendor(stats.uniform(1000, 1e-6), cost - salvage, 75 - cost, probability)
        assert order.quantity == pytest.approx(quantity, abs=1e-5)
        assert lv.order_all_or_nothing(1000, probability, price, cost, salvage, rate) == quantity


def test_break_even_limits():
    assert lv.break_even_probability(10, 5, 9, levy=0.25) == np.inf
    assert lv.break_even_probability(10, 5, 5) == 0
    assert lv.break_even_probability(10, 9, 0, levy=0.25) > 1
    assert lv.break_even_probability(10, 4, 2, alternative_margin=2) == pytest.approx(0.5)


@given(amount, share, share, levy, levy, amount)
def test_break_even_rises_with_levy_and_with_what_the_capacity_would_earn(price, c, s, t, u, margin):
    cost = price * c
    salvage = cost * s
    low, high = sorted((t, u))
    at_low, at_high = (lv.break_even_probability(price, cost, salvage, rate) for rate in (low, high))
    assert at_low <= at_high
    assert at_low <= lv.break_even_probability(price, cost, salvage, low, margin)


@given(amount, share, share, levy, share, share, st.floats(0.01, 1))
def test_holding_is_worth_it_exactly_from_the_break_even_on(price, s, late, t, pi, qi, factor):
    salvage = price * s
    salvage_late = salvage * late
    least = lv.hold_break_even(price, salvage, salvage_late, t, factor)
    low, high = (lv.hold_value(p, price, salvage_late, t, factor) for p in sorted((pi, qi)))
    sale_beats_late_salvage = factor * price * (1 - t) > salvage_late
    if sale_beats_late_salvage:
        assert low <= high * (1 + 1e-12)
    if abs(pi - least) > 1e-9 and sale_beats_late_salvage:
        value = lv.hold_value(pi, price, salvage_late, t, factor)
        assert (value >= salvage - 1e-9 * price) if pi > least else (value <= salvage + 1e-9 * price)


def test_licence_odds_from_a_sample():
    probability, factor = lv.licence_odds([0, 365, 800, np.inf], horizon=400, discount=0.1, decay=0.2)
    assert probability == 0.5
    assert factor == pytest.approx((1 + np.exp(-0.3)) / 2)
    assert lv.licence_odds([np.inf], 400, 0.1, 0.2) == (0.0, 0.0)


def test_option_value_against_its_closed_form():
    hazard, rates = 2.0, 0.3
    found = lv.option_value(
        lambda u: -np.log1p(-u) / hazard * 365, np.random.default_rng(7), 200_000, 100, 0, 1e6, 0.25, 0.1, 0.2
    )
    expected = 75 * hazard / (hazard + rates)
    assert abs(found.value - expected) < 3 * found.standard_error
    assert found.standard_error < 0.05


def test_option_value_of_a_hopeless_licence_is_the_cost_of_waiting():
    rng, never = np.random.default_rng(7), lv.empirical_quantiles([np.inf])
    found = lv.option_value(never, rng, 100, 100, 40, 365, discount=0.1, salvage_decay=0.2)
    assert found.value == pytest.approx(40 * (np.exp(-0.3) - 1))


def test_empirical_quantiles_return_the_sample():
    sample = np.array([5.0, np.inf, 1.0, 3.0])
    uniforms = np.array([0.1, 0.3, 0.6, 0.9])
    np.testing.assert_array_equal(lv.empirical_quantiles(sample)(uniforms), np.sort(sample))


def test_write_down_takes_what_is_above_realisable_value_once():
    np.testing.assert_allclose(lv.write_down(10, 8, [9, 5, 0]), [0, 30, 80])
    np.testing.assert_allclose(lv.write_down(10, 8, [9, 5, 0], written_off=6), [0, 0, 20])
    np.testing.assert_allclose(lv.stock_write_down([0, 4, 20], 10, 8, 20, 3), [50, 30, 0])


def test_cvar_of_the_standard_normal():
    assert lv.cvar_normal(0, 1) == pytest.approx(2.062713, abs=5e-7)
    grid = stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    assert lv.tail_risk(grid).cvar == pytest.approx(2.062713, abs=1e-4)


def test_cvar_of_a_two_point_loss():
    risk = lv.tail_risk([0.0] * 98 + [100.0] * 2)
    assert (risk.mean, risk.quantile) == (2, 0)
    assert risk.cvar == pytest.approx(40)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50), st.floats(0.01, 0.99))
def test_cvar_is_at_least_the_quantile_and_the_mean(losses, level):
    risk = lv.tail_risk(losses, level)
    assert risk.cvar >= risk.quantile
    assert risk.cvar >= risk.mean * (1 - 1e-9) - 1e-9
    assert risk.cvar <= max(losses) * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: lv.net_price(100, 1.0), "levy"),
        (lambda: lv.net_price(100, -0.1), "levy"),
        (lambda: lv.net_price(0, 0.1), "price"),
        (lambda: lv.critical_ratio(10, 5, 6), "salvage"),
        (lambda: lv.newsvendor(stats.norm(1, 1), 1, 0), "underage"),
        (lambda: lv.order_all_or_nothing(10, 1.2, 10, 5, 1), "probability"),
        (lambda: lv.hold_break_even(10, 1, 2), "salvage_late"),
        (lambda: lv.write_down(1, 5, 1, written_off=6), "written_off"),
        (lambda: lv.tail_risk([]), "losses"),
        (lambda: lv.tail_risk([1.0], level=1.0), "level"),
        (lambda: lv.option_value(lambda u: u, np.random.default_rng(0), 3, 1, 1, 1), "draws"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=rf"^{named} must"):
        call()
