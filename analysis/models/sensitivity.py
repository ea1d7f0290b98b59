"""What an uncertain result owes to which uncertain input: Sobol indices with their own error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Indices:
    """First-order and total indices of each input (fractions of variance), with the ends of a 95% interval each."""

    first: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    total: np.ndarray
    total_low: np.ndarray
    total_high: np.ndarray


def sobol(
    result: Callable[..., np.ndarray],
    distributions: Sequence[stats.rv_frozen],
    seed: int,
    draws: int = 2**10,
    replicates: int = 16,
) -> Indices:
    """Return Sobol indices of result(*inputs), inputs independent and broadcast over arrays of draws.

    draws is a power of two; result is called with draws * (inputs + 2) values for each replicate, a new scrambling of
    the points (Owen 1997, SIAM Journal on Numerical Analysis 34(5)). Index and 95% interval are the mean over
    replicates and its Student interval. Source of the estimator: Saltelli et al. 2010, Computer Physics
    Communications 181(2), as in scipy.stats.sobol_indices, whose own bootstrap takes no seed. Raises ValueError for
    draws that are no power of two, for fewer than two replicates and for a result without variance.
    """
    if draws < 2 or draws & (draws - 1):
        raise ValueError(f"draws is {draws}; expected a power of two")
    if replicates < 2:
        raise ValueError(f"replicates is {replicates}; expected at least two, one has no error")

    def columns(x: np.ndarray) -> np.ndarray:
        return np.asarray(result(*x), dtype=float)

    found = []
    for stream in np.random.SeedSequence(seed).spawn(replicates):
        rng = np.random.default_rng(stream)
        one = stats.sobol_indices(func=columns, n=draws, dists=list(distributions), rng=rng)
        found.append((one.first_order, one.total_order))
    first, total = np.array(found).transpose(1, 0, 2)
    if not (np.isfinite(total).all() and total.any()):
        raise ValueError("the result does not vary over the inputs; expected a variance to share out")
    parts = []
    for part in (first, total):
        mean = part.mean(axis=0)
        half = stats.t.ppf(0.975, replicates - 1) * part.std(axis=0, ddof=1) / np.sqrt(replicates)
        parts += [mean, mean - half, mean + half]
    return Indices(*parts)
