"""Supply of accelerators from dies and memory: the scarcer of the two, with stocks carried from year to year.

A package needs a number of good dies and of stacks of high-bandwidth memory. What one year does not use stays in
stock. Wright's law (T. P. Wright, "Factors affecting the cost of airplanes", Journal of the Aeronautical Sciences
3(4), 1936) has unit cost fall by a fixed ratio with each doubling of what was ever made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.models.checks import every, fraction, positive

MONTHS = 12


@dataclass(frozen=True)
class Chain:
    """Supply over years; arrays of shape (years, draws).

    packages are good packages made; memory_binds says where stacks and not dies were the limit; dies_left and
    stacks_left are the stocks at the end of each year.
    """

    packages: np.ndarray
    memory_binds: np.ndarray
    dies_left: np.ndarray
    stacks_left: np.ndarray


def good_dies(starts: ArrayLike, dies_per_wafer: ArrayLike, yields: ArrayLike, lag: ArrayLike) -> np.ndarray:
    """Return good dies that come out in each year, shape (years, draws).

    starts are wafers started a month, averaged over each year (years, draws); yields are fractions of the same
    shape; lag is the time from start to finished package in months, up to 12: that part of a year's starts comes
    out in the next year. Raises ValueError for inputs outside these ranges.
    """
    starts, yields = np.atleast_2d(np.asarray(starts, dtype=float)), np.atleast_2d(np.asarray(yields, dtype=float))
    late = np.asarray(lag, dtype=float) / MONTHS
    every(positive, starts=starts, dies_per_wafer=dies_per_wafer)
    every(fraction, yields=yields, lag_in_years=late)
    good = MONTHS * starts * dies_per_wafer * yields
    out = good * (1 - late)
    out[1:] += good[:-1] * late
    return out


def packages(
    dies: ArrayLike, dies_each: ArrayLike, stacks: ArrayLike, stacks_each: ArrayLike, loss: ArrayLike
) -> np.ndarray:
    """Return min(dies / dies_each, stacks / stacks_each) (1 - loss): good packages from one stock of parts.

    dies and stacks are 0 or more, dies_each and stacks_each positive, loss a fraction. Raises ValueError otherwise.
    """
    dies, stacks = np.asarray(dies, dtype=float), np.asarray(stacks, dtype=float)
    if not ((dies >= 0).all() and (stacks >= 0).all()):
        raise ValueError(f"dies are {dies!r}, stacks {stacks!r}; expected 0 or more")
    every(positive, dies_each=dies_each, stacks_each=stacks_each)
    fraction("loss", loss)
    return np.minimum(dies / dies_each, stacks / stacks_each) * (1 - np.asarray(loss, dtype=float))


def chain(
    new_dies: ArrayLike,
    new_stacks: ArrayLike,
    dies_each: ArrayLike,
    stacks_each: ArrayLike,
    loss: ArrayLike,
    most: ArrayLike = np.inf,
) -> Chain:
    """Return supply over years with both stocks carried forward.

    new_dies, new_stacks, dies_each and stacks_each have shape (years, draws); what exists at the start belongs to
    the first year; loss is one fraction a draw. As much is packaged each year as the scarcer part allows, but no
    more good packages than `most`, of the same shape: a count of what was made, infinite where nothing is known.
    """
    new_dies, new_stacks, dies_each, stacks_each = (
        np.atleast_2d(np.asarray(values, dtype=float)) for values in (new_dies, new_stacks, dies_each, stacks_each)
    )
    kept = 1 - np.asarray(loss, dtype=float)
    most = np.broadcast_to(np.asarray(most, dtype=float), new_dies.shape)
    dies, stacks = np.zeros(new_dies.shape[1]), np.zeros(new_dies.shape[1])
    rows = []
    for year in range(len(new_dies)):
        dies, stacks = dies + new_dies[year], stacks + new_stacks[year]
        made = np.minimum(packages(dies, dies_each[year], stacks, stacks_each[year], 0.0), most[year] / kept)
        # A tie within rounding is no shortage of memory.
        binds = stacks / stacks_each[year] < dies / dies_each[year] * (1 - 1e-9)
        dies = np.maximum(dies - made * dies_each[year], 0.0)
        stacks = np.maximum(stacks - made * stacks_each[year], 0.0)
        rows.append((made * kept, binds, dies, stacks))
    return Chain(*(np.stack(column) for column in zip(*rows, strict=True)))


def implied_yield(
    units: ArrayLike, dies_each: float, loss: float, other_dies: ArrayLike, wafers: ArrayLike, dies_per_wafer: float
) -> np.ndarray:
    """Return the yield at which a count of packages comes out true; below 0 the other dies alone suffice.

    units are good packages, other_dies what comes from stock, wafers those that come out in the year. A result above
    1 says that no yield makes it true. Raises ValueError for wafers or dies_per_wafer that are not positive.
    """
    every(positive, wafers=wafers, dies_per_wafer=dies_per_wafer, dies_each=dies_each)
    fraction("loss", loss)
    needed = np.asarray(units, dtype=float) * dies_each / (1 - loss) - np.asarray(other_dies, dtype=float)
    return needed / (np.asarray(wafers, dtype=float) * dies_per_wafer)


def progress_ratio(cost_ratio: ArrayLike, output_ratio: ArrayLike) -> np.ndarray:
    """Return the ratio of cost after a doubling that a fall of cost over a rise of cumulative output implies.

    Both are later over earlier; the output must have grown. It is 2^-b with b the
    exponent of Wright's law, unit cost c(n) = c(1) n^-b.
    """
    cost, output = np.asarray(cost_ratio, dtype=float), np.asarray(output_ratio, dtype=float)
    positive("cost_ratio", cost)
    if not (output > 1).all():
        raise ValueError(f"output_ratio is {output!r}; expected above 1")
    return 2 ** (np.log(cost) / np.log(output))
