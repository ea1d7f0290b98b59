"""The way from a filed licence to chips in a hall: two capitals, one regime, and a window that can close.

A lot passes three stages in order (US review, China's permission, test and shipping) and is then
delivered. Two things are shared by all lots: a regime that is open or frozen and slows stages while
frozen, and for each capital one clock that closes the window for every lot still inside. Given those,
lots are independent. All hazards are events a day, piecewise constant in days from an origin.

One lot is a continuous-time Markov chain whose passage times are of phase type (Neuts 1981,
*Matrix-Geometric Solutions in Stochastic Models*); `state_probabilities` solves it by matrix
exponentials. `simulate` runs many lots by inverting cumulative hazards at unit-exponential amounts of
work (Cinlar 1975, *Introduction to Stochastic Processes*), which needs no loop over draws or lots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import groupby, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm

FloatArray = NDArray[np.float64]
Rate = float | FloatArray
Factors = tuple[float, float, float]
T = TypeVar("T")

STAGES = ("us_review", "china_permission", "test_and_ship")
CLOSURES = ("closed_by_washington", "closed_by_beijing")
REGIMES = ("open", "frozen")
STATES = (*(f"{stage}/{regime}" for stage in STAGES for regime in REGIMES), "delivered", *CLOSURES)
"""States of one lot in the order of `generator_matrix`: stage and regime while inside, then the ends."""

_BLOCK = 2**16
"""Lots simulated at a time: small enough for a processor's cache, large enough to hide the cost of a call."""

_NEVER = 1e-15
"""Stands for a hazard of zero where time is divided by it: one event in 10^12 years."""


@dataclass(frozen=True)
class Hazards:
    """Hazards a day: a number each, or an array of shape (draws,) each where they are uncertain.

    The three stages' hazards of moving on; the hazards that either capital closes the window for every
    lot; the hazards that the common regime freezes and thaws.

    Raises ValueError for a hazard that is negative, not finite, or of more than one dimension.
    """

    us_review: Rate
    china_permission: Rate
    test_and_ship: Rate
    closed_by_washington: Rate = 0.0
    closed_by_beijing: Rate = 0.0
    freeze: Rate = 0.0
    thaw: Rate = 0.0

    def __post_init__(self) -> None:
        for name in HAZARDS:
            rate = np.asarray(getattr(self, name), dtype=float)
            if rate.ndim > 1 or not np.all(np.isfinite(rate) & (rate >= 0)):
                raise ValueError(f"{name} must be finite and not negative, a day, got {getattr(self, name)}.")


HAZARDS = tuple(entry.name for entry in fields(Hazards))


@dataclass(frozen=True)
class Segment:
    """Hazards that hold from `start` (days from the origin) until the next segment starts."""

    start: float
    hazards: Hazards


@dataclass(frozen=True)
class Pipeline:
    """An approval pipeline.

    `segments` are in order of time and the first starts at 0. `frozen_factor` multiplies each stage's
    hazard while the regime is frozen, in the order of STAGES, each in [0, 1]: a freeze by one capital need
    not slow the other. `starts_frozen` is the probability that the regime is frozen at the origin, and
    `first_stage` is where all lots stand then.

    Raises ValueError when any of this does not hold, or when arrays of hazards differ in length.
    """

    segments: tuple[Segment, ...]
    frozen_factor: Factors = (0.0, 0.0, 0.0)
    starts_frozen: float = 0.0
    first_stage: str = STAGES[0]

    def __post_init__(self) -> None:
        starts = [segment.start for segment in self.segments]
        if not starts or starts[0] != 0 or any(a >= b for a, b in pairwise(starts)):
            raise ValueError(f"segments must start at 0 and then later each time, got starts {starts}.")
        if len(self.frozen_factor) != len(STAGES) or not all(0 <= f <= 1 for f in self.frozen_factor):
            raise ValueError(f"frozen_factor must be three numbers in [0, 1], got {self.frozen_factor}.")
        if not 0 <= self.starts_frozen <= 1:
            raise ValueError(f"starts_frozen must be a probability, got {self.starts_frozen}.")
        if self.first_stage not in STAGES:
            raise ValueError(f"first_stage must be one of {', '.join(STAGES)}, got {self.first_stage}.")
        if len(lengths := self._lengths()) > 1:
            raise ValueError(f"hazards must have arrays of one length, got lengths {sorted(lengths)}.")

    @property
    def draws(self) -> int | None:
        """Number of draws that the hazards are given for, None where every hazard is one number."""
        return next(iter(self._lengths()), None)

    def rates(self, name: str) -> list[Rate]:
        """The hazard `name` (one of HAZARDS) in each segment, a day."""
        return [getattr(segment.hazards, name) for segment in self.segments]

    def _lengths(self) -> set[int]:
        rates = [np.asarray(rate) for name in HAZARDS for rate in self.rates(name)]
        return {rate.size for rate in rates if rate.ndim}


