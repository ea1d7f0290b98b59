"""What models ask of their inputs: a check names the input, says what it must be, and shows the first that is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def checked(name: str, values: ArrayLike, expected: str, holds: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Return values as an array of any shape; raises ValueError unless each is finite and the condition holds."""
    array = np.asarray(values, dtype=float)
    good = holds(array) & np.isfinite(array)
    if not np.all(good):
        raise ValueError(f"{name} must be {expected}, got {array[~good].flat[0]:g}.")
    return array


def positive(name: str, values: ArrayLike) -> FloatArray:
    """Return values as an array; raises ValueError unless all are above zero."""
    return checked(name, values, "above zero", lambda x: x > 0)


def not_negative(name: str, values: ArrayLike) -> FloatArray:
    """Return values as an array; raises ValueError unless all are zero or more."""
    return checked(name, values, "not negative", lambda x: x >= 0)


def fraction(name: str, values: ArrayLike) -> FloatArray:
    """Return values as an array; raises ValueError unless all lie from 0 to 1."""
    return checked(name, values, "in [0, 1]", lambda x: (x >= 0) & (x <= 1))


def every(check: Callable[[str, ArrayLike], FloatArray], **inputs: ArrayLike) -> None:
    """Apply one of these checks to several inputs by name."""
    for name, values in inputs.items():
        check(name, values)
