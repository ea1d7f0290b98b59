"""Concentration of a market of which only the largest shares are known.

The Herfindahl-Hirschman index is the sum of squared shares in per cent: 10,000 for one firm, near zero for many
small ones (United States Department of Justice and Federal Trade Commission, Merger Guidelines, 2023, section 2.1).
With part of the market unknown it is an interval: least when the rest is split without end, most when it is held
by as few firms as the largest unknown one allows.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

POINTS = 10_000
SLACK = 1e-9  # shares read from print add up to one only within rounding of the machine


def _known(shares: ArrayLike) -> np.ndarray:
    known = np.atleast_1d(np.asarray(shares, dtype=float))
    if known.ndim != 1 or known.size == 0 or not ((known > 0) & (known <= 1)).all() or known.sum() > 1 + SLACK:
        raise ValueError(f"shares are {shares!r}; expected fractions above 0 that add up to at most 1")
    return known


def hhi_interval(shares: ArrayLike, largest_other: float | None = None) -> tuple[float, float]:
    """Return the least and the greatest Herfindahl-Hirschman index in points (0 to 10,000).

    shares are the known shares as fractions, in any order; the rest of the market is unknown. largest_other is the
    most that any unknown firm may hold, by default the smallest known share, because the known are the largest.
    Raises ValueError for shares that are no fractions or add up to more than 1, or a largest_other outside (0, 1].
    """
    known = _known(shares)
    cap = float(known.min()) if largest_other is None else float(largest_other)
    if not 0 < cap <= 1:
        raise ValueError(f"largest_other is {largest_other!r}; expected a fraction above 0 and at most 1")
    rest = max(0.0, 1 - float(known.sum()))
    least = float(np.square(known).sum())
    full = math.floor(rest / cap + SLACK)
    left = max(0.0, rest - full * cap)
    return POINTS * least, POINTS * (least + full * cap**2 + left**2)


def effective_number(hhi: float) -> float:
    """Return how many firms of equal size give an index of hhi points; raises ValueError outside (0, 10,000]."""
    if not 0 < hhi <= POINTS * (1 + SLACK):
        raise ValueError(f"hhi is {hhi!r}; expected points above 0 and at most {POINTS:,}")
    return POINTS / hhi
