import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.models import licence_value as lv

share = st.floats(0, 1)
levy = st.floats(0, 0.9)
amount = st.floats(0.01, 1e6)


def newsvendor(demand, overage, underage, probability):
    """Best quantity where demand comes with a probability, else is nil: the quantile u / (o + u) of the mixture.

    Arrow, Harris & Marschak 1951, Econometrica 19(3).
    """
    refused = overage / (overage + underage)
    return 0.0 if probability <= refused else demand.ppf(1 - refused / probability)


def test_an_order_pays_from_the_break_even_on_as_the_newsvendor_says():
    price, cost, salvage, rate = 100.0, 40.0, 15.0, 0.25
    least = float(lv.break_even_probability(price, cost, salvage, rate))
    assert least == pytest.approx((40 - 15) / (75 - 15))
    for probability, quantity in ((least - 0.01, 0), (least + 0.01, 1000)):
        order = newsvendor(stats.uniform(1000, 1e-6), cost - salvage, 75 - cost, probability)
        assert order == pytest.approx(quantity, abs=1e-5)


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


def test_write_down_takes_what_is_above_realisable_value_once():
    np.testing.assert_allclose(lv.write_down(10, 8, [9, 5, 0]), [0, 30, 80])
    np.testing.assert_allclose(lv.write_down(10, 8, [9, 5, 0], written_off=6), [0, 0, 20])
    np.testing.assert_allclose(lv.stock_write_down([0, 4, 20], 10, 8, 20, 3), [50, 30, 0])


def test_cvar_of_the_standard_normal():
    closed = stats.norm.pdf(stats.norm.ppf(0.95)) / 0.05  # Rockafellar & Uryasev 2000, Journal of Risk 2(3)
    assert closed == pytest.approx(2.062713, abs=5e-7)
    grid = stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    assert lv.tail_risk(grid).cvar == pytest.approx(closed, abs=1e-4)


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
        (lambda: lv.break_even_probability(10, 5, -1), "salvage"),
        (lambda: lv.hold_value(1.2, 10, 1), "probability"),
        (lambda: lv.hold_break_even(10, 1, 2), "salvage_late"),
        (lambda: lv.write_down(1, 5, 1, written_off=6), "written_off"),
        (lambda: lv.tail_risk([]), "losses"),
        (lambda: lv.tail_risk([1.0], level=1.0), "level"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=rf"^{named} must"):
        call()
