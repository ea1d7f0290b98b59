"""A levy: published check values, equivalences, signs, conservation, and what is refused."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.models import levy
from analysis.models.levy import Base, Demand

unhurried = settings(deadline=None)  # the first call of each equation compiles it
rates, elasticities = st.floats(0, 0.9), st.floats(1.05, 8)
sellers, values, quotas = st.integers(1, 6), st.floats(0, 1), st.floats(0.1, 1)


@pytest.mark.parametrize(
    ("share", "price", "quantity", "receipts", "profit"),
    [
        (0, 70, 30, 0, 900),
        (0.15, 73.5294, 26.4706, 291.955, 595.588),
        (0.25, 76.6667, 23.3333, 447.222, 408.333),
        (0.393608, None, None, 555.849, None),
        (0.7, 100, 0, 0, 0),
    ],
)
def test_linear_demand_gives_the_check_values(share, price, quantity, receipts, profit):
    found = levy.linear(100, 1, 40, share=share)
    for name, value in {"price": price, "quantity": quantity, "receipts": receipts, "profit": profit}.items():
        if value is not None:
            assert float(getattr(found, name)) == pytest.approx(value, abs=6e-4), name


def test_the_peak_of_receipts():
    assert levy.linear_peak(100, 1, 40) == pytest.approx(0.393608, abs=5e-7)
    assert levy.peak(Demand.CONSTANT, 3) == pytest.approx(1 / 3)
    for demand in Demand:
        top = levy.peak(demand, 2.5, 2)
        near = levy.normal(top + np.array([-0.01, 0, 0.01]), demand=demand, elasticity=2.5, sellers=2)["receipts"]
        assert near.argmax() == 1


@pytest.mark.parametrize(("share", "sold_by", "price"), [(0, 1, 60), (0.15, 1, 70.588), (0.25, 1, 80), (0.25, 2, 64)])
def test_constant_elasticity_gives_the_check_values(share, sold_by, price):
    assert float(levy.constant_elasticity(40, 3, sold_by, share).price) == pytest.approx(price, abs=5e-4)


def test_margins_after_a_quarter():
    margins = np.array([0.5, 0.6, 0.7, 0.75])
    assert levy.margin_after(margins, 0.25) == pytest.approx([1 / 3, 0.466667, 0.6, 0.666667], abs=1e-6)
    fall = 1 - levy.unit_profit(1, margins, 0.25) / levy.unit_profit(1, margins, 0)
    assert fall == pytest.approx([0.5, 0.416667, 0.357143, 0.333333], abs=1e-6)
    assert levy.unit_profit(26_000, 0.25, 0.25) == pytest.approx(0)
    assert levy.break_even_made([0, 0.6, 1]) == pytest.approx([1, 0.4, 0])


def test_the_four_bases_and_when_they_agree():
    assert levy.effective_share(0.25, 1, Base.NET) == pytest.approx(0.2)
    assert levy.effective_share(0.25, 0.6, Base.CUSTOMS) == pytest.approx(0.15)
    assert levy.effective_share(0.25, 1, Base.CUSTOMS) == levy.effective_share(0.25, 1, Base.SALE)
    one, other = levy.normal(0.25, base=Base.NET), levy.normal(0.2, base=Base.SALE)
    assert one["price"] == pytest.approx(other["price"]) and one["profit"] == pytest.approx(other["profit"])


def test_symbols_limits_and_signs():
    share, n, c = levy.SHARE, levy.SELLERS, levy.COST
    price = levy.CONSTANT.price.subs(c, c / (1 - share))
    assert sp.simplify(price / price.subs(share, 0) - 1 / (1 - share)) == 0
    assert sp.limit(levy.CONSTANT.price, n, sp.oo) == c
    free = (levy.CHOKE + n * c / (1 - share)) / (n + 1)
    rise = sp.simplify(free - free.subs(share, 0))
    assert sp.simplify(rise.subs(n, 1) - c * share / (2 * (1 - share))) == 0
    assert sp.simplify(sp.limit(rise, n, sp.oo) - c * share / (1 - share)) == 0
    receipts = levy.RATE * (1 - levy.RATE) ** (levy.ELASTICITY - 1)  # over the sales without a levy
    assert sp.simplify(sp.diff(receipts, levy.RATE).subs(levy.RATE, levy.PEAK)) == 0
    assert sp.limit(levy.BEST, levy.FALL, 0) == levy.PEAK
    slope = sp.factor(sp.diff(levy.MARGIN_AFTER, share))
    assert sp.simplify(slope + (1 - levy.MARGIN) / (1 - share) ** 2) == 0


@unhurried
@given(rates, values, st.sampled_from(Base), st.sampled_from(Demand), elasticities, sellers, quotas)
def test_what_is_shared_adds_up_to_the_surplus_without_a_levy(rate, value, base, demand, elasticity, number, quota):
    found = levy.normal(rate, value, base, demand, elasticity, number, quota)
    parts = [found[f"{name}_share"] for name in ("buyer", "seller", "treasury", "deadweight")]
    assert sum(parts) == pytest.approx(1, abs=1e-9)
    assert all(part >= -1e-9 for part in parts)
    assert found["price_change"] >= -1e-9 and found["quantity_change"] <= 1e-9


@unhurried
@given(st.floats(0.01, 0.9), elasticities, sellers)
def test_who_pays_more_than_the_levy(rate, elasticity, number):
    share = levy.constant_elasticity(1, elasticity, number, share=rate)
    assert share.shifted == pytest.approx(1) and share.net == pytest.approx(float(share.price_before))
    fixed = levy.constant_elasticity(1, elasticity, number, unit=rate)
    markup = number * elasticity / (number * elasticity - 1)
    assert fixed.shifted == pytest.approx(markup) and markup > 1
    straight = levy.linear(2, 1, 0.5, number, unit=0.1)
    assert straight.shifted == pytest.approx(number / (number + 1))


@unhurried
@given(st.floats(0.01, 0.3), elasticities, sellers)
def test_a_quota_that_binds_leaves_the_levy_with_the_seller(rate, elasticity, number):
    quota = 0.99 * (1 - rate) ** elasticity
    found = levy.constant_elasticity(1, elasticity, number, share=rate, quota=quota)
    assert found.shifted == pytest.approx(0, abs=1e-9) and found.deadweight == pytest.approx(0, abs=1e-9)
    assert found.profit_before - found.profit == pytest.approx(float(found.receipts))


def test_the_normal_form_is_the_general_one_in_other_units():
    found = levy.normal(0.25, elasticity=3, sellers=2)
    general = levy.constant_elasticity(40, 3, 2, share=0.25)
    assert found["price"] == pytest.approx(float(general.price / general.price_before))
    straight = levy.normal(0.25, demand=Demand.LINEAR, elasticity=70 / 30)  # 70 over 100 - 70
    assert straight["price"] == pytest.approx(76.6667 / 70, abs=1e-6)
    assert straight["receipts"] == pytest.approx(447.222 / 2100, abs=1e-6)


def test_the_rate_that_is_best_when_odds_fall_with_it():
    elasticity, fall = 2.0, 5.0
    grid = np.linspace(0.001, 0.999, 9999)
    brute = grid[(np.exp(-fall * grid) * grid * (1 - grid) ** (elasticity - 1)).argmax()]
    assert levy.best_rate(fall, elasticity) == pytest.approx(brute, abs=2e-4)
    assert levy.fall_for(levy.best_rate(fall, elasticity), elasticity) == pytest.approx(fall)
    assert levy.fall_for(0.6, elasticity) < 0 < levy.fall_for(0.4, elasticity)
    assert levy.odds_needed(0.25, 0.15, 2) == pytest.approx((0.85 / 0.75) ** 2)


def test_a_higher_rate_raises_more_up_to_an_elasticity():
    limit = levy.more_than(0.25, 0.15)
    for elasticity, more in ((limit - 0.01, True), (limit + 0.01, False)):
        low, high = levy.normal([0.15, 0.25], elasticity=elasticity)["receipts"]
        assert (high > low) is np.bool_(more)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: levy.normal(1.0), "at 100% the seller keeps nothing"),
        (lambda: levy.normal(-0.1), "at least 0"),
        (lambda: levy.constant_elasticity(1, 0.5, 2), "raising the price without end"),
        (lambda: levy.constant_elasticity(1, 0.9, 2), "no finite size"),
        (lambda: levy.effective_share(0.25, 1.1, Base.CUSTOMS), "tax what nobody pays"),
        (lambda: levy.normal(0.25, value=1.2), "tax what nobody pays"),
        (lambda: levy.normal(0.25, margin=1.5), "a share of the price"),
        (lambda: levy.normal(0.25, quota=1.5), "sold freely"),
        (lambda: levy.linear(100, 1, 120), "nothing would be sold"),
        (lambda: levy.linear(100, 1, 40, sellers=0), "at least 1"),
        (lambda: levy.break_even_made(1.2), "even without a levy"),
        (lambda: levy.more_than(0.15, 0.25), "lower < higher"),
        (lambda: levy.best_rate(-1, 2), "no best one"),
    ],
)
def test_what_is_refused_says_why(call, why):
    with pytest.raises(ValueError, match=why):
        call()