def generator_matrix(hazards: Hazards, frozen_factor: Factors = (0.0, 0.0, 0.0)) -> FloatArray:
    """Generator of one lot on STATES, shape (9, 9), a day: `q[i, j]` is the hazard of going from i to j.

    Rows sum to 0; the rows of the three ends are 0. Source: Neuts 1981, chapter 2.
    Raises ValueError if a hazard is an array.
    """
    for name in HAZARDS:
        if np.ndim(getattr(hazards, name)):
            raise ValueError(f"{name} must be one number for a generator, got an array.")
    matrix = np.zeros((len(STATES), len(STATES)))
    delivered = STATES.index("delivered")
    for stage, name in enumerate(STAGES):
        for frozen in (0, 1):
            here = 2 * stage + frozen
            onward = here + 2 if stage + 1 < len(STAGES) else delivered
            matrix[here, onward] = getattr(hazards, name) * (frozen_factor[stage] if frozen else 1.0)
            matrix[here, 2 * stage + 1 - frozen] = hazards.thaw if frozen else hazards.freeze
            for end in CLOSURES:
                matrix[here, STATES.index(end)] = getattr(hazards, end)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return matrix


def state_probabilities(pipeline: Pipeline, times: ArrayLike) -> FloatArray:
    """Probability that one lot is in each of STATES at each time, shape (times, 9).

    `times` are days from the origin in any order, shape (times,). `p(t) = p(t_k) expm(Q_k (t - t_k))`
    from segment to segment (Neuts 1981, chapter 2; `scipy.linalg.expm`).

    Raises ValueError for a negative time or for arrays of hazards.
    """
    times = _times("times", times)
    result = np.empty((times.size, len(STATES)))
    state = np.zeros(len(STATES))
    first = 2 * STAGES.index(pipeline.first_stage)
    state[first : first + 2] = 1 - pipeline.starts_frozen, pipeline.starts_frozen
    starts = [segment.start for segment in pipeline.segments]
    for segment, start, end in zip(pipeline.segments, starts, [*starts[1:], np.inf], strict=True):
        matrix = generator_matrix(segment.hazards, pipeline.frozen_factor)
        for index in np.flatnonzero((times >= start) & (times < end)):
            result[index] = state @ expm(matrix * (times[index] - start))
        if np.isfinite(end):
            state = state @ expm(matrix * (end - start))
    return result


def probability_delivered(pipeline: Pipeline, times: ArrayLike) -> FloatArray:
    """Probability that one lot has been delivered by each time, shape (times,); as `state_probabilities`."""
    return state_probabilities(pipeline, times)[:, STATES.index("delivered")]


def simulate(
    pipeline: Pipeline, lots: int, draws: int, rng: np.random.Generator, horizon: float, workers: int | Executor = 1
) -> FloatArray:
    """Delivery times of `lots` lots in `draws` futures, shape (draws, lots), in days from the origin.

    `inf` where a lot is not delivered by `horizon` (days). The lots of one future share its regime and its
    closing clocks. Streams are spawned from `rng` for blocks of fixed size, so the result depends on the
    seed but not on `workers`. For many draws, and for what `workers` can be, see `reduce_simulation`.

    Raises ValueError for counts below 1, a horizon that is not positive and finite, or arrays of hazards
    whose length is not `draws`.
    """
    times = np.empty((lots, draws))
    done = 0
    for block in _run(pipeline, lots, draws, rng, horizon, np.transpose, workers):
        times[:, done : done + block.shape[1]] = block
        done += block.shape[1]
    return times.T


