"""Event study with a market model: what a share did beyond its benchmark, and how far that is from noise.

After MacKinlay, "Event studies in economics and finance", Journal of Economic Literature 35(1), 1997: the share's
return is regressed on the benchmark's in an estimation window, and the abnormal return is what the event window
shows beyond that line. With a few dozen days the band must be that of a prediction: it holds the noise of the
window and the error of the two coefficients, under Student's t with two degrees of freedom less than days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

LEAST = 20  # days; with fewer the two coefficients and the spread cannot be told


@dataclass(frozen=True)
class MarketModel:
    """return = alpha + beta * benchmark + noise; spread is the standard error of the noise, days what it rests on."""

    alpha: float
    beta: float
    spread: float
    days: int
    mean: float
    squares: float
    residuals: np.ndarray


def market_model(returns: ArrayLike, benchmark: ArrayLike) -> MarketModel:
    """Fit the market model by least squares to daily returns (fractions), both of shape (days,).

    Raises ValueError for fewer than 20 days, unequal lengths or a benchmark that does not move.
    """
    y, x = np.asarray(returns, dtype=float), np.asarray(benchmark, dtype=float)
    if y.shape != x.shape or y.ndim != 1 or len(y) < LEAST or not np.isfinite([*y, *x]).all():
        raise ValueError(f"{y.shape} returns and {x.shape} of the benchmark; expected as many of both, {LEAST} or more")
    mean = x.mean()
    squares = float(((x - mean) ** 2).sum())
    if squares == 0:
        raise ValueError("the benchmark does not move in the estimation window")
    beta = float(((x - mean) * y).sum() / squares)
    alpha = float(y.mean() - beta * mean)
    residuals = y - alpha - beta * x
    spread = float(np.sqrt((residuals**2).sum() / (len(y) - 2)))
    return MarketModel(alpha, beta, spread, len(y), float(mean), squares, residuals)


@dataclass(frozen=True)
class Abnormal:
    """A cumulative abnormal return with its prediction interval, its p-value and its rank among past windows.

    rank_p is the share of windows of the same length in the estimation period whose residuals sum to at least as
    much in size: with few days it cannot be small, and says so by its own floor.
    """

    value: float
    low: float
    high: float
    p: float
    rank_p: float


def abnormal(model: MarketModel, returns: ArrayLike, benchmark: ArrayLike, level: float = 0.95) -> Abnormal:
    """Return the cumulative abnormal return over an event window of k days, with its interval at `level`.

    Its variance under no effect is s^2 (k + k^2 / n + (sum x - k xbar)^2 / Sxx), the prediction variance of a sum.
    Raises ValueError for an empty window or unequal lengths.
    """
    y, x = np.asarray(returns, dtype=float), np.asarray(benchmark, dtype=float)
    if y.shape != x.shape or y.ndim != 1 or not len(y):
        raise ValueError("an event window needs as many returns of the benchmark as of the share, one or more")
    k, n = len(y), model.days
    value = float((y - model.alpha - model.beta * x).sum())
    error = model.spread * np.sqrt(k + k**2 / n + (x.sum() - k * model.mean) ** 2 / model.squares)
    reach = float(student.ppf(0.5 + level / 2, n - 2) * error)
    p = float(2 * student.sf(abs(value) / error, n - 2)) if error > 0 else 0.0
    past = np.abs(np.convolve(model.residuals, np.ones(k), mode="valid"))
    rank = (1 + int((past >= abs(value) - 1e-15).sum())) / (1 + len(past))
    return Abnormal(value, value - reach, value + reach, p, float(rank))
