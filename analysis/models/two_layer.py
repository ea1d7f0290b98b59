"""Two-stage linear programmes with recourse, and the mix of compute as one of them.

First decide, then see which future came, then make the best of it. Expected cost and CVaR are weighed against
each other; the value of perfect information and of the stochastic solution follow from three more programmes.

Sources: Birge and Louveaux, *Introduction to Stochastic Programming*, 2nd edition, Springer 2011, chapters 1 and 4
(recourse, EVPI, VSS); Rockafellar and Uryasev, "Optimization of conditional value-at-risk", Journal of Risk 2(3),
2000 (CVaR as a linear programme). HiGHS solves them through SciPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import linprog

FloatArray = NDArray[np.float64]

WORK = ("pretraining", "finetuning", "prefill", "decode")
PLACES = ("imported", "domestic", "home", "offshore", "short")
STACKS = ("imported", "domestic", "not done")
CHOICES = ("imported", "domestic", "spare_imported", "spare_domestic", "home", "offshore")
HOURS = 8760.0


@dataclass(frozen=True)
class Programme:
    """A two-stage linear programme over S futures with n decisions, m answers and r conditions each.

    `probability` (S,); `first` (S, n) and `second` (S, m) are costs; a future's answers y meet
    `technology[s] @ x + recourse @ y <= right[s]` with x and y not negative and x up to `upper` (n,). Shapes:
    `technology` (S, r, n), `recourse` (r, m), `right` (S, r). Raises ValueError for shapes that do not fit, for
    probabilities that are negative or do not add to 1, and for a number that is not finite (`upper` may be inf).
    """

    probability: FloatArray
    first: FloatArray
    second: FloatArray
    technology: FloatArray
    recourse: FloatArray
    right: FloatArray
    upper: FloatArray

    def __post_init__(self) -> None:
        futures, decisions = np.shape(self.first)
        rows, answers = np.shape(self.recourse)
        expected = {
            "probability": (futures,), "second": (futures, answers), "technology": (futures, rows, decisions),
            "right": (futures, rows), "upper": (decisions,),
        }  # fmt: skip
        for name, shape in expected.items():
            if np.shape(getattr(self, name)) != shape:
                raise ValueError(f"{name} has the shape {np.shape(getattr(self, name))}; expected {shape}.")
        for name in ("probability", "first", "second", "technology", "recourse", "right"):
            if not np.all(np.isfinite(getattr(self, name))):
                raise ValueError(f"{name} holds a value that is not finite.")
        if np.any(self.probability < 0) or abs(self.probability.sum() - 1) > 1e-9:
            raise ValueError(f"probabilities must not be negative and must add to 1, got {self.probability}.")


@dataclass(frozen=True)
class Plan:
    """A solved programme: decisions `x` (n,), answers `y` (S, m), cost by future (S,), mean, CVaR and objective."""

    x: FloatArray
    y: FloatArray
    costs: FloatArray
    mean: float
    tail: float
    objective: float


def cvar(costs: ArrayLike, probability: ArrayLike, level: float) -> float:
    """Return the mean of the worst `1 - level` of costs, shapes (S,): Rockafellar and Uryasev's formula at its best z.

    `min_z z + E[(cost - z)+] / (1 - level)`; the least z is a quantile, so the minimum is among the costs.
    Raises ValueError for a level outside [0, 1).
    """
    if not 0 <= level < 1:
        raise ValueError(f"level must lie in [0, 1), got {level}.")
    costs, weights = np.asarray(costs, dtype=float), np.asarray(probability, dtype=float)
    order = np.argsort(costs)
    reached = np.searchsorted(np.cumsum(weights[order]), level - 1e-12)
    edge = costs[order][min(reached, costs.size - 1)]
    return float(edge + weights @ np.maximum(costs - edge, 0) / (1 - level))


def solve(programme: Programme, aversion: float = 0.0, level: float = 0.9, fixed: ArrayLike | None = None) -> Plan:
    """Return the plan with the least `(1 - aversion) * mean + aversion * CVaR` of cost at `level`.

    `fixed` (n,) holds the decisions where they are already taken. Raises ValueError for an aversion outside
    [0, 1] or a level outside [0, 1), RuntimeError where HiGHS finds no optimum.
    """
    if not 0 <= aversion <= 1 or not 0 <= level < 1:
        raise ValueError(f"aversion {aversion} must lie in [0, 1] and level {level} in [0, 1).")
    kept = programme.probability > 0  # what cannot happen takes no part
    weight, first, second = programme.probability[kept], programme.first[kept], programme.second[kept]
    (futures, decisions), (rows, answers) = first.shape, programme.recourse.shape
    blocks = sparse.kron(sparse.identity(futures), sparse.csr_matrix(programme.recourse))
    left = sparse.csr_matrix(programme.technology[kept].reshape(futures * rows, decisions))
    conditions, right = sparse.hstack([left, blocks]), programme.right[kept].ravel()
    cost = np.concatenate([weight @ first, (weight[:, None] * second).ravel()]) * (1 - aversion)
    upper = [*programme.upper, *[np.inf] * (futures * answers)]
    lower = [0.0] * len(upper)
    if fixed is not None:
        lower[:decisions] = upper[:decisions] = [float(value) for value in np.asarray(fixed, dtype=float)]
    if aversion:  # z, and by how much each future's cost exceeds it
        spread = sparse.csr_matrix(
            (second.ravel(), np.arange(futures * answers), np.arange(0, futures * answers + 1, answers)),
            shape=(futures, futures * answers),
        )
        excess = sparse.hstack([first, spread, -np.ones((futures, 1)), -sparse.identity(futures)])
        conditions = sparse.vstack([sparse.hstack([conditions, sparse.csr_matrix((right.size, 1 + futures))]), excess])
        right = np.concatenate([right, np.zeros(futures)])
        cost = np.concatenate([cost, [aversion], aversion * weight / (1 - level)])
        lower, upper = [*lower, -np.inf, *[0.0] * futures], [*upper, *[np.inf] * (1 + futures)]
    found = _optimum(cost, conditions, right, lower, upper)
    x = found[:decisions]
    y = np.zeros((kept.size, answers))
    y[kept] = found[decisions : decisions + futures * answers].reshape(futures, answers)
    costs = programme.first @ x + (programme.second * y).sum(axis=1)
    mean = float(programme.probability @ costs)
    tail = cvar(costs[kept], weight, level)
    return Plan(x, y, costs, mean, tail, (1 - aversion) * mean + aversion * tail)


def wait_and_see(programme: Programme) -> FloatArray:
    """Return the cost of each future (S,) for one who knows it before deciding: its own best plan.

    They do not depend on the probabilities; weighed with them they give the expected cost of knowing. All futures
    are solved in one programme, in which nothing ties them together.
    """
    cost = np.hstack([programme.first, programme.second])
    upper = np.concatenate([programme.upper, np.full(programme.recourse.shape[1], np.inf)])
    found = _optimum(
        cost.ravel(),
        sparse.block_diag([np.hstack([left, programme.recourse]) for left in programme.technology]),
        programme.right.ravel(),
        np.zeros(cost.size),
        np.tile(upper, len(cost)),
    )
    return (cost * found.reshape(cost.shape)).sum(axis=1)


def _optimum(cost: ArrayLike, left: sparse.spmatrix, right: ArrayLike, low: ArrayLike, high: ArrayLike) -> FloatArray:
    bounds = np.column_stack([low, high])
    found = linprog(cost, A_ub=left.tocsr(), b_ub=right, bounds=bounds, method="highs-ds")
    if found.status != 0:
        raise RuntimeError(f"HiGHS found no optimum: {found.message}")
    return found.x


def average(programme: Programme) -> Programme:
    """Return the programme of the mean future: every uncertain number replaced by its expectation."""
    weight = programme.probability

    def mean(values: FloatArray) -> FloatArray:
        return np.tensordot(weight, values, axes=1)[None]

    return replace(
        programme,
        probability=np.ones(1),
        first=mean(programme.first),
        second=mean(programme.second),
        technology=mean(programme.technology),
        right=mean(programme.right),
    )


@dataclass(frozen=True)
class Worth:
    """Expected costs of knowing (wait and see), of the stochastic plan and of the plan for the mean future."""

    knowing: float
    planning: float
    averaging: float

    @property
    def evpi(self) -> float:
        """Expected value of perfect information, never negative."""
        return self.planning - self.knowing

    @property
    def vss(self) -> float:
        """Value of the stochastic solution, never negative."""
        return self.averaging - self.planning


def worth(programme: Programme, known: ArrayLike | None = None) -> Worth:
    """Return what knowing, planning for all futures and planning for the mean one cost in expectation.

    `known` (S,) are the costs of `wait_and_see` where they are at hand.
    Source: Birge and Louveaux 2011, chapter 4: wait and see <= stochastic plan <= plan of the mean future.
    """
    mean_plan = solve(average(programme)).x
    each = wait_and_see(programme) if known is None else np.asarray(known, dtype=float)
    knowing = float(programme.probability @ each)
    return Worth(knowing, solve(programme).mean, solve(programme, fixed=mean_plan).mean)


@dataclass(frozen=True)
class Terms:
    """What the mix of compute costs and does, for one year of work.

    Work is counted in years of one H200 at the same kind of work. `work` (4,) is the mean demand in the order of
    WORK, of which `reserved` (a share) may run on domestic chips at home only. `domestic` and `home` (4,) are what
    one card of each does of an H200's work. Money is USD: `imported_year` and `domestic_year` for owning a chip
    for a year, `running_imported` and `running_domestic` for working it, `undelivered` for an ordered chip that
    never comes, `home_rent` and `offshore_rent` for a rented card, `port` for moving one unit of work to the
    domestic stack beforehand and `rush` for doing so once the future is known, `unserved` for one unit of work not
    done. `spare` is the price of a spare chip over that of one at work. Caps are shares of the mean demand,
    `offshore_share` that of the work free to run abroad.
    """

    work: FloatArray
    reserved: float
    domestic: FloatArray
    home: FloatArray
    imported_year: float
    domestic_year: float
    running_imported: float
    running_domestic: float
    undelivered: float
    home_rent: float
    offshore_rent: float
    port: float
    rush: float
    unserved: float
    spare: float
    domestic_cap: float
    home_cap: float
    short_cap: float
    offshore_share: float


@dataclass(frozen=True)
class Futures:
    """What can happen, arrays of shape (S,): probability; share of the year for which imported chips are there, and
    that for which they had to be paid; share of the domestic order that comes; share of each layer's chips that is
    up; share of the year for which capacity abroad is open; demand over its mean; short rent, USD a card and year.
    """

    probability: FloatArray
    imported: FloatArray
    paid: FloatArray
    domestic: FloatArray
    up_imported: FloatArray
    up_domestic: FloatArray
    offshore: FloatArray
    demand: FloatArray
    short_rent: FloatArray


def mix(terms: Terms, futures: Futures, layers: tuple[bool, bool] = (True, True)) -> Programme:
    """Return the programme of the mix: order and rent first; place, rent short and pay for what is not done after.

    `layers` says whether the operator can deliver on imported (chips and rentals of that stack) and on domestic
    chips. Decisions: CHOICES in chips or cards, then work moved to the domestic stack beforehand, by WORK.
    Answers: card-years by PLACES and WORK for work free to move, work moved in a hurry, free work not done, and
    where a part is reserved domestic card-years for it and reserved work not done. Spares fill in for what is down,
    up to the chips at work.
    """
    count, kinds, places = futures.probability.size, len(WORK), len(PLACES)
    effect = np.vstack([np.ones(kinds), terms.domestic, terms.home, np.ones((2, kinds))])
    choices, answers = len(CHOICES) + kinds, (places + 4) * kinds
    free, reserved = (1 - terms.reserved) * terms.work, terms.reserved * terms.work
    total = float(terms.work.sum())
    on = {name: slice(i * kinds, (i + 1) * kinds) for i, name in enumerate((*PLACES, "rush", "free", "held", "kept"))}
    at = {name: i for i, name in enumerate(CHOICES)}

    recourse = np.zeros((9 + 3 * kinds, answers))
    technology = np.zeros((count, *recourse.shape[:1], choices))
    right = np.zeros((count, recourse.shape[0]))
    for row, (place, share, up) in enumerate(
        (("imported", futures.imported, futures.up_imported), ("domestic", futures.domestic, futures.up_domestic))
    ):
        # At most as many chips as were to be at work, and at most those that are up plus the spares.
        recourse[2 * row : 2 * row + 2, on[place]] = 1
        technology[:, 2 * row, at[place]] = -share
        technology[:, 2 * row + 1, at[place]] = -share * up
        technology[:, 2 * row + 1, at[f"spare_{place}"]] = -share
    recourse[2:4, on["held"]] = 1
    recourse[4, on["home"]], recourse[5, on["offshore"]], recourse[6, on["short"]] = 1, 1, 1
    technology[:, 4, at["home"]], technology[:, 5, at["offshore"]] = -1, -futures.offshore
    right[:, 6] = terms.short_cap * total * futures.offshore * layers[0]
    recourse[7, on["offshore"]], recourse[7, on["short"]] = 1, 1
    right[:, 7] = terms.offshore_share * free.sum() * futures.demand
    technology[:, 8, [at["domestic"], at["spare_domestic"]]] = 1
    right[:, 8] = terms.domestic_cap * total / float(terms.domestic @ terms.work / total)
    for kind in range(kinds):
        moved, served, kept = 9 + kind, 9 + kinds + kind, 9 + 2 * kinds + kind
        recourse[moved, on["domestic"].start + kind] = effect[1, kind]
        recourse[moved, on["rush"].start + kind] = -1
        technology[:, moved, len(CHOICES) + kind] = -1
        for place, name in enumerate(PLACES):
            recourse[served, on[name].start + kind] = -effect[place, kind]
        recourse[served, on["free"].start + kind] = recourse[kept, on["kept"].start + kind] = -1
        recourse[kept, on["held"].start + kind] = -effect[1, kind]
        right[:, served], right[:, kept] = -free[kind] * futures.demand, -reserved[kind] * futures.demand

    first = np.zeros((count, choices))
    first[:, at["imported"]] = terms.imported_year * futures.paid + terms.undelivered * (futures.paid == 0)
    first[:, at["domestic"]] = terms.domestic_year * futures.domestic
    for place in ("imported", "domestic"):
        first[:, at[f"spare_{place}"]] = terms.spare * first[:, at[place]]
    first[:, at["home"]], first[:, at["offshore"]] = terms.home_rent, terms.offshore_rent * futures.offshore
    first[:, len(CHOICES) :] = terms.port
    second = np.zeros((count, answers))
    second[:, on["imported"]] = terms.running_imported
    second[:, on["domestic"]] = second[:, on["held"]] = terms.running_domestic
    second[:, on["short"]] = futures.short_rent[:, None]
    second[:, on["rush"]], second[:, on["free"]], second[:, on["kept"]] = terms.rush, terms.unserved, terms.unserved

    upper = np.full(choices, np.inf)
    upper[at["home"]] = terms.home_cap * total
    for able, names in zip(
        layers, (("imported", "spare_imported", "home", "offshore"), ("domestic", "spare_domestic")), strict=True
    ):
        if not able:
            upper[[at[name] for name in names]] = 0
    if not terms.reserved:  # nothing is kept apart: the last answers and conditions fall away
        columns, rows = slice(None, -2 * kinds), slice(None, -kinds)
        second, recourse = second[:, columns], recourse[rows, columns]
        technology, right = technology[:, rows], right[:, rows]
    return Programme(futures.probability, first, second, technology, recourse, right, upper)


def shares(terms: Terms, plan: Plan) -> dict[str, float]:
    """Return each choice of a plan as a share of the mean demand, in years of an H200's work.

    Rented and domestic cards count with what they do of the mean work; spares are not counted as work of their own
    but by the same measure.
    """
    mean = terms.work / terms.work.sum()
    effect = {"domestic": float(terms.domestic @ mean), "spare_domestic": float(terms.domestic @ mean),
              "home": float(terms.home @ mean)}  # fmt: skip
    total = float(terms.work.sum())
    return {name: float(plan.x[i]) * effect.get(name, 1.0) / total for i, name in enumerate(CHOICES)}


def placement(terms: Terms, plan: Plan, probability: FloatArray) -> FloatArray:
    """Return the expected free work done by stack and kind, shape (3, 4): STACKS by WORK.

    A plan leaves open which card of the imported stack does what, and how two kinds of work share places on which
    every card stands to the other alike: cards are taken together, and such kinds get equal shares of each stack.
    """
    kinds, places = len(WORK), len(PLACES)
    effect = np.vstack([np.ones(kinds), terms.domestic, terms.home, np.ones((2, kinds))])
    expected = probability @ plan.y
    done = expected[: places * kinds].reshape(places, kinds) * effect
    domestic = done[PLACES.index("domestic")]
    missing = expected[(places + 1) * kinds : (places + 2) * kinds]
    found = np.vstack([done.sum(axis=0) - domestic, domestic, missing])
    _, alike = np.unique(effect.round(9), axis=1, return_inverse=True)
    for group in set(alike.ravel()):
        members = alike.ravel() == group
        found[:, members] = (
            found[:, members].sum(axis=1, keepdims=True) * (terms.work / terms.work[members].sum())[members]
        )
    return found
