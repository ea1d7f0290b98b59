"""Electricity of computing: what a chip needs for its work, what a rebate is worth, how much power can carry.

Throughput is the roofline's (Williams, Waterman and Patterson, 2009); power usage effectiveness (PUE) is all
electricity of a site over that of its machines (ISO/IEC 30134-2). Draw is taken at the rated power of the chip, so
that ratios compare designs and not how well software fills them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from analysis.models.checks import every, fraction, positive
from analysis.models.roofline import attainable

HOURS_A_YEAR = 8760.0
JOULE_TO_KWH = 1 / 3.6e6


@dataclass(frozen=True)
class Chip:
    """A chip's rated power in W, dense peak in TFLOPS and memory bandwidth in GB/s; all above zero."""

    power: float
    peak: float
    bandwidth: float


def energy_per_work(chip: Chip, intensity: ArrayLike, pue: ArrayLike = 1.0) -> np.ndarray:
    """Return kWh for 10^18 operations of an intensity in FLOP/byte, broadcast over intensity and pue.

    W x PUE / throughput: the electricity that a site uses while the chip does that work.
    Raises ValueError for a rating, intensity or PUE that is not positive, or a PUE below 1.
    """
    every(positive, power=chip.power, pue=pue)
    if not (np.asarray(pue, dtype=float) >= 1).all():
        raise ValueError(f"pue is {pue!r}; expected 1 or more, a site uses at least what its machines use")
    seconds = 1e18 / (attainable(chip.peak, chip.bandwidth, intensity) * 1e12)
    return chip.power * np.asarray(pue, dtype=float) * seconds * JOULE_TO_KWH


def energy_ratio(chip: Chip, other: Chip, intensity: ArrayLike) -> np.ndarray:
    """Return how many times the other chip's electricity a chip needs for the same work, shape of intensity.

    Both in halls of one PUE, which cancels.
    """
    return energy_per_work(chip, intensity) / energy_per_work(other, intensity)


def limits(chip: Chip, other: Chip) -> tuple[float, float]:
    """Return the ratio of electricity where memory binds both chips, and where compute binds both."""
    memory = (chip.power / chip.bandwidth) / (other.power / other.bandwidth)
    compute = (chip.power / chip.peak) / (other.power / other.peak)
    return memory, compute


def intensity_of_ratio(chip: Chip, other: Chip, ratio: float) -> float:
    """Return the intensity in FLOP/byte at which a chip needs `ratio` times the other's electricity, NaN for none.

    Between the ridges of the two chips the ratio runs from one limit to the other and takes each value once.
    """
    positive("ratio", ratio)
    low, high = sorted(1000 * each.peak / each.bandwidth for each in (chip, other))
    ends = [float(energy_ratio(chip, other, edge)) - ratio for edge in (low, high)]
    if ends[0] * ends[1] > 0 or ends[0] == ends[1]:
        return math.nan
    return float(brentq(lambda at: float(energy_ratio(chip, other, at)) - ratio, low, high))


def bill_ratio(extra: ArrayLike, rebate: ArrayLike) -> np.ndarray:
    """Return the bill for a token over that of a chip without rebate at the same tariff: (1 + extra)(1 - rebate).

    extra is the additional electricity as a fraction of the other chip's, rebate the share taken off the bill.
    Raises ValueError for extra of -1 or less or a rebate outside 0 to 1.
    """
    positive("extra", np.asarray(extra, dtype=float) + 1)
    fraction("rebate", rebate)
    return (1 + np.asarray(extra, dtype=float)) * (1 - np.asarray(rebate, dtype=float))


def rebate_that_evens(extra: ArrayLike) -> np.ndarray:
    """Return the rebate at which the bill for a token is the same on both chips: extra / (1 + extra)."""
    positive("extra", np.asarray(extra, dtype=float) + 1)
    extra = np.asarray(extra, dtype=float)
    return extra / (1 + extra)


def lifetime_bill(watts: ArrayLike, pue: ArrayLike, draw: ArrayLike, years: ArrayLike, tariff: ArrayLike) -> np.ndarray:
    """Return the electricity bill of a system over its life, in the currency of the tariff (a kWh).

    watts is rated power, draw the mean share of it in use. Raises ValueError for what is not positive, or a draw
    above 1.
    """
    every(positive, watts=watts, pue=pue, draw=draw, years=years, tariff=tariff)
    fraction("draw", draw)
    values = (np.asarray(value, dtype=float) for value in (watts, pue, draw, years, tariff))
    return np.prod(np.broadcast_arrays(*values), axis=0) * HOURS_A_YEAR / 1000


def share_of_cost(price: ArrayLike, bill: ArrayLike) -> np.ndarray:
    """Return the bill's share of price and bill together, both in one currency."""
    positive("price", price)
    bill = np.asarray(bill, dtype=float)
    return bill / (np.asarray(price, dtype=float) + bill)


def accelerators_carried(twh: ArrayLike, watts: ArrayLike, share: ArrayLike = 1.0) -> np.ndarray:
    """Return how many accelerators a yearly amount of electricity runs all year.

    twh is electricity in TWh a year, watts what one accelerator draws at the meter of the site (chip, system, PUE and
    mean load), share the part of the electricity that goes to them.
    Raises ValueError for what is not positive, or a share above 1.
    """
    every(positive, twh=twh, watts=watts, share=share)
    fraction("share", share)
    twh, watts, share = (np.asarray(value, dtype=float) for value in (twh, watts, share))
    return twh * 1e12 * share / (watts * HOURS_A_YEAR)


def hall_gain(before: float, after: float) -> float:
    """Return how many times the machines a hall of given power runs when its PUE falls: before / after.

    Raises ValueError for a PUE below 1.
    """
    if not (before >= 1 and after >= 1):
        raise ValueError(f"PUE is {before!r} and {after!r}; expected 1 or more")
    return before / after
