"""Who buys what under limited supply: a logit demand with capacities and a pairing ratio as one concave programme.

Segments g with demand N_g choose shares x_gj of products j:

    maximise   sum_g N_g ( sum_j x_gj v_gj - sum_j x_gj ln x_gj )
    such that  sum_j x_gj = 1,   sum_gj N_g r_mgj x_gj <= b_m   for every limit m.

Without a binding limit the answer is the multinomial logit: the entropy form of Anderson, de Palma and Thisse,
"A representative consumer theory of the logit model", International Economic Review 29(3), 1988. With limits the
dual has one multiplier a limit and is smooth,

    minimise over lambda >= 0   sum_g N_g ln sum_j exp(v_gj - sum_m lambda_m r_mgj) + sum_m b_m lambda_m,

so shares stay a softmax of utilities less rents, and the multipliers are the scarcity rents. With a handful of
limits Newton's method on the multipliers that are free, in the manner of Bertsekas, "Projected Newton methods for
optimization problems with simple constraints", SIAM J. Control Optim. 20(2), 1982, is exact to the last digits
and faster than a general solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

TOLERANCE = 1e-9  # of a limit that is met, as a share of the whole demand
EXACT = 1e-13  # of the conditions of the optimum, in the same measure
STEPS = 300
SPREAD = 16.0  # of utilities that is solved in one go


@dataclass(frozen=True)
class Limits:
    """Linear limits: use[m, g, j] is what a unit of demand of g served by j takes of it, bound[m] what there is."""

    use: np.ndarray
    bound: np.ndarray


@dataclass(frozen=True)
class Allocation:
    """shares[g, j] sum to one over products; rents[m] are the multipliers, in utility for a unit of limit m."""

    shares: np.ndarray
    rents: np.ndarray
    slack: np.ndarray


def limits(
    size: ArrayLike,
    work: ArrayLike,
    capacity: ArrayLike,
    pairing: float = 0.0,
    imported: int = 0,
    domestic: int = 1,
    each_buyer: bool = False,
) -> Limits:
    """Return chip capacities and the pairing ratio as limits, counted in chips.

    size[g] is demand in units of work, work[g, j] the work of one chip of j for segment g (infinite where a
    product takes no chip), capacity[j] the chips of j (infinite where there is no limit). pairing asks for that
    many domestic chips with each imported one, of all buyers together or, with each_buyer, of every segment.
    The order is capacities by product, then the ratio. Raises ValueError for a negative capacity or ratio; a
    product without any chip is one that is closed: give it a utility of minus infinity instead.
    """
    size, work, capacity = (np.asarray(values, dtype=float) for values in (size, work, capacity))
    if not (capacity > 0).all() or pairing < 0:
        raise ValueError(
            f"capacity {capacity} and pairing ratio {pairing}; expected chips above 0, a ratio of 0 or more"
        )
    chips = 1 / work
    rows, bounds = [], []
    for j in np.flatnonzero(np.isfinite(capacity)):
        row = np.zeros_like(chips)
        row[:, j] = chips[:, j]
        rows.append(row)
        bounds.append(capacity[j])
    if pairing > 0:
        ratio = np.zeros_like(chips)
        ratio[:, imported], ratio[:, domestic] = pairing * chips[:, imported], -chips[:, domestic]
        parts = np.eye(len(size))[:, :, None] * ratio if each_buyer else ratio[None]
        rows.extend(parts)
        bounds.extend([0.0] * len(parts))
    shape = (-1, *chips.shape)
    return Limits(np.array(rows).reshape(shape), np.array(bounds, dtype=float))


def allocate(size: ArrayLike, utility: ArrayLike, limit: Limits) -> Allocation:
    """Return the shares and rents of the programme.

    size[g] > 0, utility[g, j] finite or minus infinity for a product that is closed to a segment. Raises
    ValueError for other inputs, and where the limits cannot all be met.
    """
    size, utility = np.asarray(size, dtype=float), np.asarray(utility, dtype=float)
    if not (np.isfinite(size).all() and (size > 0).all()):
        raise ValueError(f"size is {size}; expected positive numbers")
    if np.isnan(utility).any() or (utility == np.inf).any() or not np.isfinite(utility.max(axis=1)).all():
        raise ValueError("utility has a segment without an open product, or a value that is not a number")
    if not len(limit.bound):
        return Allocation(softmax(utility, axis=1), np.zeros(0), np.zeros(0))
    # Limits are scaled to the whole demand and to their own size, so that every multiplier is of order one.
    demand = size.sum()
    weight = size / demand
    height = np.abs(limit.use).max(axis=(1, 2), initial=0.0)
    height = np.where(height > 0, height, 1.0)
    use, bound = limit.use / height[:, None, None], limit.bound / height / demand
    open_use = np.where(np.isfinite(utility), use, 0.0)
    flat = open_use.reshape(len(bound), utility.size)
    taking = flat * np.repeat(weight, utility.shape[1])

    def shares_of(rents: np.ndarray, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        value = scale * utility - (rents @ flat).reshape(utility.shape)
        top = value.max(axis=1, keepdims=True)
        grown = np.exp(value - top)
        total = grown.sum(axis=1, keepdims=True)
        return grown / total, (top + np.log(total))[:, 0]

    def dual(rents: np.ndarray, scale: float = 1.0) -> tuple[float, np.ndarray]:
        shares, logsum = shares_of(rents, scale)
        return float(weight @ logsum + bound @ rents), bound - taking @ shares.ravel()

    # Far apart utilities make the softmax flat almost everywhere: they are drawn apart in steps, each from the last.
    spread = np.ptp(utility[np.isfinite(utility)])
    rents = np.zeros(len(bound))
    for scale in 2.0 ** -np.arange(max(0, int(np.ceil(np.log2(max(spread, 1.0) / SPREAD)))), -1, -1):
        rents = _newton(
            lambda r, f=scale: dual(r, f),
            lambda r, f=scale: _curvature(shares_of(r, f)[0], weight, open_use),
            2 * rents,
        )
    slack = dual(rents)[1]
    if (slack < -TOLERANCE).any():
        raise ValueError("the limits cannot all be met: some segment has no product that is left to it")
    return Allocation(shares_of(rents)[0], rents / height, slack * height * demand)


def _curvature(shares: np.ndarray, weight: np.ndarray, use: np.ndarray) -> np.ndarray:
    mean = (use * shares).sum(axis=2)
    flat = use.reshape(len(use), -1)
    return (flat * (weight[:, None] * shares).ravel()) @ flat.T - (mean * weight) @ mean.T


def _newton(dual: object, curvature: object, rents: np.ndarray) -> np.ndarray:
    """Find the minimum over rents >= 0: Newton steps on the free multipliers, as far as the first that gets to zero.

    Two limits can be one and the same (a ratio and both capacities): the curvature is then flat in one direction,
    and the ridge lets the step run along it to the boundary, where one of the multipliers leaves.
    """
    for _ in range(STEPS):
        value, slope = dual(rents)
        if np.abs(np.minimum(rents, slope)).max() < EXACT:
            break
        free = (rents > 0) | (slope < 0)
        full = curvature(rents)
        ridge = 1e-12 * max(float(np.trace(full)), 1e-12)
        step = np.zeros_like(rents)
        while free.any():
            step[:] = 0.0
            block = full[np.ix_(free, free)] + ridge * np.eye(int(free.sum()))
            step[free] = -np.linalg.solve(block, slope[free])
            stuck = free & (rents == 0) & (step < 0)
            if not stuck.any():
                break
            free &= ~stuck
        falling = step < 0
        reach = np.full_like(rents, np.inf)
        reach[falling] = rents[falling] / -step[falling]
        length = min(1.0, float(reach.min()))
        for _ in range(40):
            trial = rents + length * step
            trial[reach <= length] = 0.0
            trial = np.maximum(trial, 0.0)
            # Near the minimum the value no longer tells steps apart, and the Newton step is right.
            if dual(trial)[0] <= value + 1e-13 * (1 + abs(value)):
                break
            length /= 2
        else:
            break
        if np.array_equal(trial, rents):
            break
        rents = trial
    return rents


def work_rate(seconds_each: ArrayLike) -> float:
    """Return the rate of a mix of work: one over the time that one unit of the mix takes (a harmonic mean)."""
    return 1.0 / float(np.sum(np.asarray(seconds_each, dtype=float)))


def utility(cost: ArrayLike, alpha: float, penalty: ArrayLike, policy: ArrayLike) -> np.ndarray:
    """Return -alpha ln cost - penalty + policy; cost is that of a unit of work over a reference, all positive."""
    cost = np.asarray(cost, dtype=float)
    if not (cost > 0).all():
        raise ValueError("cost of a unit of work must be positive")
    return -alpha * np.log(cost) - np.asarray(penalty, dtype=float) + np.asarray(policy, dtype=float)


def premium(rent: ArrayLike, alpha: float, work: ArrayLike = 1.0) -> np.ndarray:
    """Return the rise of price, as a share of it, that a rent on a chip stands for: exp(rent / (alpha work)) - 1.

    rent is in utility for a chip, work what the chip does; a price raised so far would have the same effect as
    the limit, since utility falls with alpha times the logarithm of cost.
    """
    return np.expm1(np.asarray(rent, dtype=float) / (alpha * np.asarray(work, dtype=float)))


def penalty_bounds(
    alpha: ArrayLike, log_cost: tuple[float, float], log_odds: tuple[float, float], imports_limited: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the switching penalties (low, high) that one observed pair of shares allows at each alpha.

    In the logit ln(domestic share / imported share) = -alpha ln(cost ratio) - k. log_cost and log_odds are the
    intervals of the two logarithms. Where imports were limited, the odds would have been lower without the limit,
    so that only the lower bound on k stands and the upper is infinite.
    """
    alpha = np.asarray(alpha, dtype=float)
    low = -alpha * log_cost[1] - log_odds[1]
    high = np.full_like(low, np.inf) if imports_limited else -alpha * log_cost[0] - log_odds[0]
    return low, high
