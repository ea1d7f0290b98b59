"""What a licence is worth for chips already made, and for wafers not yet ordered.

Prices, costs and salvage values are per chip in one currency. The seller keeps `p_n = price * (1 - levy)`
of a licensed sale. `salvage` is the best use outside the licence, and the demand behind a licence is
taken as all or nothing unless a distribution is given. Rates are continuously compounded a year, times
are in days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import integrate, stats

FloatArray = NDArray[np.float64]
DAYS_PER_YEAR = 365.0


class Demand(Protocol):
    """What is used of a frozen continuous scipy distribution."""

    def ppf(self, q: float) -> float: ...
    def sf(self, x: float) -> float: ...
    def mean(self) -> float: ...
    def support(self) -> tuple[float, float]: ...


@dataclass(frozen=True)
class Order:
    """A newsvendor's best quantity (units) and the expected mismatch cost at it (currency)."""

    quantity: float
    cost: float


def net_price(price: ArrayLike, levy: ArrayLike) -> FloatArray:
    """What the seller keeps of a licensed sale, `price * (1 - levy)`; the shapes broadcast.

    Raises ValueError for a price that is not positive or a levy outside [0, 1).
    """
    price = _check("price", price, "above zero", lambda x: x > 0)
    levy = _check("levy", levy, "in [0, 1)", lambda x: (x >= 0) & (x < 1))
    return price * (1 - levy)


def critical_ratio(
    price: ArrayLike,
    cost: ArrayLike,
    salvage: ArrayLike,
    levy: ArrayLike = 0.0,
) -> FloatArray:
    """Newsvendor critical ratio `(p_n - c) / (p_n - s)`, in [0, 1]; the shapes broadcast.

    It is 0 where a sale does not recover its cost (order nothing) and 1 where salvage equals cost
    (order up to the largest possible demand). Source: Arrow, Harris & Marschak 1951, Econometrica 19(3).

    Raises ValueError for a price that is not positive, a negative cost or salvage, a salvage above cost,
    or a levy outside [0, 1).
    """
    kept, cost, salvage = np.broadcast_arrays(
        net_price(price, levy), _not_negative("cost", cost), _not_negative("salvage", salvage)
    )
    if np.any(salvage > cost):
        raise ValueError(f"salvage must not exceed cost, got {salvage[salvage > cost].flat[0]:g}.")
    return np.divide(kept - cost, kept - salvage, out=np.zeros(kept.shape), where=kept > cost)


def newsvendor(demand: Demand, overage: float, underage: float, probability: float = 1.0) -> Order:
    """Best quantity and expected mismatch cost when demand comes with a probability, else is nil.

    `demand` is a frozen continuous scipy distribution of units, `overage = c - s` the loss on an unsold
    unit, `underage = p_n - c` the margin lost on a missing one. Demand is `demand` with `probability`
    and 0 otherwise, so the quantity is the quantile of that mixture at
    `underage / (overage + underage)`; with probability 1 it is the classical newsvendor, with 0 it is 0.
    The cost is `overage * E[(Q - D)^+] + underage * E[(D - Q)^+]`.
    Source: Arrow, Harris & Marschak 1951, Econometrica 19(3).

    Raises ValueError for a negative overage, an underage that is not positive, or a probability
    outside [0, 1].
    """
    _not_negative("overage", overage)
    _check("underage", underage, "above zero", lambda x: x > 0)
    _probability("probability", probability)
    refused = overage / (overage + underage)
    quantity = 0.0 if probability <= refused else max(0.0, float(demand.ppf(1 - refused / probability)))
    short = probability * _expected_shortage(demand, quantity)
    if overage == 0:
        return Order(quantity=quantity, cost=underage * short)
    unsold = quantity - probability * float(demand.mean()) + short
    return Order(quantity=quantity, cost=overage * unsold + underage * short)


