"""Switching to another ecosystem: when a fixed cost and a delay pay back, in volume and in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def unit_cost(price: ArrayLike, work: ArrayLike, efficiency: ArrayLike = 1.0) -> np.ndarray:
    """Return what a unit of work costs: price over the chip's work times the share of it that software reaches.

    Price in money a chip, work in reference chips, efficiency in (0, 1]. Raises ValueError for an input that is
    not positive.
    """
    price, work, efficiency = (np.asarray(values, dtype=float) for values in (price, work, efficiency))
    if not ((price > 0).all() and (work > 0).all() and (efficiency > 0).all()):
        raise ValueError("price, work and efficiency must be positive")
    return price / (work * efficiency)


def break_even_volume(
    fixed: ArrayLike, stay: ArrayLike, switch: ArrayLike, delay: ArrayLike = 0.0, life: float = np.inf
) -> np.ndarray:
    """Return the volume in reference chips from which switching pays, infinite where it never does.

    fixed is the cost of migrating; stay and switch are costs of a unit of work on either side. During the delay
    (months) the work runs on rented capacity at the cost of staying spread over the life (months), so that each
    unit also loses stay * delay / life: V = F / (stay (1 - delay / life) - switch).
    """
    fixed, stay, switch, delay = (np.asarray(values, dtype=float) for values in (fixed, stay, switch, delay))
    saving = stay * (1 - delay / life) - switch
    return np.where(saving > 0, fixed / np.where(saving > 0, saving, 1.0), np.inf)


def break_even_horizon(stay: ArrayLike, switch: ArrayLike, delay: ArrayLike) -> np.ndarray:
    """Return the months from which switching pays apart from its fixed cost: delay / (1 - switch / stay).

    Work is lost for the delay and cheaper afterwards; infinite where the new side is not cheaper.
    """
    stay, switch, delay = (np.asarray(values, dtype=float) for values in (stay, switch, delay))
    saved = 1 - switch / stay
    return np.where(saved > 0, delay / np.where(saved > 0, saved, 1.0), np.inf)


def indifferent_price(other_price: ArrayLike, work: ArrayLike, efficiency: ArrayLike) -> np.ndarray:
    """Return the price of the new chip at which a unit of work costs the same on both sides."""
    return np.asarray(other_price, dtype=float) * np.asarray(work, dtype=float) * np.asarray(efficiency, dtype=float)