def reduce_simulation(
    pipeline: Pipeline | PipelinePrior,
    lots: int,
    draws: int,
    rng: np.random.Generator,
    horizon: float,
    reduce: Callable[[FloatArray], T],
    workers: int | Executor = 1,
    follow: Callable[[Iterable[T], int], Iterable[T]] | None = None,
) -> list[T]:
    """`reduce(times)` of each block of a simulation, in order, so that memory stays flat in `draws`.

    `times` has shape (block, lots) with the blocks adding up to `draws`. Given a prior instead of a pipeline,
    each block draws its hazards itself: arrays of hazards are then never held for all draws. `workers` is a
    number of threads, or an executor of processes or of a cluster such as Dask's `Client.get_executor()`;
    `reduce` then has to be one that can be sent there. `follow(results, blocks)` is handed the results as
    they come and passes them on, to show progress. Everything else, streams included, is as in `simulate`.
    """
    results = _run(pipeline, lots, draws, rng, horizon, reduce, workers)
    return list(follow(results, len(_blocks(lots, draws))) if follow else results)


def first_delivery_times(
    pipeline: Pipeline, lots: int, draws: int, rng: np.random.Generator, horizon: float, workers: int | Executor = 1
) -> FloatArray:
    """Day of the first delivery among all lots in each future, shape (draws,); as `reduce_simulation`."""
    first = reduce_simulation(pipeline, lots, draws, rng, horizon, partial(np.min, axis=1), workers)
    return np.concatenate(first)


@dataclass(frozen=True)
class Estimate:
    """Monte Carlo estimates, their standard errors and the draws each rests on, of one shape."""

    value: FloatArray
    standard_error: FloatArray
    draws: NDArray[np.int64]


def first_delivery_probability(
    pipeline: Pipeline | PipelinePrior,
    lots: int,
    times: ArrayLike,
    draws: int,
    rng: np.random.Generator,
    workers: int | Executor = 1,
) -> Estimate:
    """Probability that at least one lot has been delivered by each of `times` (days), shape (times,).

    Given a prior, or hazards drawn by `sample_pipelines`, it covers the uncertainty about them too. Raises
    ValueError as `simulate` does, and for negative times.
    """
    times = _times("times", times)
    horizon = max(float(times.max()), 1.0)
    counts = reduce_simulation(pipeline, lots, draws, rng, horizon, partial(_delivered, times), workers)
    return _share(np.sum(counts, axis=0), np.full(times.shape, draws))


def _delivered(days: FloatArray, times: FloatArray) -> NDArray[np.int64]:
    """Futures in which a lot has been delivered by each of `days`."""
    return (times.min(axis=1)[:, None] <= days).sum(axis=0)


def condition_on_no_delivery(first_delivery: ArrayLike, seen: ArrayLike, by: float) -> Estimate:
    """Probability of no delivery by day `by`, given that there was none by each day in `seen`.

    `first_delivery` is a sample from `first_delivery_times` (days, `inf` for never) with a horizon of at
    least `by`; `seen` has shape (n,) and lies in [0, by]. Futures that already delivered are dropped and
    the rest counted, so when the sample was drawn with uncertain hazards they are updated by Bayes' rule.
    `draws` of the result is the number of futures left; the value is NaN where none is.

    Raises ValueError for a `seen` outside [0, by] or an empty sample.
    """
    first = np.sort(np.asarray(first_delivery, dtype=float).ravel())
    seen = _times("seen", seen)
    if not first.size or np.isnan(first[-1]):
        raise ValueError("first_delivery must hold at least one time and no NaN.")
    if np.any(seen > by):
        raise ValueError(f"seen must not be later than by={by}, got {seen.max():g}.")
    waiting = first.size - np.searchsorted(first, seen, side="right")
    return _share(np.full(seen.shape, first.size - np.searchsorted(first, by, side="right")), waiting)


def units_delivered(delivery_times: FloatArray, volumes: ArrayLike, dates: ArrayLike) -> FloatArray:
    """Chips delivered by each date in each future, shape (draws, dates).

    `delivery_times` has shape (draws, lots) in days, `volumes` is chips of shape (lots,) or (draws, lots),
    `dates` days of shape (dates,). Raises ValueError for negative volumes or dates or volumes that do not
    fit the lots.
    """
    volumes, dates = np.asarray(volumes, dtype=float), _times("dates", dates)
    if volumes.shape not in (delivery_times.shape, delivery_times.shape[1:]):
        raise ValueError(f"volumes must match the lots of {delivery_times.shape}, got shape {volumes.shape}.")
    if not np.all(volumes >= 0):
        raise ValueError("volumes must be chips, not negative and without gaps.")
    return np.stack([np.where(delivery_times <= date, volumes, 0).sum(axis=1) for date in dates], axis=1)