def newsvendor_normal(overage: float, underage: float, mean: float, sd: float) -> Order:
    """Classical newsvendor with normal demand in closed form, `Q = mean + z sd`, `cost = (o + u) sd phi(z)`.

    Units and errors as in `newsvendor`; `sd` must be positive. Source: as there.
    """
    _check("overage", overage, "above zero", lambda x: x > 0)
    _check("underage", underage, "above zero", lambda x: x > 0)
    _check("sd", sd, "above zero", lambda x: x > 0)
    z = stats.norm.ppf(underage / (overage + underage))
    return Order(quantity=float(mean + z * sd), cost=float((overage + underage) * sd * stats.norm.pdf(z)))


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
    Source: the newsvendor above with a two-point demand.

    Raises ValueError for a price that is not positive, a negative cost, salvage or margin, or a levy
    outside [0, 1).
    """
    kept, salvage = net_price(price, levy), _not_negative("salvage", salvage)
    at_risk = _not_negative("cost", cost) + _not_negative("alternative_margin", alternative_margin) - salvage
    return _ratio_or_never(np.maximum(at_risk, 0), kept - salvage)


def order_all_or_nothing(
    demand: ArrayLike,
    probability: ArrayLike,
    price: ArrayLike,
    cost: ArrayLike,
    salvage: ArrayLike,
    levy: ArrayLike = 0.0,
    alternative_margin: ArrayLike = 0.0,
) -> FloatArray:
    """Units to order when demand is `demand` (units) with `probability` and nil otherwise.

    The whole demand where the probability reaches `break_even_probability`, else 0; the shapes broadcast.
    Raises ValueError as there, and for a negative demand or a probability outside [0, 1].
    """
    demand, probability = _not_negative("demand", demand), _probability("probability", probability)
    pays = probability >= break_even_probability(price, cost, salvage, levy, alternative_margin)
    return np.where(pays, demand, 0.0)


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
    _check("horizon", horizon, "above zero", lambda x: x > 0)
    _not_negative("discount", discount)
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
    probability = _probability("probability", probability)
    late, factor = _not_negative("salvage_late", salvage_late), _not_negative("discounted", discounted)
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
    salvage, late = _not_negative("salvage", salvage), _not_negative("salvage_late", salvage_late)
    if np.any(late > salvage):
        raise ValueError(f"salvage_late must not exceed salvage, got {salvage_late} against {salvage}.")
    sale = _not_negative("discounted", discounted) * net_price(price, levy)
    return _ratio_or_never(salvage - late, sale - late)


@dataclass(frozen=True)
class OptionValue:
    """Value of the option to wait for a licence, per chip, with its Monte Carlo standard error."""

    value: float
    standard_error: float


def option_value(
    licence_days: Callable[[FloatArray], FloatArray],
    rng: np.random.Generator,
    draws: int,
    price: float,
    salvage: float,
    horizon: float,
    levy: float = 0.0,
    discount: float = 0.0,
    decay: float = 0.0,
    salvage_decay: float = 0.0,
) -> OptionValue:
    """Option value per chip, `V = E[max(e^{-(r+d) tau} p_n 1{tau <= T}, s e^{-(r+d_s) T})] - s`.

    `licence_days` is the quantile function of the time to a delivery: uniforms of shape (n,) in, days of
    shape (n,) out, `inf` for never (see `empirical_quantiles`). `draws` uniforms are used in antithetic
    pairs u, 1 - u (Hammersley & Morton 1956); the standard error is that of the pair means. `horizon` is
    T in days; the rates are a year. V is negative where waiting costs more than the licence is worth.
    Source of the two-outcome formula: Dixit & Pindyck 1994, *Investment under Uncertainty*, chapter 2.

    Raises ValueError for an odd number of draws or fewer than 4, a horizon that is not positive, or a
    price, salvage, levy or discount out of range.
    """
    if draws < 4 or draws % 2:
        raise ValueError(f"draws must be an even number of at least 4, got {draws}.")
    _check("horizon", horizon, "above zero", lambda x: x > 0)
    _not_negative("discount", discount)
    _not_negative("salvage", salvage)
    wait = salvage * np.exp(-(discount + salvage_decay) * horizon / DAYS_PER_YEAR)
    first = rng.random(draws // 2)
    days = np.asarray(licence_days(np.concatenate((first, 1 - first))), dtype=float)
    reached = days <= horizon
    kept = net_price(price, levy) * np.exp(-(discount + decay) * np.where(reached, days, 0) / DAYS_PER_YEAR)
    pairs = np.maximum(reached * kept, wait).reshape(2, -1).mean(axis=0)
    return OptionValue(
        value=float(pairs.mean() - salvage),
        standard_error=float(pairs.std(ddof=1) / np.sqrt(pairs.size)),
    )


def empirical_quantiles(delivery_days: ArrayLike) -> Callable[[FloatArray], FloatArray]:
    """Quantile function of a sample of delivery times in days (`inf` for never), for `option_value`.

    Raises ValueError for an empty sample or one with NaN.
    """
    ordered = np.sort(np.asarray(delivery_days, dtype=float).ravel())
    if not ordered.size or np.isnan(ordered[-1]):
        raise ValueError("delivery_days must hold at least one time and no NaN.")

    def quantiles(uniforms: FloatArray) -> FloatArray:
        rank = np.ceil(np.asarray(uniforms) * ordered.size).astype(int) - 1
        return ordered[np.clip(rank, 0, ordered.size - 1)]

    return quantiles


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
    basis = _not_negative("cost", cost) - _not_negative("written_off", written_off)
    if np.any(basis < 0):
        raise ValueError(f"written_off must not exceed cost, got {written_off} against {cost}.")
    return _not_negative("units", units) * np.maximum(0, basis - _not_negative("realisable", realisable))


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
    licensed = np.minimum(_not_negative("delivered", delivered), _not_negative("stock", stock))
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
    _check("level", level, "in (0, 1)", lambda x: (x > 0) & (x < 1))
    quantile = float(np.quantile(losses, level, method="inverted_cdf"))
    excess = float(np.maximum(losses - quantile, 0).mean())
    return TailRisk(mean=float(losses.mean()), quantile=quantile, cvar=quantile + excess / (1 - level))


def cvar_normal(mean: float, sd: float, level: float = 0.95) -> float:
    """CVaR of a normal loss in closed form, `mean + sd phi(z) / (1 - level)`, in the unit of the loss.

    Source: Rockafellar & Uryasev 2000, Journal of Risk 2(3). Raises ValueError for an sd that is not
    positive or a level outside (0, 1).
    """
    _check("sd", sd, "above zero", lambda x: x > 0)
    _check("level", level, "in (0, 1)", lambda x: (x > 0) & (x < 1))
    return float(mean + sd * stats.norm.pdf(stats.norm.ppf(level)) / (1 - level))


def _expected_shortage(demand: Demand, quantity: float) -> float:
    upper = float(demand.support()[1])
    if quantity >= upper:
        return 0.0
    # The far tail is integrated apart: over an infinite range alone the quadrature can step over the mass.
    middle = max(quantity, float(demand.ppf(1 - 1e-9)))
    near = integrate.quad(demand.sf, quantity, middle, limit=200)[0]
    return near + integrate.quad(demand.sf, middle, upper, limit=200)[0]


def _ratio_or_never(at_risk: FloatArray, gain: FloatArray) -> FloatArray:
    at_risk, gain = np.broadcast_arrays(at_risk, gain)
    return np.divide(at_risk, gain, out=np.full(gain.shape, np.inf), where=gain > 0)


def _not_negative(name: str, values: ArrayLike) -> FloatArray:
    return _check(name, values, "not negative", lambda x: x >= 0)


def _probability(name: str, values: ArrayLike) -> FloatArray:
    return _check(name, values, "in [0, 1]", lambda x: (x >= 0) & (x <= 1))


def _check(
    name: str,
    values: ArrayLike,
    expected: str,
    holds: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    array = np.asarray(values, dtype=float)
    good = holds(array) & np.isfinite(array)
    if not np.all(good):
        raise ValueError(f"{name} must be {expected}, got {array[~good].flat[0]:g}.")
    return array
