"""What the benchmark compares is comparable: the same model in SimPy, the same random numbers in NumPy."""

import os
import sys
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT

if os.environ.get("H200_EXTRA") is None:
    pytest.importorskip("simpy", reason="SimPy is not in this environment: make test-extra")
sys.path.insert(0, str(ROOT / "tests" / "benchmark"))

import random_numbers
import run
import simpy_model

HORIZON = run.approval.HORIZON


def test_the_model_in_simpy_gives_the_same_probabilities_and_a_changed_one_does_not():
    prior = run.chapter_prior()
    slow = np.array(simpy_model.simulate(prior, 3, 4_000, 5, HORIZON))
    assert run.disagreement(run.vectorised(prior, 3, 100_000, np.random.default_rng(6)), slow) < 4
    for change in ({"starts_frozen": 0.0}, {"paces": prior.paces[:1]}):
        other = run.vectorised(replace(prior, **change), 3, 100_000, np.random.default_rng(6))
        assert run.disagreement(other, slow) > 4


def test_random_numbers_are_replayed_in_kind_and_number():
    prior = run.chapter_prior()
    calls = random_numbers.record(lambda rng: run.vectorised(prior, 3, 1_000, rng), 7)
    kinds = {name for name, _, _ in calls}
    assert kinds == {"gamma", "standard_exponential", "random"}
    # Hazards of six kinds, two closing clocks, the first freeze, the regime at the start, three stages of three lots.
    least = 1_000 * (6 + 2 + 1 + 1 + 9)
    assert least < random_numbers.replay(calls, np.random.default_rng(7)) < 2 * least
