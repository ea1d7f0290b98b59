"""The roofline against its published values: H200 and H20 over arithmetic intensity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models import roofline

H200, H20 = (989.0, 4800.0), (148.0, 4000.0)


@pytest.mark.parametrize(("intensity", "times"), [(1, 1.2), (37, 1.2), (100, 3.243), (206.1, 6.682), (1000, 6.682)])
def test_h200_against_h20_depends_on_the_work(intensity, times):
    assert roofline.ratio(H200, H20, intensity) == pytest.approx(times, rel=1e-3)


def test_the_ridge_is_where_both_roofs_meet():
    edge = roofline.ridge(*H20)
    assert edge == pytest.approx(37.0)
    assert roofline.attainable(*H20, edge) == pytest.approx(148.0)


@given(st.floats(0.1, 5000), st.floats(1, 3000), st.floats(100, 8000))
def test_attainable_never_exceeds_a_roof_and_never_falls_with_intensity(intensity, peak, bandwidth):
    now, later = roofline.attainable(peak, bandwidth, [intensity, 1.1 * intensity])
    assert now <= peak and now <= bandwidth * intensity / 1000 * (1 + 1e-12) and later >= now


@pytest.mark.parametrize("bad", [0, -1, np.nan])
def test_an_input_that_is_not_positive_is_named(bad):
    with pytest.raises(ValueError, match="bandwidth must"):
        roofline.attainable(100, bad, 1)
