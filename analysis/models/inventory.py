"""Days of inventory, commitment coverage, and how much of a stock a story about chips can explain.

Days of inventory are the standard activity ratio of financial analysis (C. H. Gibson, *Financial
Reporting and Analysis*, chapter on liquidity); three conventions are computed side by side because they
answer different questions. Money is in one currency throughout; NaN marks a gap in the record and a gap
in the record is a gap in the result.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A quantity known to lie between `low` and `high` (same shape, same unit, NaN for a gap).

    Raises ValueError if a lower end exceeds its upper end or the shapes differ.
    """

    low: ArrayLike
    high: ArrayLike

    def __post_init__(self) -> None:
        low, high = np.asarray(self.low, dtype=float), np.asarray(self.high, dtype=float)
        if low.shape != high.shape:
            raise ValueError(f"high must have the shape of low {low.shape}, got {high.shape}.")
        if np.any(low > high):
            raise ValueError(f"low must not exceed high, got low={self.low} and high={self.high}.")


@dataclass(frozen=True)
class Days:
    """Days of inventory by quarter, in days, under three conventions; each of shape (quarters,)."""

    end: FloatArray
    average: FloatArray
    forward: FloatArray

    @property
    def low(self) -> FloatArray:
        """The least of the conventions that can be computed, shape (quarters,), NaN where none can."""
        return np.fmin.reduce([self.end, self.average, self.forward])

    @property
    def high(self) -> FloatArray:
        """The greatest of the conventions that can be computed, shape (quarters,), NaN where none can."""
        return np.fmax.reduce([self.end, self.average, self.forward])


def days_of_inventory(inventory: ArrayLike, cost: ArrayLike, days: ArrayLike) -> Days:
    """Days of inventory at each quarter end under three conventions.

    end: `I_t / C_t * n_t`; average: `(I_{t-1} + I_t) / 2 / C_t * n_t`; forward: `I_t / C_{t+1} * n_{t+1}`
    with the next quarter's realised cost. `inventory` is the stock at the end and `cost` the cost of
    revenue of each of (quarters,) consecutive quarters, in the same currency; `days` is the length of the
    quarters in days, a scalar or shape (quarters,). A quarter that is missing must be present as NaN,
    or neighbours would be taken for consecutive. The first average and the last forward value are NaN.

    Raises ValueError for a negative stock, a cost or length that is not positive, or unequal lengths.
    """
    stock = _series("inventory", inventory)
    spent = _series("cost", cost, positive=True)
    if stock.shape != spent.shape:
        raise ValueError(f"cost must have as many quarters as inventory ({stock.size}), got {spent.size}.")
    length = _numbers("days", days, positive=True)
    if length.shape not in ((), stock.shape):
        raise ValueError(f"days must be one number or {stock.size} numbers, got shape {length.shape}.")
    per_day = spent / length
    average = np.full(stock.shape, np.nan)
    forward = np.full(stock.shape, np.nan)
    average[1:] = (stock[:-1] + stock[1:]) / 2 / per_day[1:]
    forward[:-1] = stock[:-1] / per_day[1:]
    return Days(end=stock / per_day, average=average, forward=forward)


def days_of_inventory_interval(inventory: Interval, cost: Interval, days: ArrayLike) -> tuple[Days, Days]:
    """Lower and upper `Days` when stock and cost are known only as intervals of shape (quarters,).

    Every convention rises with the stock and falls with the cost, so the ends of the result are taken at
    opposite ends of the two inputs (Moore, Kearfott & Cloud 2009, *Introduction to Interval Analysis*).
    Raises ValueError as `days_of_inventory` does.
    """
    return (
        days_of_inventory(inventory.low, cost.high, days),
        days_of_inventory(inventory.high, cost.low, days),
    )


def coverage_quarters(
    inventory: ArrayLike, prepaid: ArrayLike, obligations: ArrayLike, forward_cost: ArrayLike
) -> FloatArray:
    """Quarters of forward cost covered by what is held, prepaid and committed.

    `(inventory + prepaid + obligations) / forward_cost`, all in one currency, `forward_cost` for one
    quarter; the shapes broadcast. Multi-year capacity inside `obligations` is not stock: state it apart.

    Raises ValueError for a negative amount or a forward cost that is not positive.
    """
    claimed = _numbers("inventory", inventory) + _numbers("prepaid", prepaid)
    claimed = claimed + _numbers("obligations", obligations)
    return claimed / _numbers("forward_cost", forward_cost, positive=True)


def unit_cost(price: Interval, gross_margin: Interval) -> Interval:
    """Interval of the cost of one chip, `price * (1 - gross_margin)`, in the currency of `price`.

    Raises ValueError for a price that is not positive or a gross margin outside [0, 1).
    """
    _numbers("price", price.low, positive=True)
    _margin(gross_margin.low)
    _margin(gross_margin.high)
    return Interval(
        low=np.asarray(price.low) * (1 - np.asarray(gross_margin.high)),
        high=np.asarray(price.high) * (1 - np.asarray(gross_margin.low)),
    )


@dataclass(frozen=True)
class Explained:
    """Share of a stock that a number of chips can account for.

    `share` values the chips at cost, as a stock is carried; `at_price` is the upper bound that values them
    at the selling price. Both are fractions; above 1 the chips would cost more than the whole stock.
    """

    share: Interval
    at_price: float | FloatArray


def explained_share(stock: Interval, chips: Interval, price: Interval, gross_margin: Interval) -> Explained:
    """Share of a `stock` (currency) that `chips` (units) can explain, as an interval of fractions.

    `chips * price * (1 - gross_margin) / stock`, taken at the ends that minimise and maximise it; the
    shapes of the four intervals broadcast.

    Raises ValueError for a stock or price that is not positive, negative chips, or a gross margin
    outside [0, 1).
    """
    _numbers("stock", stock.low, positive=True)
    _numbers("chips", chips.low)
    cost = unit_cost(price, gross_margin)
    stock_low, stock_high = np.asarray(stock.low), np.asarray(stock.high)
    return Explained(
        share=Interval(
            low=np.asarray(chips.low) * cost.low / stock_high,
            high=np.asarray(chips.high) * cost.high / stock_low,
        ),
        at_price=np.asarray(chips.high) * np.asarray(price.high) / stock_low,
    )


def _numbers(name: str, values: ArrayLike, positive: bool = False) -> FloatArray:
    array = np.asarray(values, dtype=float)
    bad = (array <= 0 if positive else array < 0) | np.isinf(array)
    if np.any(bad):
        expected = "finite and above zero" if positive else "finite and not negative"
        raise ValueError(f"{name} must be {expected}, got {array[bad].flat[0]:g}.")
    return array


def _series(name: str, values: ArrayLike, positive: bool = False) -> FloatArray:
    array = _numbers(name, values, positive)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one number for each quarter, got shape {array.shape}.")
    return array


def _margin(values: ArrayLike) -> None:
    array = np.asarray(values, dtype=float)
    bad = (array < 0) | (array >= 1)
    if np.any(bad):
        raise ValueError(f"gross_margin must lie in [0, 1), got {array[bad].flat[0]:g}.")
