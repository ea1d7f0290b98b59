"""Supply: closed forms, conservation of parts, and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models import supply

counts = st.floats(0, 1e7)


def test_the_scarcer_part_decides():
    assert supply.packages(2000, 2, 16_000, 8, 0.0) == 1000
    assert supply.packages(2000, 2, 4000, 8, 0.1) == pytest.approx(450)
    assert supply.packages(0, 2, 4000, 8, 0.0) == 0


def test_the_published_sum_of_memory_packages_holds():
    """13.0m stacks at eight each are the 1.6m packages that the source names."""
    assert supply.packages(1e9, 2, 13e6, 8, 0.0) == pytest.approx(1.625e6)


def test_wafers_come_out_after_their_lag():
    out = supply.good_dies([[100.0], [200.0]], 78, [[0.5], [0.5]], 3.0)
    assert out[:, 0] == pytest.approx([12 * 100 * 39 * 0.75, 12 * 200 * 39 * 0.75 + 12 * 100 * 39 * 0.25])


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=5), st.floats(0, 0.5))
def test_parts_are_used_or_left_over(years, loss):
    dies, stacks = (np.array(column)[:, None] for column in zip(*years, strict=True))
    each = np.full(dies.shape, 2.0)
    run = supply.chain(dies, stacks, each, 4 * each, loss)
    made = run.packages.sum() / (1 - loss)
    assert 2 * made + run.dies_left[-1, 0] == pytest.approx(dies.sum(), abs=1e-3)
    assert 8 * made + run.stacks_left[-1, 0] == pytest.approx(stacks.sum(), abs=1e-3)
    assert ((run.dies_left < 1e-3) | (run.stacks_left < 1e-3)).all(), "one of the two runs out each year"
    assert (run.stacks_left[run.memory_binds] < 1e-3).all()


def test_what_a_count_leaves_unused_is_there_next_year():
    dies, stacks, each = np.full((2, 1), 2000.0), np.array([[8000.0], [0.0]]), np.full((2, 1), 2.0)
    free = supply.chain(dies, stacks, each, 4 * each, 0.1)
    counted = supply.chain(dies, stacks, each, 4 * each, 0.1, [[450.0], [np.inf]])
    assert free.packages[:, 0] == pytest.approx([900, 0])
    assert counted.packages[:, 0] == pytest.approx([450, 450])


def test_the_implied_yield_makes_the_count_true():
    y = supply.implied_yield(600_000, 2, 0.05, 400_000, 48_000, 78)
    dies = 48_000 * 78 * y + 400_000
    assert supply.packages(dies, 2, 1e9, 8, 0.05) == pytest.approx(600_000)
    assert supply.implied_yield(100_000, 2, 0.0, 400_000, 48_000, 78) < 0


def test_wrights_law_at_eighty_per_cent():
    exponent = 0.321928  # b of unit cost c(n) = c(1) n^-b for a ratio of 0.8 (Wright 1936)
    assert supply.progress_ratio(10**-exponent, 10) == pytest.approx(0.8, abs=5e-7)
    assert supply.progress_ratio(0.8, 2) == pytest.approx(0.8)
    assert supply.progress_ratio(0.64, 4) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: supply.packages(-1, 2, 10, 8, 0.0), "expected 0 or more"),
        (lambda: supply.packages(1, 0, 10, 8, 0.0), "dies_each"),
        (lambda: supply.packages(1, 2, 10, 8, 1.5), "loss"),
        (lambda: supply.good_dies([[1.0]], 78, [[30.0]], 3), "yields"),
        (lambda: supply.good_dies([[0.0]], 78, [[0.3]], 3), "starts"),
        (lambda: supply.good_dies([[1.0]], 78, [[0.3]], 13), "lag_in_years"),
        (lambda: supply.implied_yield(1, 2, 0.0, 0, 0, 78), "wafers"),
        (lambda: supply.progress_ratio(0.8, 1.0), "output_ratio"),
    ],
)
def test_inputs_out_of_range_are_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()
