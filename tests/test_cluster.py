"""Simulations on a Dask cluster give what they give here, bit for bit. Run by `make test-extra`."""

import os
from functools import partial

import numpy as np
import pytest
from test_models_pipeline import UNSURE

from analysis.models import pipeline as pl

if os.environ.get("H200_EXTRA") is None:
    distributed = pytest.importorskip("distributed", reason="Dask is not in this environment: make test-extra")
else:
    import distributed  # where the cluster is what is tested, its absence is a failure


@pytest.fixture(scope="module")
def cluster():
    """An executor on two worker processes."""
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        distributed.Client(local) as client,
    ):
        yield client.get_executor()


@pytest.mark.parametrize("drawn", [True, False], ids=["drawn hazards", "a prior"])
def test_a_cluster_gives_the_same_bit_for_bit(cluster, drawn):
    pipeline = pl.sample_pipelines(UNSURE, 30_000, np.random.default_rng(1)) if drawn else UNSURE
    run = partial(pl.first_delivery_times, pipeline, 9, 30_000, horizon=300)
    here, there = (run(rng=np.random.default_rng(8), workers=workers) for workers in (1, cluster))
    assert np.isfinite(here).any()
    assert here.tobytes() == there.tobytes()


def where(times):
    """The process that a block is simulated in."""
    return os.getpid()


def test_blocks_run_in_other_processes(cluster):
    found = pl.reduce_simulation(UNSURE, 9, 100_000, np.random.default_rng(8), 300, where, cluster)
    assert len(found) > 2 and os.getpid() not in found