def unit_quantiles(units: FloatArray, probabilities: ArrayLike) -> FloatArray:
    """Quantiles over futures of `units` (draws, dates), shape (probabilities, dates), in chips.

    Each quantile is a number of chips that occurs. Raises ValueError for probabilities outside [0, 1].
    """
    return np.quantile(units, np.asarray(probabilities, dtype=float), axis=0, method="inverted_cdf")


@dataclass(frozen=True)
class Gamma:
    """Gamma belief about a hazard: `shape` pseudo-events in `rate` pseudo-days, mean `shape / rate` a day.

    Raises ValueError unless both are above zero.
    """

    shape: float
    rate: float

    def __post_init__(self) -> None:
        if not (self.shape > 0 and self.rate > 0):
            raise ValueError(f"shape and rate must be above zero, got {self.shape} and {self.rate}.")

    @property
    def mean(self) -> float:
        """Mean hazard a day."""
        return self.shape / self.rate


def gamma_posterior(shape: float, rate: float, events: float, exposure: float) -> Gamma:
    """Belief after `events` in `exposure` days, `Gamma(shape + events, rate + exposure)`.

    `shape` 1/2 with `rate` 0 is Jeffreys' prior for a hazard: it is improper, so some exposure is needed.
    Evidence is weighted by scaling events and exposure alike. Source: Gelman et al. 2013, *Bayesian Data
    Analysis*, section 2.6.

    Raises ValueError for a negative argument or a result that is no distribution.
    """
    if min(shape, rate, events, exposure) < 0:
        got = shape, rate, events, exposure
        raise ValueError(f"shape, rate, events and exposure must not be negative, got {got}.")
    return Gamma(shape + events, rate + exposure)


@dataclass(frozen=True)
class Pace:
    """From `start` (days) on, the hazards named in `factors` are multiplied by what is given there."""

    start: float
    factors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PipelinePrior:
    """Beliefs about a pipeline's hazards at pace one, and the pipeline's fixed parts.

    `hazards` maps names of HAZARDS to a `Gamma` or a fixed number a day; the three stages are required
    and what is absent is 0. `paces` are in order of time and the first starts at 0. The rest is as in
    `Pipeline`. Raises ValueError for an unknown or a missing name.
    """

    hazards: Mapping[str, Gamma | float]
    paces: tuple[Pace, ...] = (Pace(0.0),)
    frozen_factor: Factors = (0.0, 0.0, 0.0)
    starts_frozen: float = 0.0
    first_stage: str = STAGES[0]

    def __post_init__(self) -> None:
        named = {*self.hazards, *(name for pace in self.paces for name in pace.factors)}
        if wrong := sorted((named - set(HAZARDS)) | (set(STAGES) - set(self.hazards))):
            raise ValueError(f"hazards must name the three stages and else only {HAZARDS}, check {wrong}.")


