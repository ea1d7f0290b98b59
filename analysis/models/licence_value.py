"""What a licence is worth for chips already made, and for wafers not yet ordered.

Prices, costs and salvage values are per chip in one currency. The seller keeps `p_n = price * (1 - levy)`
of a licensed sale. `salvage` is the best use outside the licence, and the demand behind a licence is
all or nothing. Rates are continuously compounded a year, times are in days.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.models.checks import FloatArray, checked, fraction, not_negative, positive

DAYS_PER_YEAR = 365.0


def net_price(price: ArrayLike, levy: ArrayLike) -> FloatArray:
    """What the seller keeps of a licensed sale, `price * (1 - levy)`; the shapes broadcast.

    Raises ValueError for a price that is not positive or a levy outside [0, 1).
    """
    price = positive("price", price)
    levy = checked("levy", levy, "in [0, 1)", lambda x: (x >= 0) & (x < 1))
    return price * (1 - levy)


def break_even_probability(
    price: ArrayLike,
    cost: ArrayLike,
    salvage: ArrayLike,
    levy: ArrayLike = 0.0,
    alternative_margin: ArrayLike = 0.0,
) -> FloatArray:
    """Least licence probability at which ordering new chips pays, `(c + m - s) / (p_n - s)`.

    `alternative_margin` (m) is the margin per chip that the same wafers, packages and memory would earn
    elsewhere: capacity that is tied up is part of what an order costs. The shapes broadcast.
    A value above 1 means that even a certain licence does not pay; it is `inf` where `p_n <= s`, for then
    no probability makes the licensed sale the better one; it is 0 where the order risks nothing
    (`c + m <= s`) and the sale beats salvage.
    Source: the newsvendor of Arrow, Harris & Marschak 1951, Econometrica 19(3), with a two-point demand.

    Raises ValueError for a price that is not positive, a negative cost, salvage or margin, or a levy
    outside [0, 1).
    """
    kept, salvage = net_price(price, levy), not_negative("salvage", salvage)
    at_risk = not_negative("cost", cost) + not_negative("alternative_margin", alternative_margin) - salvage
    return _ratio_or_never(np.maximum(at_risk, 0), kept - salvage)


def licence_odds(
    delivery_days: ArrayLike,
    horizon: float,
    discount: float,
    decay: float,
) -> tuple[float, float]:
    """Probability of a delivery within `horizon` days and, given one, its mean discount and price decay.

    `delivery_days` is a sample of delivery times of any shape, `inf` for never. The second number is
    `E[exp(-(discount + decay) tau) | tau <= horizon]`, both rates a year; it is 0 when no draw delivers.

    Raises ValueError for a negative time or discount or for a horizon that is not positive. `decay` may
    be negative: prices can rise.
    """
    days = np.asarray(delivery_days, dtype=float).ravel()
    if not days.size or np.any(np.isnan(days) | (days < 0)):
        raise ValueError("delivery_days must hold times that are zero or later, or inf for never.")
    positive("horizon", horizon)
    not_negative("discount", discount)
    reached = days[(days <= horizon) & np.isfinite(days)]
    if not reached.size:
        return 0.0, 0.0
    factor = np.exp(-(discount + decay) * reached / DAYS_PER_YEAR)
    return reached.size / days.size, float(factor.mean())


def hold_value(
    probability: ArrayLike,
    price: ArrayLike,
    salvage_late: ArrayLike,
    levy: ArrayLike = 0.0,
    discounted: ArrayLike = 1.0,
) -> FloatArray:
    """Present value of holding one finished chip, `pi * G * p_n + (1 - pi) * s_T`; the shapes broadcast.

    `discounted` (G) is `E[e^{-(r+d) tau}]` given delivery, as `licence_odds` returns it; `salvage_late`
    (s_T) is the present value of the salvage left at the horizon. The cost of the chip is sunk.

    Raises ValueError for a probability outside [0, 1], a negative salvage or discount factor, or a price
    or levy out of range.
    """
    probability = fraction("probability", probability)
    late, factor = not_negative("salvage_late", salvage_late), not_negative("discounted", discounted)
    return probability * factor * net_price(price, levy) + (1 - probability) * late


def hold_break_even(
    price: ArrayLike,
    salvage: ArrayLike,
    salvage_late: ArrayLike,
    levy: ArrayLike = 0.0,
    discounted: ArrayLike = 1.0,
) -> FloatArray:
    """Least licence probability at which holding a finished chip beats diverting it now.

    `(s - s_T) / (G p_n - s_T)`, arguments as in `hold_value`; the shapes broadcast. Above 1 even a
    certain licence does not pay for the wait; `inf` where the discounted sale is worth no more than late
    salvage, for then waiting for the licence never pays.

    Raises ValueError as `hold_value` does, and if late salvage exceeds salvage now.
    """
    salvage, late = not_negative("salvage", salvage), not_negative("salvage_late", salvage_late)
    if np.any(late > salvage):
        raise ValueError(f"salvage_late must not exceed salvage, got {salvage_late} against {salvage}.")
    sale = not_negative("discounted", discounted) * net_price(price, levy)
    return _ratio_or_never(salvage - late, sale - late)


def write_down(
    units: ArrayLike,
    cost: ArrayLike,
    realisable: ArrayLike,
    written_off: ArrayLike = 0.0,
) -> FloatArray:
    """Further write-down of a stock, `units * max(0, cost - written_off - realisable)`, in currency.

    Lower of cost and net realisable value (FASB ASC 330-10-35). `realisable` is the net realisable value
    and `written_off` what earlier write-downs already took, both per chip: a stock once written down is
    carried at its lower basis, and selling it later shows up as margin, never as a reversal. The shapes
    broadcast, so draws of units or of realisable values give a distribution of losses.

    Raises ValueError for a negative argument or for `written_off` above cost.
    """
    basis = not_negative("cost", cost) - not_negative("written_off", written_off)
    if np.any(basis < 0):
        raise ValueError(f"written_off must not exceed cost, got {written_off} against {cost}.")
    return not_negative("units", units) * np.maximum(0, basis - not_negative("realisable", realisable))


def stock_write_down(
    delivered: ArrayLike,
    stock: float,
    cost: float,
    price: float,
    salvage: float,
    levy: float = 0.0,
    written_off: float = 0.0,
) -> FloatArray:
    """Write-down of a stock of chips for each draw of the number delivered under licence, in currency.

    Chips that go under licence realise `p_n`, the rest `salvage`; `delivered` (units, any shape) is cut
    at `stock` (units). Raises ValueError as `write_down` and `net_price` do.
    """
    licensed = np.minimum(not_negative("delivered", delivered), not_negative("stock", stock))
    return write_down(licensed, cost, net_price(price, levy), written_off) + write_down(
        stock - licensed, cost, salvage, written_off
    )


@dataclass(frozen=True)
class TailRisk:
    """Mean, quantile and conditional value at risk of a loss, in the unit of the loss."""

    mean: float
    quantile: float
    cvar: float


def tail_risk(losses: ArrayLike, level: float = 0.95) -> TailRisk:
    """Mean, `level` quantile and CVaR of a sample of losses of any shape.

    `CVaR = z + E[(L - z)^+] / (1 - level)` at z the quantile, which is right for lumpy samples too.
    Source: Rockafellar & Uryasev 2000, Journal of Risk 2(3).

    Raises ValueError for an empty sample, one that is not finite, or a level outside (0, 1).
    """
    losses = np.asarray(losses, dtype=float).ravel()
    if not losses.size or not np.all(np.isfinite(losses)):
        raise ValueError("losses must hold at least one number and only finite ones.")
    checked("level", level, "in (0, 1)", lambda x: (x > 0) & (x < 1))
    quantile = float(np.quantile(losses, level, method="inverted_cdf"))
    excess = float(np.maximum(losses - quantile, 0).mean())
    return TailRisk(mean=float(losses.mean()), quantile=quantile, cvar=quantile + excess / (1 - level))


def _ratio_or_never(at_risk: FloatArray, gain: FloatArray) -> FloatArray:
    at_risk, gain = np.broadcast_arrays(at_risk, gain)
    return np.divide(at_risk, gain, out=np.full(gain.shape, np.inf), where=gain > 0)
