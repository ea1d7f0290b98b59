"""Judgements as distributions, and draws of them that do not depend on how many workers made them.

Low and high are elicited as the ends of what is thought possible (triangular, beta, uniform) or as the fifth and
ninety-fifth percentile around the median (lognormal, which has no ends).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.assumptions import Assumption, AssumptionError, Assumptions

BLOCK = 2**14
Z95 = stats.norm.ppf(0.95)


def distribution(judgement: Assumption) -> stats.rv_frozen:
    """Return the distribution of a judgement in its unit; one known exactly is a narrow uniform around its value.

    triangular: mode central between the ends. beta: the PERT form, mean (low + 4 central + high) / 6 (Malcolm et al.
    1959, Operations Research 7(5)). lognormal: median central, ninety per cent between low and high if they lie
    evenly around it in logarithms, else as far apart. Raises AssumptionError for a name that is none of these, and
    for a lognormal judgement that is not above zero.
    """
    low, mode, high, name = judgement.low, judgement.central, judgement.high, judgement.distribution
    if low == high or name == "fixed":
        width = max(abs(mode), 1.0) * 1e-12
        return stats.uniform(mode, width)
    if name == "triangular":
        return stats.triang((mode - low) / (high - low), low, high - low)
    if name == "uniform":
        return stats.uniform(low, high - low)
    if name == "beta":
        a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
        return stats.beta(a, b, low, high - low)
    if name == "lognormal":
        if low <= 0:
            raise AssumptionError(f"assumption {judgement.assumption_id}: low is {low}; a lognormal needs it above 0")
        return stats.lognorm(np.log(high / low) / (2 * Z95), scale=mode)
    raise AssumptionError(f"assumption {judgement.assumption_id}: no distribution {name!r}")


def triangular(quantile: ArrayLike, judgement: Assumption) -> np.ndarray:
    """Return quantiles of a judgement's triangle, of the shape of quantile, in its unit.

    Inverse of the distribution function in closed form; one known exactly gives its value. Raises ValueError for
    quantiles outside [0, 1].
    """
    u, low, mode, high = np.asarray(quantile, dtype=float), judgement.low, judgement.central, judgement.high
    if not ((u >= 0) & (u <= 1)).all():
        raise ValueError(f"quantile is {quantile!r}; expected numbers from 0 to 1")
    if low == high:
        return np.full(u.shape, float(mode))
    width, rise = high - low, mode - low
    left = low + np.sqrt(u * width * rise)
    right = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(u < rise / width, left, right)


def draw(rng: np.random.Generator, judgement: Assumption, draws: int) -> np.ndarray:
    """Return draws from a judgement's triangle, shape (draws,); one known exactly takes nothing from the stream."""
    low, mode, high = judgement.low, judgement.central, judgement.high
    return rng.triangular(low, mode, high, draws) if high > low else np.full(draws, mode)


def sample(
    judged: Assumptions,
    keys: Sequence[str],
    draws: int,
    seed: int,
    correlations: Mapping[tuple[str, str], float] | None = None,
) -> np.ndarray:
    """Return draws of judgements, shape (draws, keys), each in its unit.

    Streams are spawned from the seed for blocks of fixed size: any worker may draw any block. correlations gives
    pairs of keys their rank correlation through a Gaussian copula (Nelsen 2006, An Introduction to Copulas, 2.3).
    Raises AssumptionError for correlations that no joint distribution has.
    """
    matrix = np.eye(len(keys))
    for (one, other), value in (correlations or {}).items():
        i, j = keys.index(one), keys.index(other)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * value / 6)  # Pearson of the copula for a Spearman of value
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        raise AssumptionError(f"correlations {dict(correlations or {})}: no joint distribution has them") from error
    blocks = -(-draws // BLOCK)
    streams = np.random.SeedSequence(seed).spawn(blocks)
    normals = [
        np.random.default_rng(stream).standard_normal((min(BLOCK, draws - place * BLOCK), len(keys)))
        for place, stream in enumerate(streams)
    ]
    ranks = stats.norm.cdf(np.concatenate(normals) @ root.T)
    return np.column_stack([distribution(judged[key]).ppf(ranks[:, i]) for i, key in enumerate(keys)])