def sample_pipelines(prior: PipelinePrior, draws: int, rng: np.random.Generator) -> Pipeline:
    """A pipeline whose uncertain hazards are arrays of shape (draws,), one draw of the prior each.

    A hazard keeps its draw through all segments, times the pace. Raises ValueError for draws below 1.
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, got {draws}.")
    drawn: dict[str, Rate] = {}
    for name in HAZARDS:
        belief = prior.hazards.get(name, 0.0)
        uncertain = isinstance(belief, Gamma)
        drawn[name] = rng.gamma(belief.shape, 1 / belief.rate, draws) if uncertain else float(belief)
    segments = tuple(
        Segment(pace.start, Hazards(**{name: drawn[name] * pace.factors.get(name, 1.0) for name in HAZARDS}))
        for pace in prior.paces
    )
    return Pipeline(segments, prior.frozen_factor, prior.starts_frozen, prior.first_stage)


def _run(
    pipeline: Pipeline | PipelinePrior,
    lots: int,
    draws: int,
    rng: np.random.Generator,
    horizon: float,
    reduce: Callable[[FloatArray], T],
    workers: int | Executor,
) -> Iterator[T]:
    if min(lots, draws, 1 if isinstance(workers, Executor) else workers) < 1:
        raise ValueError(f"lots, draws and workers must be at least 1, got {lots, draws, workers}.")
    if not (horizon > 0 and np.isfinite(horizon)):
        raise ValueError(f"horizon must be above zero and finite, in days, got {horizon}.")
    if isinstance(pipeline, Pipeline) and pipeline.draws not in (None, draws):
        raise ValueError(f"draws must be {pipeline.draws} as in the hazards of the pipeline, got {draws}.")
    blocks = _blocks(lots, draws)
    return _results(
        partial(_reduce_block, lots, horizon, reduce),
        [_cut(pipeline, rows) for rows in blocks],
        [rows.stop - rows.start for rows in blocks],
        rng.spawn(len(blocks)),
        workers,
    )


def _results(
    one: Callable[[Pipeline | PipelinePrior, int, np.random.Generator], T],
    pipelines: list[Pipeline | PipelinePrior],
    sizes: list[int],
    streams: list[np.random.Generator],
    workers: int | Executor,
) -> Iterator[T]:
    if workers == 1:
        yield from map(one, pipelines, sizes, streams)
    elif isinstance(workers, Executor):
        yield from workers.map(one, pipelines, sizes, streams)
    else:
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(one, pipelines, sizes, streams)


def _blocks(lots: int, draws: int) -> list[slice]:
    # Rows shorter than this would be slow, so with very many lots a block grows instead.
    size = max(256, _BLOCK // lots)
    return [slice(start, min(start + size, draws)) for start in range(0, draws, size)]


def _cut(pipeline: Pipeline | PipelinePrior, rows: slice) -> Pipeline | PipelinePrior:
    """The pipeline of some of its draws: a block takes along its own hazards, not those of all draws."""
    if isinstance(pipeline, PipelinePrior) or pipeline.draws is None:
        return pipeline
    segments = tuple(
        Segment(segment.start, Hazards(**{name: _pick(getattr(segment.hazards, name), rows) for name in HAZARDS}))
        for segment in pipeline.segments
    )
    return replace(pipeline, segments=segments)


def _reduce_block(
    lots: int,
    horizon: float,
    reduce: Callable[[FloatArray], T],
    pipeline: Pipeline | PipelinePrior,
    size: int,
    rng: np.random.Generator,
) -> T:
    if isinstance(pipeline, PipelinePrior):
        pipeline = sample_pipelines(pipeline, size, rng)
    return reduce(_simulate_block(pipeline, size, lots, rng, horizon).T)


def _simulate_block(
    pipeline: Pipeline,
    size: int,
    lots: int,
    rng: np.random.Generator,
    horizon: float,
) -> FloatArray:
    """Delivery times of a block of futures, shape (lots, block): long rows are what NumPy is quick with."""
    end = np.full(size, float(horizon))
    for name in CLOSURES:
        if any(np.any(rate) for rate in pipeline.rates(name)):
            steps = _steps(pipeline, name)
            np.minimum(end, _finish(0.0, rng.standard_exponential(size), steps), out=end)
    freeze, thaw = _steps(pipeline, "freeze"), _steps(pipeline, "thaw")
    spells, order = _frozen_spells(rng, freeze, thaw, pipeline.starts_frozen, end)
    times: float | FloatArray = 0.0
    stages = STAGES[STAGES.index(pipeline.first_stage) :]
    for factor, group in groupby(stages, lambda stage: pipeline.frozen_factor[STAGES.index(stage)]):
        if np.ndim(times):
            _leave_out_frozen(times, spells, factor)
        for stage in group:
            steps = [
                (_clock_at(start, size, spells, factor), _pick(rate, order)) for start, rate in _steps(pipeline, stage)
            ]
            times = _finish(times, rng.standard_exponential((lots, size)), steps)
        _put_back_frozen(times, spells, factor)
    np.copyto(times, np.inf, where=times > end[order])
    if not spells:
        return times
    back = np.empty_like(order)
    back[order] = np.arange(size)
    return np.take(times, back, axis=1)


def _steps(pipeline: Pipeline, name: str) -> list[tuple[float, Rate]]:
    """`(start, hazard)` wherever the hazard changes, the hazard above zero."""
    steps: list[tuple[float, Rate]] = []
    last = None
    for segment, rate in zip(pipeline.segments, pipeline.rates(name), strict=True):
        if last is None or not np.array_equal(rate, last):
            steps.append((segment.start, np.maximum(rate, _NEVER)))
        last = rate
    return steps


def _finish(entry: float | FloatArray, work: FloatArray, steps: list[tuple[Rate, Rate]]) -> FloatArray:
    """Time at which `work` is used up from `entry` on, at each step's rate from its start on.

    `work` is overwritten by the result.
    """
    time = np.multiply(work, 1 / steps[0][1], out=work)
    time += entry
    for (_, before), (start, after) in pairwise(steps):
        # What lies beyond the boundary was reckoned at the old rate and is stretched to the new one.
        boundary = np.maximum(entry, start)
        beyond = np.maximum(time, boundary)
        beyond -= boundary
        beyond *= before / after
        np.minimum(time, boundary, out=time)
        time += beyond
    return time


@dataclass(frozen=True)
class _Spell:
    """A frozen spell of the first `begin.size` futures: when it begins and how long it lasts, in days."""

    begin: FloatArray
    length: FloatArray


def _frozen_spells(
    rng: np.random.Generator,
    freeze: list[tuple[float, Rate]],
    thaw: list[tuple[float, Rate]],
    starts_frozen: float,
    end: FloatArray,
) -> tuple[list[_Spell], NDArray[np.int64]]:
    """First, second, ... frozen spell of each future that has one before its `end`, and an order of futures.

    The order puts futures with more spells first, so that each spell concerns a leading slice.
    """
    rows = np.arange(end.size)
    begin = _finish(0.0, rng.standard_exponential(end.size), freeze)
    if starts_frozen > 0:
        begin[rng.random(end.size) < starts_frozen] = 0.0
    found = []
    count = np.zeros(end.size, dtype=np.int16)
    while (going := begin < end[rows]).any():
        rows, begin = rows[going], begin[going]
        thawing = [(start, _pick(rate, rows)) for start, rate in thaw]
        freezing = [(start, _pick(rate, rows)) for start, rate in freeze]
        over = _finish(begin, rng.standard_exponential(rows.size), thawing)
        found.append((rows, begin, over - begin))
        count[rows] += 1
        begin = _finish(over, rng.standard_exponential(rows.size), freezing)
    order = np.argsort(-count, kind="stable")
    spells = []
    by_row = np.empty((2, end.size))
    for rows, begin, length in found:
        by_row[:, rows] = begin, length
        spells.append(_Spell(*by_row[:, order[: rows.size]]))
    return spells, order


def _leave_out_frozen(times: FloatArray, spells: list[_Spell], factor: float) -> None:
    """Turn calendar days into days of work, of which a frozen day counts for `factor`; in place."""
    if factor == 1:
        return
    for spell in reversed(spells):
        some = times[:, : spell.begin.size]
        inside = np.maximum(some - spell.begin, 0)
        np.minimum(inside, spell.length, out=inside)
        inside *= 1 - factor
        some -= inside


def _put_back_frozen(times: FloatArray, spells: list[_Spell], factor: float) -> None:
    """Turn days of work back into calendar days; in place."""
    if factor == 1:
        return
    for spell in spells:
        some = times[:, : spell.begin.size]
        if factor == 0:
            some += spell.length * (some > spell.begin)
        else:
            delay = np.maximum(some - spell.begin, 0)
            delay *= 1 / factor - 1
            some += np.minimum(delay, (1 - factor) * spell.length, out=delay)


def _clock_at(day: float, size: int, spells: list[_Spell], factor: float) -> Rate:
    """Days of work that a calendar day corresponds to: one number, or shape (size,) where futures differ."""
    if factor == 1 or day == 0 or not spells:
        return day
    clock = np.full(size, float(day))
    for spell in spells:
        clock[: spell.begin.size] -= (1 - factor) * np.clip(day - spell.begin, 0, spell.length)
    return clock


def _pick(rate: Rate, rows: slice | NDArray[np.int64]) -> Rate:
    return rate[rows] if np.ndim(rate) else rate


def _share(events: FloatArray, draws: NDArray[np.int64]) -> Estimate:
    share = np.divide(events, draws, out=np.full(draws.shape, np.nan), where=draws > 0)
    error = np.sqrt(np.divide(share * (1 - share), draws, out=np.full(draws.shape, np.nan), where=draws > 0))
    return Estimate(value=share, standard_error=error, draws=draws)


def _times(name: str, values: ArrayLike) -> FloatArray:
    times = np.atleast_1d(np.asarray(values, dtype=float))
    if times.ndim != 1 or not times.size or not np.all(np.isfinite(times) & (times >= 0)):
        raise ValueError(f"{name} must be days, finite and not negative, in one row, got {values}.")
    return times
