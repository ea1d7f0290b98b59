"""Electricity of computing: closed forms, published ratios, what must not move, and one refusal each."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models import electricity as model
from analysis.models.electricity import Chip

H20, H200, ASCEND = Chip(400, 148, 4000), Chip(700, 989.5, 4800), Chip(700, 752, 3200)
chips = st.builds(Chip, st.floats(50, 2000), st.floats(10, 5000), st.floats(100, 20_000))


def test_half_the_bill_more_than_pays_for_thirty_to_fifty_per_cent_more_electricity():
    assert model.bill_ratio([0.3, 0.5], 0.5) == pytest.approx([0.65, 0.75])
    assert model.bill_ratio(0.4, 0.0) == pytest.approx(1.4)


def test_energy_of_work_is_power_over_throughput():
    # 700 W at 1,000 TFLOPS: 10^18 operations take 1,000 s and 0.7 MJ
    assert model.energy_per_work(Chip(700, 1000, 1e6), 1000.0) == pytest.approx(0.7e6 / 3.6e6)
    # 100 GB/s at 1 operation a byte attain 0.1 TFLOPS, and a PUE of 1.5 adds half
    assert model.energy_per_work(Chip(360, 1000, 100), 1.0, 1.5) == pytest.approx(360 * 1e7 / 3.6e6 * 1.5)


def test_ratios_of_the_published_ratings():
    assert model.limits(ASCEND, H20) == pytest.approx((2.1875, (700 / 752) / (400 / 148)))
    assert model.limits(ASCEND, H200) == pytest.approx((1.5, 989.5 / 752))
    assert model.energy_ratio(ASCEND, H20, 30.0) == pytest.approx(2.1875)
    assert model.energy_ratio(ASCEND, H20, 800.0) == pytest.approx(0.3444, abs=1e-4)


@given(chips, chips, st.floats(0.1, 5000))
def test_a_ratio_lies_between_its_limits_or_between_the_ridges(chip, other, intensity):
    ratio = float(model.energy_ratio(chip, other, intensity))
    assert ratio * float(model.energy_ratio(other, chip, intensity)) == pytest.approx(1)
    ridges = sorted(1000 * c.peak / c.bandwidth for c in (chip, other))
    memory, compute = model.limits(chip, other)
    if intensity <= ridges[0]:
        assert ratio == pytest.approx(memory)
    if intensity >= ridges[1]:
        assert ratio == pytest.approx(compute)
    assert min(memory, compute) * (1 - 1e-9) <= ratio <= max(memory, compute) * (1 + 1e-9)


def test_the_quoted_band_is_met_at_one_intensity_each():
    # between the ridges of H20 and Ascend 910C the ratio is 1000 x 700 x 148 / (3200 x 400) over the intensity
    for ratio in (1.3, 1.5):
        assert model.intensity_of_ratio(ASCEND, H20, ratio) == pytest.approx(80.9375 / ratio)
    assert math.isnan(model.intensity_of_ratio(ASCEND, H20, 3.0))
    assert math.isnan(model.intensity_of_ratio(H20, H20, 1.5))


@given(st.floats(0, 5))
def test_the_rebate_that_evens_the_bill_evens_it(extra):
    assert model.bill_ratio(extra, model.rebate_that_evens(extra)) == pytest.approx(1)


def test_a_bill_is_linear_and_a_year_has_its_hours():
    assert model.lifetime_bill(1000, 1.0, 1.0, 1, 1.0) == pytest.approx(8760)
    assert model.lifetime_bill(1456, 1.35, 0.7, 4, 0.57) == pytest.approx(1.456 * 1.35 * 0.7 * 4 * 8760 * 0.57)
    assert model.share_of_cost(300, 100) == pytest.approx(0.25)


@given(st.floats(1, 1e4), st.floats(100, 5000), st.floats(0.01, 1))
def test_what_power_carries_uses_that_power(twh, watts, share):
    carried = float(model.accelerators_carried(twh, watts, share))
    assert carried * watts * 8760 / 1e12 == pytest.approx(twh * share)


def test_one_terawatt_hour_runs_a_hundred_thousand_accelerators_of_a_kilowatt():
    assert model.accelerators_carried(1.0, 1000.0) == pytest.approx(114_155, rel=1e-5)
    assert model.hall_gain(1.46, 1.25) == pytest.approx(1.168)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: model.energy_per_work(Chip(-1, 100, 100), 1.0), "power must be above zero, got -1"),
        (lambda: model.energy_per_work(H20, 0.0), "intensity"),
        (lambda: model.energy_per_work(H20, 1.0, 0.9), "pue is 0.9; expected 1 or more"),
        (lambda: model.bill_ratio(0.3, 1.2), "rebate must be in [0, 1], got 1.2"),
        (lambda: model.bill_ratio(-1.0, 0.5), "extra"),
        (lambda: model.lifetime_bill(1, 1, 1.5, 1, 1), "draw must be in [0, 1], got 1.5"),
        (lambda: model.share_of_cost(0.0, 1.0), "price must be above zero, got 0"),
        (lambda: model.accelerators_carried(-3, 1), "twh must be above zero, got -3"),
        (lambda: model.accelerators_carried(1, 1, math.inf), "share must be above zero, got inf"),
        (lambda: model.hall_gain(1.5, 0.5), "expected 1 or more"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(call, told):
    with pytest.raises(ValueError) as error:
        call()
    assert told in str(error.value) and "\n" not in str(error.value)


def test_shapes_follow_the_inputs():
    assert model.energy_ratio(ASCEND, H20, np.ones(3)).shape == (3,)
    assert model.bill_ratio([[0.3], [0.5]], [0.0, 0.5]).shape == (2, 2)
