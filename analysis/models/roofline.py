"""Roofline: what a chip attains for work of a given arithmetic intensity.

Formula of Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for multicore
architectures", Communications of the ACM 52(4), 2009: the lesser of peak compute and bandwidth times intensity.
"""

from __future__ import annotations

import numpy as np
import sympy
from numpy.typing import ArrayLike

from analysis.models.checks import positive


def attainable(peak: ArrayLike, bandwidth: ArrayLike, intensity: ArrayLike) -> np.ndarray:
    """Return attainable compute in TFLOPS, broadcast over the inputs.

    peak is dense compute in TFLOPS, bandwidth that of the memory in GB/s, intensity the work's FLOP for each byte
    moved. Raises ValueError for an input that is not positive.
    """
    moved = positive("bandwidth", bandwidth) * positive("intensity", intensity)
    return np.minimum(positive("peak", peak), moved / 1000)


def ridge(peak: ArrayLike, bandwidth: ArrayLike) -> np.ndarray:
    """Return the intensity in FLOP/byte from which compute (TFLOPS) binds and not bandwidth (GB/s)."""
    return np.asarray(peak, dtype=float) * 1000 / np.asarray(bandwidth, dtype=float)


def ratio(chip: tuple[float, float], other: tuple[float, float], intensity: ArrayLike) -> np.ndarray:
    """Return how many times the other chip's work a chip attains; chips are (peak TFLOPS, bandwidth GB/s)."""
    return attainable(*chip, intensity) / attainable(*other, intensity)


CHIP, OTHER = sympy.symbols("peak_1 band_1", positive=True), sympy.symbols("peak_2 band_2", positive=True)
INTENSITY = sympy.Symbol("intensity", positive=True)


def attained(peak: sympy.Expr, bandwidth: sympy.Expr) -> sympy.Expr:
    """Return the roofline of `attainable` as an equation: TFLOPS from TFLOPS, GB/s and FLOP/byte."""
    return sympy.Min(peak, bandwidth * INTENSITY / 1000)


# What a reader's control prints, draws and recomputes: one equation each, in the names of its parameters.
EXPRESSIONS = {
    "attained_1": attained(*CHIP),
    "attained_2": attained(*OTHER),
    "ratio": attained(*CHIP) / attained(*OTHER),
    "use_1": attained(*CHIP) / CHIP[0],
    "use_2": attained(*OTHER) / OTHER[0],
    "ridge_1": 1000 * CHIP[0] / CHIP[1],
    "ridge_2": 1000 * OTHER[0] / OTHER[1],
}
