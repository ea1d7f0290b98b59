"""From chips to service: availability, spares, effective training time, and what a broken promise costs.

Sources: Barlow and Proschan, *Mathematical Theory of Reliability*, Wiley 1965 (availability, k of n); Young, "A first
order approximation to the optimum checkpoint interval", Communications of the ACM 17(9), 1974, and Daly, "A higher
order estimate of the optimum checkpoint interval for restart dumps", Future Generation Computer Systems 22(3),
2006 (checkpoints); Ross, *Introduction to Probability Models*, chapter 6 (the chain of two states).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.models.checks import FloatArray, fraction, not_negative, positive


def availability(failure: ArrayLike, repair: ArrayLike) -> FloatArray:
    """Return `MTBF / (MTBF + MTTR)`; both times in one unit, shapes broadcast, failure above zero, repair not below."""
    failure, repair = positive("failure", failure), not_negative("repair", repair)
    return failure / (failure + repair)


def k_of_n(needed: ArrayLike, held: ArrayLike, up: ArrayLike) -> FloatArray:
    """Return the probability that at least `needed` of `held` independent units are up, each with probability `up`.

    `sum_{i >= k} C(n, i) A^i (1 - A)^(n - i)`. Raises ValueError for more needed than held or a share out of range.
    """
    needed, held, up = np.asarray(needed), np.asarray(held), fraction("up", up)
    if not np.all((needed >= 0) & (needed <= held)):
        raise ValueError(f"needed {needed} must lie between 0 and held {held}.")
    return stats.binom.sf(needed - 1, held, up)


def spares_for(needed: int, up: float, target: float) -> int:
    """Return the least number of spares with which `needed` units are up with a probability of at least `target`.

    Raises ValueError for a target of 1 or more, or for units that are never up.
    """
    if not 0 < target < 1 or not 0 < up <= 1 or needed < 1:
        raise ValueError(f"target {target} and up {up} must lie between 0 and 1, needed {needed} must be 1 or more.")
    most = 1
    while k_of_n(needed, needed + most, up) < target:
        most *= 2
    spares = np.arange(most + 1)
    return int(np.argmax(k_of_n(needed, needed + spares, up) >= target))


def failure_of_many(each: ArrayLike, units: ArrayLike) -> FloatArray:
    """Return the mean time between failures of a synchronous job, `M_1 / n`, in the unit of `each`."""
    return positive("each", each) / positive("units", units)


def checkpoint_interval(save: ArrayLike, failure: ArrayLike) -> FloatArray:
    """Return the interval between checkpoints that loses least, `sqrt(2 C M)` (Young 1974), in the unit of both."""
    return np.sqrt(2 * positive("save", save) * positive("failure", failure))


def effective_time(save: ArrayLike, restart: ArrayLike, failure: ArrayLike) -> FloatArray:
    """Return the effective share of training time at the best interval, `1 - C/T - (T/2 + R)/M`, never below zero.

    First order in the losses (Young 1974, Daly 2006), so it serves where they are small. One unit for all times.
    """
    restart, failure = not_negative("restart", restart), positive("failure", failure)
    every = checkpoint_interval(save, failure)
    return np.maximum(0.0, 1 - np.asarray(save, dtype=float) / every - (every / 2 + restart) / failure)


def loss_allowed(effective: ArrayLike, failure: ArrayLike) -> FloatArray:
    """Return the most that a failure may cost on average, `(1 - effective) M`, to keep an effective share of time."""
    return (1 - fraction("effective", effective)) * positive("failure", failure)


def events_expected(units: float, hours: float, each: float) -> tuple[float, int, int]:
    """Return the failures expected of `units` in `hours` at one failure in `each` unit-hours, and their 95% range.

    The range is that of a Poisson count. Raises ValueError unless all three are above zero.
    """
    mean = float(positive("units", units) * positive("hours", hours) / positive("each", each))
    low, high = stats.poisson.interval(0.95, mean)
    return mean, int(low), int(high)


def month_spread(failure: float, repair: float, window: float) -> float:
    """Return the standard deviation of the share of a window that a unit is up; one unit for all three times.

    The chain of two states has the autocovariance `A (1 - A) exp(-t / tau)` with `1/tau = 1/MTBF + 1/MTTR`
    (Ross, chapter 6); its mean over a window of length w has the variance
    `2 A (1 - A) (tau / w) (1 - (tau / w) (1 - exp(-w / tau)))`.
    """
    up = float(availability(failure, positive("repair", repair)))
    share = 1 / (1 / failure + 1 / repair) / float(positive("window", window))
    return float(np.sqrt(2 * up * (1 - up) * share * (1 - share * -np.expm1(-1 / share))))


@dataclass(frozen=True)
class Schedule:
    """Credits of a service level agreement: below `thresholds[i]` (falling) the share `credits[i]` of the fee is due.

    Raises ValueError unless thresholds fall, credits rise and both lie between 0 and 1.
    """

    thresholds: tuple[float, ...]
    credits: tuple[float, ...]

    def __post_init__(self) -> None:
        fraction("thresholds", self.thresholds), fraction("credits", self.credits)
        falls, rises = np.all(np.diff(self.thresholds) < 0), np.all(np.diff(self.credits) > 0)
        if len(self.thresholds) != len(self.credits) or not falls or not rises:
            raise ValueError(f"thresholds must fall and credits rise, got {self.thresholds} and {self.credits}.")

    def credit(self, uptime: ArrayLike) -> FloatArray:
        """Return the credit due at an uptime, the share of the fee."""
        below = np.asarray(uptime, dtype=float)[..., None] < np.asarray(self.thresholds)
        return (below * np.diff((0.0, *self.credits))).sum(axis=-1)

    def expected(self, mean: float, spread: float) -> float:
        """Return the expected credit where uptime has a beta distribution of this mean and standard deviation.

        Each threshold adds its step of the credit times the probability to fall below it. Raises ValueError for a
        mean outside (0, 1) or a spread that no beta distribution of that mean has.
        """
        steps = np.diff((0.0, *self.credits))
        return float(steps @ beta_of(mean, spread).cdf(self.thresholds))


def beta_of(mean: float, spread: float) -> stats.rv_continuous:
    """Return the beta distribution with a mean and a standard deviation; raises ValueError where there is none."""
    if not 0 < mean < 1 or not 0 < spread**2 < mean * (1 - mean):
        raise ValueError(f"no beta distribution has the mean {mean} and the standard deviation {spread}.")
    weight = mean * (1 - mean) / spread**2 - 1
    return stats.beta(mean * weight, (1 - mean) * weight)


def price_of_a_nine(needed: int, up: float, nines: Sequence[int], price: float = 1.0) -> list[float]:
    """Return what each availability of 1 - 10^-nines costs in spares, as `price` times spares over units needed."""
    return [price * spares_for(needed, up, 1 - 10.0**-count) / needed for count in nines]
