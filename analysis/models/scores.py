"""Scores of forecasts: Brier, logarithmic and interval score, hit rates with intervals, skill against a baseline.

Every score is negatively oriented: 0 is perfect, larger is worse. References: G. W. Brier, *Verification of
forecasts expressed in terms of probability*, Monthly Weather Review, 1950; T. Gneiting and A. E. Raftery, *Strictly
proper scoring rules, prediction, and estimation*, Journal of the American Statistical Association, 2007 (the
logarithmic score and, in section 6.2, the interval score); L. D. Brown, T. T. Cai and A. DasGupta, *Interval
estimation for a binomial proportion*, Statistical Science, 2001 (Wilson and Jeffreys intervals, recommended there
for small samples).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

FloatArray = NDArray[np.float64]


def _forecast(probability: ArrayLike, outcome: ArrayLike) -> tuple[FloatArray, FloatArray]:
    p, o = np.asarray(probability, dtype=float), np.asarray(outcome, dtype=float)
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError(f"probability is {probability}; expected values from 0 to 1.")
    if not np.all((o == 0) | (o == 1)):
        raise ValueError(f"outcome is {outcome}; expected 1 for yes and 0 for no.")
    return p, o


def brier(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return `(p - o)^2` for each forecast, from 0 to 1; even odds score 0.25.

    probability and outcome (1 yes, 0 no) broadcast together. Raises ValueError outside 0 to 1 or for another outcome.
    """
    p, o = _forecast(probability, outcome)
    return (p - o) ** 2


def log_score(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return `-ln` of the probability given to what happened, from 0 to infinity; even odds score ln 2.

    probability and outcome (1 yes, 0 no) broadcast together. Raises ValueError as `brier` does.
    """
    p, o = _forecast(probability, outcome)
    with np.errstate(divide="ignore"):
        return np.abs(np.log(np.where(o == 1, p, 1 - p)))


def interval_score(low: ArrayLike, high: ArrayLike, value: ArrayLike, alpha: float) -> FloatArray:
    """Return the interval score of central (1 - alpha) prediction intervals, in the unit of the value.

    `(u - l) + 2/alpha (l - x) 1{x < l} + 2/alpha (x - u) 1{x > u}`: the width, and a penalty for a miss. low, high
    and value broadcast together. Raises ValueError where low exceeds high or alpha is not between 0 and 1.
    """
    l, u, x = (np.asarray(part, dtype=float) for part in (low, high, value))  # noqa: E741
    if np.any(l > u):
        raise ValueError(f"low must not exceed high, got low={low} and high={high}.")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}; expected a value between 0 and 1.")
    return (u - l) + 2 / alpha * (np.maximum(l - x, 0) + np.maximum(x - u, 0))


def skill(score: ArrayLike, baseline: ArrayLike) -> FloatArray:
    """Return `1 - mean score / mean baseline score`: 1 perfect, 0 no better than the baseline, below 0 worse.

    The mean is over the last axis of each; one number stands for itself. Raises ValueError where the baseline's mean
    is zero: nothing beats it.
    """
    own, other = (np.mean(np.atleast_1d(np.asarray(part, dtype=float)), axis=-1) for part in (score, baseline))
    if np.any(other == 0):
        raise ValueError("the baseline's mean score is 0; skill against a perfect baseline is not defined.")
    return 1 - own / other


def _counts(hits: int, trials: int, level: float) -> None:
    if trials < 0 or not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials; expected 0 <= hits <= trials.")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; expected a value between 0 and 1.")


def jeffreys(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the equal-tailed Jeffreys interval of a hit rate: quantiles of Beta(hits + 1/2, misses + 1/2).

    As Brown, Cai and DasGupta advise, the lower end is 0 without a hit and the upper end 1 without a miss; without
    a trial it is (0, 1). Raises ValueError for counts that cannot be or a level outside 0 to 1.
    """
    _counts(hits, trials, level)
    tail, misses = (1 - level) / 2, trials - hits
    low = float(stats.beta.ppf(tail, hits + 0.5, misses + 0.5)) if hits else 0.0
    high = float(stats.beta.ppf(1 - tail, hits + 0.5, misses + 0.5)) if misses else 1.0
    return low, high


def wilson(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a hit rate; without a trial it is (0, 1).

    `(h + z^2/2) / (n + z^2)` plus or minus `z / (n + z^2) sqrt(h (n - h) / n + z^2/4)`. Raises ValueError as
    `jeffreys` does.
    """
    _counts(hits, trials, level)
    if trials == 0:
        return 0.0, 1.0
    z = float(stats.norm.ppf((1 + level) / 2))
    middle = (hits + z * z / 2) / (trials + z * z)
    half = z / (trials + z * z) * np.sqrt(hits * (trials - hits) / trials + z * z / 4)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))
