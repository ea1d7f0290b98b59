"""A levy on a sale: what it takes of the price, who bears it, what it raises and what it leaves the seller.

Every equation is written once, as a SymPy expression in `EXPRESSIONS`; the text prints it, the functions here evaluate
it with NumPy, and the reader's control runs it in the page.

A levy has two parts: a share s of the price and a fixed sum k a unit. A seller with unit cost c keeps (1-s)p - k, so
the levy acts like a marginal cost of C = (c+k)/(1-s). N symmetric sellers set quantities (Cournot, N = 1 is a
monopoly):

- constant elasticity e, Q = A p^-e:  p = C N e / (N e - 1)
- linear, p = a - b Q:                p = (a + N C) / (N + 1), at most a

A quota caps the quantity: where it binds, the price is what buyers pay for the capped quantity, whatever the levy.

Pass-through under imperfect competition: Weyl and Fabinger, Journal of Political Economy 121(3), 2013; share against
fixed sum: Delipalla and Keen, Journal of Public Economics 49, 1992; demand of constant pass-through: Bulow and
Pfleiderer, Journal of Political Economy 91(1), 1983.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from analysis.models.expressions import numeric

RATE, VALUE, COST, UNIT, SHARE, ELASTICITY, SELLERS, QUOTA, SCALE, CHOKE, SLOPE, MARGIN, FALL = sp.symbols(
    "t v c k s e n kappa A a b m lambda", positive=True
)
BASE, DEMAND = sp.symbols("base demand", positive=True)
PRICE, SOLD = sp.symbols("p Q", positive=True)
ROOM = 1e-12  # how far a rounded input may lie beyond a bound


class Base(IntEnum):
    """What the rate is taken from."""

    SALE = 1  # A: a share of the gross sale
    NET = 2  # B: a surcharge on the price before it
    CUSTOMS = 3  # C: a tariff on a customs value that moves with the price
    TRANSFER = 4  # D: a tariff on a customs value that does not


class Demand(IntEnum):
    """The shape of demand."""

    CONSTANT = 1  # constant elasticity
    LINEAR = 2


def share_of_price(rate: sp.Expr, value: sp.Expr, base: sp.Expr) -> sp.Expr:
    """Return the part of the levy that is a share of the sale price; value is customs value over price."""
    return sp.Piecewise(
        (rate, sp.Eq(base, Base.SALE)),
        (rate / (1 + rate), sp.Eq(base, Base.NET)),
        (rate * value, sp.Eq(base, Base.CUSTOMS)),
        (0, True),
    )


@dataclass(frozen=True)
class Market:
    """One demand as expressions: free price of N sellers, and of any price and quantity what each side has.

    price(C) at marginal cost C; quantity(p); worth(Q) is the price that buyers pay for Q; buyers(p) their surplus;
    gross(Q) the area under demand up to Q, without the constant that constant elasticity leaves open.
    """

    price: sp.Expr
    quantity: sp.Expr
    worth: sp.Expr
    buyers: sp.Expr
    gross: sp.Expr


CONSTANT = Market(
    price=COST * SELLERS * ELASTICITY / (SELLERS * ELASTICITY - 1),
    quantity=SCALE * PRICE**-ELASTICITY,
    worth=(SOLD / SCALE) ** (-1 / ELASTICITY),
    buyers=SCALE * PRICE ** (1 - ELASTICITY) / (ELASTICITY - 1),
    gross=SCALE ** (1 / ELASTICITY) * SOLD ** (1 - 1 / ELASTICITY) * ELASTICITY / (ELASTICITY - 1),
)
LINEAR = Market(
    price=sp.Min((CHOKE + SELLERS * COST) / (SELLERS + 1), CHOKE),
    quantity=(CHOKE - PRICE) / SLOPE,
    worth=CHOKE - SLOPE * SOLD,
    buyers=(CHOKE - PRICE) ** 2 / (2 * SLOPE),
    gross=CHOKE * SOLD - SLOPE * SOLD**2 / 2,
)


def _outcome(market: Market, share: sp.Expr, unit: sp.Expr) -> dict[str, sp.Expr]:
    """Return price, quantity, net price, receipts, profit, buyers' surplus and deadweight loss under a levy.

    The quota is a share of what would be sold freely without the levy. The deadweight loss is an integral of its own,
    from the quantity with the levy to that without, of what buyers would pay above cost.
    """
    free = market.price.subs(COST, (COST + unit) / (1 - share))
    before = market.quantity.subs(PRICE, market.price)
    cap = market.worth.subs(SOLD, QUOTA * before)
    price = sp.Max(free, cap)
    sold = market.quantity.subs(PRICE, price)
    net = (1 - share) * price - unit
    old_price = sp.Max(market.price, cap)
    old_sold = market.quantity.subs(PRICE, old_price)
    lost = market.gross.subs(SOLD, old_sold) - market.gross.subs(SOLD, sold) - COST * (old_sold - sold)
    return {
        "price": price,
        "quantity": sold,
        "net": net,
        "receipts": (share * price + unit) * sold,
        "profit": (net - COST) * sold,
        "buyers": market.buyers.subs(PRICE, price),
        "deadweight": lost,
        "price_before": old_price,
        "quantity_before": old_sold,
        "profit_before": (old_price - COST) * old_sold,
        "buyers_before": market.buyers.subs(PRICE, old_price),
    }


# In units of the free price and quantity without a levy: demand then has slope and scale from the elasticity alone,
# and the cost is what the markup rule implies, 1 - 1/(N e).
IMPLIED_COST = 1 - 1 / (SELLERS * ELASTICITY)
MARKETS = {
    Demand.CONSTANT: (CONSTANT, {SCALE: sp.Integer(1), COST: IMPLIED_COST}),
    Demand.LINEAR: (LINEAR, {CHOKE: 1 + 1 / ELASTICITY, SLOPE: 1 / ELASTICITY, COST: IMPLIED_COST}),
}


def _normal(demand: Demand) -> dict[str, sp.Expr]:
    market, scale = MARKETS[demand]
    general = {name: expression.subs(scale) for name, expression in _outcome(market, SHARE, UNIT).items()}
    fixed = sp.Piecewise((RATE * VALUE * general["price_before"], sp.Eq(BASE, Base.TRANSFER)), (0, True))
    levy = {SHARE: share_of_price(RATE, VALUE, BASE), UNIT: fixed}
    return {name: expression.subs(levy) for name, expression in general.items()}


@cache
def expressions() -> Mapping[str, sp.Expr]:
    """Return the outcomes by name, prices and quantities in units of the free ones without a levy.

    Symbols (`SYMBOLS`): t rate; v customs value over the price without a levy; base and demand as in `Base` and
    `Demand`; e elasticity at the free price; N sellers; kappa quota over the free quantity; m gross margin at the
    price before the levy. Shares are of the surplus without a levy; receipts_share of the sales without one;
    unit_profit of the price before, margin of the net price, counted as at least a hundredth of that price.
    """
    one, two = _normal(Demand.CONSTANT), _normal(Demand.LINEAR)
    both = {name: sp.Piecewise((one[name], sp.Eq(DEMAND, Demand.CONSTANT)), (two[name], True)) for name in one}
    total = both["buyers_before"] + both["profit_before"]
    return both | {
        "price_change": both["price"] / both["price_before"] - 1,
        "net_change": both["net"] / both["price_before"] - 1,
        "quantity_change": both["quantity"] / both["quantity_before"] - 1,
        "buyer_share": both["buyers"] / total,
        "seller_share": both["profit"] / total,
        "treasury_share": both["receipts"] / total,
        "deadweight_share": both["deadweight"] / total,
        "receipts_share": both["receipts"] / (both["price_before"] * both["quantity_before"]),
        "unit_profit": both["net"] / both["price_before"] - (1 - MARGIN),
        "margin": 1 - (1 - MARGIN) / sp.Max(both["net"] / both["price_before"], sp.Rational(1, 100)),
    }


SYMBOLS = (RATE, VALUE, BASE, DEMAND, ELASTICITY, SELLERS, QUOTA, MARGIN)

# Under constant elasticity the rate that raises most: outright, and when the odds of a sale fall by lambda of
# themselves for each unit of the rate.
PEAK = 1 / ELASTICITY
BEST = 2 / (FALL + ELASTICITY + sp.sqrt((FALL + ELASTICITY) ** 2 - 4 * FALL))
FALL_AT = 1 / RATE - (ELASTICITY - 1) / (1 - RATE)
MARGIN_AFTER = 1 - (1 - MARGIN) / (1 - SHARE)


@dataclass(frozen=True)
class Outcome:
    """What a levy leads to; arrays of one shape, money in the unit of cost, quantities in that of demand."""

    price: np.ndarray
    quantity: np.ndarray
    net: np.ndarray
    receipts: np.ndarray
    profit: np.ndarray
    buyers: np.ndarray
    deadweight: np.ndarray
    price_before: np.ndarray
    quantity_before: np.ndarray
    profit_before: np.ndarray
    buyers_before: np.ndarray

    @property
    def shifted(self) -> np.ndarray:
        """The rise of the price over the levy on one unit: above 1 the buyer pays more than the levy."""
        levy = self.price - self.net
        return np.divide(self.price - self.price_before, levy, out=np.full_like(levy, np.nan), where=levy > 0)


_compiled = cache(numeric)


def _evaluate(expression: sp.Expr, values: Mapping[sp.Symbol, ArrayLike]) -> np.ndarray:
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in values.values()))
    with np.errstate(divide="ignore", invalid="ignore"):  # NumPy works out the branches that it does not take, too
        result = _compiled(expression, tuple(values))(*arrays)
    return np.broadcast_to(np.asarray(result, dtype=float), arrays[0].shape).copy()


def _between(name: str, values: ArrayLike, low: float, high: float, why: str) -> None:
    array = np.asarray(values, dtype=float)
    if not ((array >= low - ROOM) & (array <= high + ROOM)).all():
        raise ValueError(f"{name} is {values!r}; expected {low:g} to {high:g}: {why}")


def check_rate(rate: ArrayLike) -> None:
    """Raise ValueError unless every rate is at least 0 and below 1."""
    array = np.asarray(rate, dtype=float)
    if not ((array >= 0) & (array < 1)).all():
        raise ValueError(f"the rate is {rate!r}; expected at least 0 and below 1: at 100% the seller keeps nothing")


def check_value(value: ArrayLike) -> None:
    """Raise ValueError unless every customs value, as a share of the price, lies from 0 to 1."""
    _between("customs value over price", value, 0, 1, "a value above the price would tax what nobody pays")


def check_conduct(elasticity: ArrayLike, sellers: ArrayLike) -> None:
    """Raise ValueError unless the number of sellers is at least 1 and the elasticity above 1."""
    product = np.asarray(elasticity, dtype=float) * np.asarray(sellers, dtype=float)
    if not (np.asarray(sellers, dtype=float) >= 1).all():
        raise ValueError(f"the number of sellers is {sellers!r}; expected at least 1")
    if not (product > 1).all():
        raise ValueError(
            f"sellers times elasticity is {product!r}; expected above 1: below it sellers gain from raising the price "
            "without end"
        )
    if not (np.asarray(elasticity, dtype=float) > 1).all():
        raise ValueError(
            f"the elasticity is {elasticity!r}; expected above 1: below it the buyers' surplus has no finite size"
        )


def effective_share(rate: ArrayLike, value: ArrayLike, base: Base) -> np.ndarray:
    """Return what a levy takes of the sale price, as a fraction, broadcast over the inputs.

    rate is the statutory one, value the customs value over the sale price (used by CUSTOMS and TRANSFER). Raises
    ValueError for a rate of 100% or more, or a customs value above the price.
    """
    check_rate(rate)
    check_value(value)
    base = Base.CUSTOMS if base == Base.TRANSFER else base
    return _evaluate(share_of_price(RATE, VALUE, sp.Integer(base)), {RATE: rate, VALUE: value})


def constant_elasticity(
    cost: ArrayLike,
    elasticity: ArrayLike,
    sellers: ArrayLike = 1,
    share: ArrayLike = 0.0,
    unit: ArrayLike = 0.0,
    scale: ArrayLike = 1.0,
    quota: ArrayLike = 1.0,
) -> Outcome:
    """Return the outcome of a levy under demand Q = scale p^-elasticity.

    share is the part of the price that is taken, unit the fixed sum, quota the cap over the free quantity without a
    levy. Raises ValueError for a share of 1 or more, or an elasticity (or N times it) of 1 or less.
    """
    check_rate(share)
    check_conduct(elasticity, sellers)
    _between("the quota", quota, 0, 1, "it is a part of what would be sold freely")
    values = {COST: cost, ELASTICITY: elasticity, SELLERS: sellers, SHARE: share, UNIT: unit, SCALE: scale}
    return _market(CONSTANT, values | {QUOTA: quota})


def linear(
    choke: ArrayLike,
    slope: ArrayLike,
    cost: ArrayLike,
    sellers: ArrayLike = 1,
    share: ArrayLike = 0.0,
    unit: ArrayLike = 0.0,
    quota: ArrayLike = 1.0,
) -> Outcome:
    """Return the outcome of a levy under demand p = choke - slope Q; other arguments as in `constant_elasticity`.

    Raises ValueError for a share of 1 or more, fewer than one seller, or a cost above the choke price.
    """
    check_rate(share)
    if not (np.asarray(sellers, dtype=float) >= 1).all():
        raise ValueError(f"the number of sellers is {sellers!r}; expected at least 1")
    if not (np.asarray(cost, dtype=float) < np.asarray(choke, dtype=float)).all():
        raise ValueError(f"the cost is {cost!r}; expected below the choke price {choke!r}: nothing would be sold")
    _between("the quota", quota, 0, 1, "it is a part of what would be sold freely")
    values = {CHOKE: choke, SLOPE: slope, COST: cost, SELLERS: sellers, SHARE: share, UNIT: unit, QUOTA: quota}
    return _market(LINEAR, values)


@cache
def _general(market: Market) -> dict[str, sp.Expr]:
    return _outcome(market, SHARE, UNIT)


def _market(market: Market, values: Mapping[sp.Symbol, ArrayLike]) -> Outcome:
    return Outcome(**{name: _evaluate(expression, values) for name, expression in _general(market).items()})


def normal(
    rate: ArrayLike,
    value: ArrayLike = 1.0,
    base: ArrayLike = Base.SALE,
    demand: ArrayLike = Demand.CONSTANT,
    elasticity: ArrayLike = 2.0,
    sellers: ArrayLike = 1,
    quota: ArrayLike = 1.0,
    margin: ArrayLike = 0.7,
) -> dict[str, np.ndarray]:
    """Return every outcome of `expressions` at numbers, broadcast over the inputs.

    The elasticity is that at the free price without a levy, for either demand. Raises ValueError as
    `constant_elasticity`, and for a customs value above the price or a margin outside 0 to 1.
    """
    check_rate(rate)
    check_value(value)
    check_conduct(elasticity, sellers)
    _between("the quota", quota, 0, 1, "it is a part of what would be sold freely")
    _between("the gross margin", margin, 0, 1, "it is a share of the price")
    values = dict(zip(SYMBOLS, (rate, value, base, demand, elasticity, sellers, quota, margin), strict=True))
    return {name: _evaluate(expression, values) for name, expression in expressions().items()}


def value(expression: sp.Expr, inputs: Mapping[str, float]) -> float:
    """Return an expression in `SYMBOLS` at numbers given by the names of the symbols; checks nothing."""
    return float(_evaluate(expression, {symbol: inputs[symbol.name] for symbol in SYMBOLS}))


def margin_after(margin: ArrayLike, share: ArrayLike) -> np.ndarray:
    """Return the gross margin on what is left after a levy at an unchanged price: 1 - (1-m)/(1-s).

    The margin before the levy is a share of the price. Raises ValueError for a share of 1 or more.
    """
    check_rate(share)
    _between("the gross margin", margin, 0, 1, "it is a share of the price")
    return _evaluate(MARGIN_AFTER, {MARGIN: margin, SHARE: share})


def unit_profit(price: ArrayLike, margin: ArrayLike, share: ArrayLike) -> np.ndarray:
    """Return the profit on one unit at an unchanged price, p (m - s), in the unit of price; below 0 no sale is better.

    Raises ValueError for a share of 1 or more, or a margin outside 0 to 1.
    """
    check_rate(share)
    _between("the gross margin", margin, 0, 1, "it is a share of the price")
    return np.asarray(price, dtype=float) * (np.asarray(margin, dtype=float) - np.asarray(share, dtype=float))


def break_even_made(elsewhere: ArrayLike) -> np.ndarray:
    """Return the share of the price from which no sale is better for a unit already made: 1 - s/p.

    elsewhere is what it fetches otherwise, as a share of the price; the cost of making it is sunk. For a unit still
    to be made the same share is its gross margin. Raises ValueError outside 0 to 1.
    """
    _between("the value elsewhere", elsewhere, 0, 1, "above the price nobody would sell here even without a levy")
    return 1 - np.asarray(elsewhere, dtype=float)


def peak(demand: Demand, elasticity: float, sellers: float = 1) -> float:
    """Return the share of the sale price that raises most, between 0 and 1.

    Under constant elasticity it is 1/e whatever the number of sellers; under linear demand, with that elasticity at
    the price without a levy, it is found numerically to 1e-9. Raises ValueError as `normal`.
    """
    check_conduct(elasticity, sellers)
    if demand == Demand.CONSTANT:
        return float(_evaluate(PEAK, {ELASTICITY: elasticity}))
    cost, choke = 1 - 1 / (sellers * elasticity), 1 + 1 / elasticity
    return linear_peak(choke, 1 / elasticity, cost, sellers)


def linear_peak(choke: float, slope: float, cost: float, sellers: float = 1) -> float:
    """Return the share of the price that raises most under linear demand, between 0 and 1."""

    def lost(share: float) -> float:
        return -float(linear(choke, slope, cost, sellers, share).receipts)

    most = 1 - cost / choke  # from here on nothing is sold
    return float(minimize_scalar(lost, bounds=(0.0, most), method="bounded", options={"xatol": 1e-10}).x)


def more_than(rate: float, other: float) -> float:
    """Return the elasticity below which a rate raises more than a lower one, under constant elasticity.

    It solves t (1-t)^(e-1) = u (1-u)^(e-1) for e. Raises ValueError unless 0 < other < rate < 1.
    """
    if not 0 < other < rate < 1:
        raise ValueError(f"the rates are {other!r} and {rate!r}; expected 0 < lower < higher < 1")
    return 1 + float(np.log(rate / other) / np.log((1 - other) / (1 - rate)))


def best_rate(fall: ArrayLike, elasticity: ArrayLike) -> np.ndarray:
    """Return the share of the price that maximises expected receipts when odds fall with it.

    Odds of a sale are proportional to exp(-fall t), receipts follow constant elasticity: the first-order condition
    fall = 1/t - (e-1)/(1-t) is quadratic in t. Raises ValueError for a negative fall or an elasticity of 1 or less.
    """
    check_conduct(elasticity, 1)
    _between("the fall of the odds", fall, 0, np.inf, "odds that rise with the rate would have no best one")
    return _evaluate(BEST, {FALL: fall, ELASTICITY: elasticity})


def fall_for(rate: ArrayLike, elasticity: ArrayLike) -> np.ndarray:
    """Return the relative fall of the odds, for each unit of the rate, that makes a rate the best one.

    Below zero the rate lies beyond the peak of receipts: no falling odds make it best.
    """
    check_rate(rate)
    check_conduct(elasticity, 1)
    return _evaluate(FALL_AT, {RATE: rate, ELASTICITY: elasticity})


def odds_needed(rate: ArrayLike, other: ArrayLike, elasticity: ArrayLike) -> np.ndarray:
    """Return by how much odds must be higher at a rate than at a lower one for the seller to gain from it.

    Free pricing under constant elasticity, where the seller's profit goes with (1-t)^e. Raises ValueError for a rate
    of 100% or more, or an elasticity of 1 or less.
    """
    for each in (rate, other):
        check_rate(each)
    check_conduct(elasticity, 1)
    higher, lower, e = (np.asarray(values, dtype=float) for values in (rate, other, elasticity))
    return ((1 - lower) / (1 - higher)) ** e
