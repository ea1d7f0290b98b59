"""Chapter 4, the mix: what to order, rent and hold before the deliveries are known, on which the two layers rest.

The decision is taken on the day of the shipping plan of 22 December 2025 for the year that follows. Deliveries of
imported chips are those of chapter 1's approval pipeline, work is counted by chapter 3's roofline. Money is in USD,
work in years of one H200 at the same kind of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.assumptions import Assumption, Assumptions
from analysis.evidence.facts import fact
from analysis.evidence.findings import Verdict, above, verdict
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.numbers import Number
from analysis.models import roofline
from analysis.models import two_layer as model
from analysis.results import approval

SEED = 20260108  # the day of article 004
STRATA = 32  # futures with a delivery, and as many without
REDRAWS = 6  # other draws of the futures, to see how far the draw itself moves the result
HALF = 0.5  # what is lost at a time unknown within the year is lost for half of it on average
LOT = "h200-delivered-20260818-tencent"
ODDS = tuple(np.round(np.linspace(0, 1, 11), 2))
AVERSIONS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)
CORNER = 0.02  # a layer with less than this share of the capacity is no layer
BOTH, IMPORTED, DOMESTIC = (True, True), (True, False), (False, True)

# What can move the mix, in the words of the table of sensitivities; every one is a row of data/assumptions.csv.
MOVERS = {
    "h200-price": "price of an H200", "domestic-chip-price": "price of a domestic chip",
    "system-share": "server and network", "chip-life": "years to pay off", "running-share": "power, hall and staff",
    "spare-share": "price of a spare", "prepaid-loss": "prepayment lost", "home-rent": "rent at home",
    "offshore-rent": "rent abroad", "short-rent": "rent on demand", "rent-swing": "swing of rents",
    "service-price": "price of the service", "breach-credit": "credit for a breach",
    "home-rent-cap": "rentals to be had at home", "short-rent-cap": "cards on demand",
    "offshore-share": "work that may run abroad", "offshore-bar": "odds of a bar abroad",
    "withdrawal": "odds of withdrawal", "domestic-supply": "supply of domestic chips",
    "domestic-delivery": "domestic delivery", "domestic-training": "domestic stack in training",
    "domestic-serving": "domestic stack in serving", "training-part": "part that is training",
    "decode-part": "part that is decode",
    "port-months": "months to move work", "rush-factor": "cost of a hurry", "demand-swing": "swing of demand",
    "layer-up-imported": "imported chips up", "layer-up-domestic": "domestic chips up",
    "risk-weight": "weight of the worst cases", "tail-share": "size of the tail",
    "intensity-pretraining": "intensity of pre-training",
}  # fmt: skip
# Those that move the mix over the licence odds most; the band of the figure is drawn over their ends.
BAND = ("domestic-supply", "offshore-rent", "prepaid-loss", "domestic-chip-price", "home-rent-cap")


@dataclass(frozen=True)
class Case:
    """One reading of the judgements: terms and futures of the mix, weight of the worst cases, level of the tail."""

    terms: model.Terms
    futures: model.Futures
    aversion: float
    level: float


def delivery_days(events: pd.DataFrame, facts: pd.DataFrame, assumptions: Assumptions) -> np.ndarray:
    """Return chapter 1's days to delivery of one lot in its central setting, sorted, inf for never."""
    record, clock = approval.episode(events), approval.clock_end(events, facts)
    times = approval.futures(record, approval.central(assumptions), assumptions, clock)
    return np.sort(times[:, 0])


def licence_odds(days: np.ndarray) -> float:
    """Return the probability that a lot arrives within the year."""
    return float((days <= approval.HORIZON).mean())


def _strata(count: int, rng: np.random.Generator) -> np.ndarray:
    """One uniform in each of `count` equal strata, in random order (McKay, Beckman and Conover, Technometrics 1979)."""
    return (rng.permutation(count) + rng.random(count)) / count


def _triangular(uniform: np.ndarray, judgement: Assumption) -> np.ndarray:
    low, mode, high = judgement.low, judgement.central, judgement.high
    if high <= low:
        return np.full(uniform.size, mode)
    edge = (mode - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    return np.where(uniform < edge, rising, high - np.sqrt((1 - uniform) * (high - low) * (high - mode)))


def futures(assumptions: Assumptions, days: np.ndarray, strata: int = STRATA, seed: int = SEED) -> model.Futures:
    """Return a small set of futures, stratified in each dimension: half of them with a delivery, half without.

    Delivery days are quantiles of the pipeline's; both halves carry the pipeline's odds (`at_odds` moves them).
    """
    rng = np.random.default_rng(seed)
    come = days[days <= approval.HORIZON]
    when = np.quantile(come, np.sort(_strata(strata, rng)))
    left = np.concatenate([1 - when / approval.HORIZON, np.zeros(strata)])

    def drawn() -> np.ndarray:
        return np.concatenate([_strata(strata, rng), _strata(strata, rng)])

    kept = 1 - HALF * (drawn() < assumptions["withdrawal"].central)
    columns = {
        name: _triangular(drawn(), assumptions[key])
        for name, key in (
            ("domestic", "domestic-delivery"), ("up_imported", "layer-up-imported"),
            ("up_domestic", "layer-up-domestic"), ("demand", "demand-swing"), ("short_rent", "rent-swing"),
        )
    }  # fmt: skip
    columns["short_rent"] = columns["short_rent"] * assumptions["short-rent"].central * model.HOURS
    shut = 1 - HALF * (drawn() < assumptions["offshore-bar"].central)
    even = model.Futures(np.full(2 * strata, 0.5 / strata), left * kept, left, offshore=shut, **columns)
    return at_odds(even, licence_odds(days))


def at_odds(ahead: model.Futures, odds: float) -> model.Futures:
    """Return the same futures with another probability that the lot comes at all."""
    come = ahead.paid > 0
    weight = np.where(come, odds / come.sum(), (1 - odds) / (~come).sum())
    return replace(ahead, probability=weight)


def terms(assumptions: Assumptions, chips: pd.DataFrame, facts: pd.DataFrame) -> model.Terms:
    """Return the terms of the mix at the central judgements; the demand is the size of one reported lot."""
    say = {key: judgement.central for key, judgement in assumptions.items()}
    training = say["training-part"] * np.array([1 - say["finetuning-part"], say["finetuning-part"]])
    serving = (1 - say["training-part"]) * np.array([1 - say["decode-part"], say["decode-part"]])
    work = float(fact(facts, LOT)["value"]) * np.concatenate([training, serving])
    intensity = np.array([say[f"intensity-{kind}"] for kind in model.WORK])
    h200, domestic, h100 = (
        tuple(chips.set_index("accelerator_id").loc[key, ["bf16_dense_tflops", "bandwidth_gb_s"]].astype(float))
        for key in ("h200-sxm", "ascend-910c", "h100-sxm")
    )
    stack = np.array([say["domestic-training"]] * 2 + [say["domestic-serving"]] * 2)
    system = say["h200-price"] * (1 + say["system-share"])
    running = say["running-share"] * system
    port = say["port-months"] / 12 * (system / say["chip-life"] + running)
    return model.Terms(
        work=work,
        reserved=say["reserved-share"],
        domestic=roofline.ratio(domestic, h200, intensity) * stack,
        home=roofline.ratio(h100, h200, intensity),
        imported_year=system / say["chip-life"],
        domestic_year=say["domestic-chip-price"] / say["chip-life"],
        running_imported=running,
        running_domestic=say["running-share"] * say["domestic-chip-price"],
        undelivered=say["prepaid-loss"] * say["h200-price"],
        home_rent=say["home-rent"] * model.HOURS,
        offshore_rent=say["offshore-rent"] * model.HOURS,
        port=port,
        rush=port * say["rush-factor"],
        unserved=say["service-price"] * model.HOURS * (1 + say["breach-credit"]),
        spare=say["spare-share"],
        domestic_cap=say["domestic-supply"],
        home_cap=say["home-rent-cap"],
        short_cap=say["short-rent-cap"],
        offshore_share=say["offshore-share"],
    )


def case(assumptions: Assumptions, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray) -> Case:
    """Return the case at the central judgements."""
    return Case(
        terms(assumptions, chips, facts),
        futures(assumptions, days),
        assumptions["risk-weight"].central,
        1 - assumptions["tail-share"].central,
    )


def plan(given: Case, layers: tuple[bool, bool] = BOTH, aversion: float | None = None) -> model.Plan:
    """Return the best plan of an operator with these layers."""
    weight = given.aversion if aversion is None else aversion
    return model.solve(model.mix(given.terms, given.futures, layers), weight, given.level)


def free(given: Case) -> Case:
    """Return the case without work that a rule reserves for domestic chips: what cost and risk alone ask for."""
    return replace(given, terms=replace(given.terms, reserved=0.0))


def per_unit(given: Case, cost: float) -> float:
    """Return a cost for one year of one H200's work."""
    return float(cost / given.terms.work.sum())


def _described(given: Case, best: model.Plan) -> dict[str, float]:
    share = model.shares(given.terms, best)
    firm = {"imported": share["imported"] + share["spare_imported"],
            "domestic": share["domestic"] + share["spare_domestic"]}  # fmt: skip
    rented = {"home": share["home"], "offshore": share["offshore"]}
    spares = {"spares": share["spare_imported"] + share["spare_domestic"]}
    money = {name: per_unit(given, getattr(best, name)) for name in ("mean", "tail", "objective")}
    return {name: float(f"{value:.6g}") for name, value in {**firm, **rented, **spares, **money}.items()}


def bridge(given: Case, both: float | None = None) -> dict[str, float]:
    """Return what an operator on both layers saves over the better specialist, on work free of reservation.

    both (computed unless given), imported_only and domestic_only are objectives in USD a year of an H200's work; gain
    is the saving over the better specialist as a share of its cost.
    """
    ours = free(given)
    found = {"both": per_unit(ours, plan(ours).objective) if both is None else both}
    for name, layers in (("imported_only", IMPORTED), ("domestic_only", DOMESTIC)):
        found[name] = per_unit(ours, plan(ours, layers).objective)
    better = min(found["imported_only"], found["domestic_only"])
    found["gain"] = (better - found["both"]) / better
    return {name: float(f"{value:.6g}") for name, value in found.items()}


def training_gap(given: Case, best: model.Plan) -> float:
    """Return by how much the share of training in the work of the imported stack exceeds that in domestic work.

    The imported stack is own imported chips and every rental; NaN where one of both does no work.
    """
    done = model.placement(given.terms, best, given.futures.probability)[: len(model.PLACES)]
    domestic, total = done[1], done.sum(axis=0)
    other = total - domestic
    small = CORNER * total.sum()
    if domestic.sum() < small or other.sum() < small:
        return float("nan")
    return float(other[:2].sum() / other.sum() - domestic[:2].sum() / domestic.sum())


def over_odds(given: Case, odds: Iterable[float] = ODDS) -> pd.DataFrame:
    """Return the mix over the licence odds: one row for each, columns of `_described`, of the bridge, and without,
    the share by which cost rises when no import is ordered.
    """
    rows = []
    for chance in odds:
        at = replace(given, futures=at_odds(given.futures, float(chance)))
        best = plan(at)
        bare = model.mix(at.terms, at.futures)
        bare = replace(bare, upper=np.where(_imports(bare.upper.size), 0.0, bare.upper))
        without = model.solve(bare, at.aversion, at.level).objective / best.objective - 1
        rows.append({"odds": float(chance), **_described(at, best), **bridge(at), "without": max(without, 0.0)})
    return pd.DataFrame(rows).round(6)


def _imports(size: int) -> np.ndarray:
    names = model.CHOICES + ("",) * (size - len(model.CHOICES))
    return np.array([name in ("imported", "spare_imported") for name in names])


def band(
    assumptions: Assumptions, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, odds: Iterable[float]
) -> pd.DataFrame:
    """Return how far the mix moves at each licence odds, over the ends of BAND and over other draws of the futures.

    Columns odds, then low and high of imported, domestic and rented (at home and abroad).
    """
    central = case(assumptions, chips, facts, days)
    cases = [replace(central, futures=futures(assumptions, days, seed=SEED + i)) for i in range(REDRAWS)]
    for key in BAND:
        for value in (assumptions[key].low, assumptions[key].high):
            cases.append(case(_Moved(assumptions, key, value), chips, facts, days))
    rows = []
    for chance in odds:
        found = []
        for one in cases:
            at = replace(one, futures=at_odds(one.futures, float(chance)))
            found.append(_described(at, plan(at)))
        frame = pd.DataFrame(found).assign(rented=lambda f: f["home"] + f["offshore"])
        ends = {f"{name}_{end}": float(getattr(frame[name], how)()) for name in ("imported", "domestic", "rented")
                for end, how in (("low", "min"), ("high", "max"))}  # fmt: skip
        rows.append({"odds": float(chance), **ends})
    return pd.DataFrame(rows)


def frontier(given: Case, aversions: Sequence[float] = AVERSIONS) -> pd.DataFrame:
    """Return mean and tail cost for each operator and weight of the worst cases, on work free of reservation."""
    ours = free(given)
    rows = [
        {"operator": name, "aversion": weight, **_described(ours, plan(ours, layers, weight))}
        for name, layers in (("both layers", BOTH), ("imported only", IMPORTED), ("domestic only", DOMESTIC))
        for weight in aversions
    ]
    return pd.DataFrame(rows)


def values(given: Case, odds: Iterable[float] = ODDS[::2]) -> pd.DataFrame:
    """Return what knowing, planning and a portable layer are worth, USD a year of an H200's work, over the odds.

    Columns odds, evpi, vss, portable (the fall of expected cost if moving work cost nothing), mean.
    """
    portable = replace(given.terms, port=0.0, rush=0.0)
    rows = []
    for chance in odds:
        ahead = at_odds(given.futures, float(chance))
        found = model.worth(model.mix(given.terms, ahead))
        moved = model.solve(model.mix(portable, ahead)).mean
        rows.append(
            {
                "odds": float(chance),
                **{
                    name: float(f"{per_unit(given, value):.6g}")
                    for name, value in (
                        ("evpi", max(found.evpi, 0.0)),
                        ("vss", max(found.vss, 0.0)),
                        ("portable", max(found.planning - moved, 0.0)),
                        ("mean", found.planning),
                    )
                },
            }
        )
    return pd.DataFrame(rows)


def sensitivity(
    assumptions: Assumptions, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray
) -> pd.DataFrame:
    """Return the mix with one judgement at a time at its low and at its high end; the first row is the central case.

    Columns assumption, name, end (central, low, high), value, unit, imported, domestic, home, offshore, smaller (the
    smaller layer's share of the ordered capacity on free work), gap and the bridge's gain.
    """
    central = case(assumptions, chips, facts, days)
    rows: list[tuple[str, str, str, float, str, Case]] = [("", "central judgements", "central", np.nan, "", central)]
    for key, name in MOVERS.items():
        judged = assumptions[key]
        for end, value in (("low", judged.low), ("high", judged.high)):
            if value != judged.central:
                moved = _Moved(assumptions, key, value)
                rows.append((key, name, end, value, judged.unit, case(moved, chips, facts, days)))
    for draw in range(1, 1 + REDRAWS):
        again = replace(central, futures=futures(assumptions, days, seed=SEED + draw))
        rows.append(("", "another draw of the futures", f"draw {draw}", np.nan, "", again))
    found = []
    for key, name, end, value, unit, given in rows:
        ours = free(given)
        own = plan(ours)
        share = _described(ours, own)
        stack = share["imported"] + share["home"] + share["offshore"]
        found.append(
            {
                "assumption": key, "name": name, "end": end, "value": value, "unit": unit,
                **_described(given, plan(given)),
                "smaller": min(stack, share["domestic"]) / (stack + share["domestic"]),
                "gap": training_gap(ours, own), **bridge(given, share["objective"]),
            }  # fmt: skip
        )
    return pd.DataFrame(found).round(6)


class _Moved(Assumptions):
    """The judgements with one of them at another value, its spread kept where the model draws from it."""

    def __init__(self, given: Assumptions, key: str, value: float) -> None:
        self._items, self.overrides = dict(given.items()), {}
        old = given[key]
        low, high = min(old.low, value), max(old.high, value)
        self._items[key] = Assumption(key, old.unit, low, value, high)


def worths(
    assumptions: Assumptions, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, odds: float
) -> pd.DataFrame:
    """Return `values` at the pipeline's odds, in the central case and at the ends of what moves them most."""
    rows = [("central judgements", case(assumptions, chips, facts, days))]
    for key in ("port-months", "domestic-supply", "service-price", "demand-swing"):
        for end in ("low", "high"):
            moved = _Moved(assumptions, key, getattr(assumptions[key], end))
            rows.append((f"{MOVERS[key]}, {end}", case(moved, chips, facts, days)))
    return pd.concat([values(given, [odds]).assign(case=name) for name, given in rows], ignore_index=True)


def control_grid(given: Case) -> pd.DataFrame:
    """Return the mix for every licence odds and risk weight of the reader's control: the precomputed grid."""
    rows = []
    for chance in ODDS:
        at = replace(given, futures=at_odds(given.futures, float(chance)))
        rows += [{"odds": float(chance), "aversion": weight, **_described(at, plan(at, aversion=weight))}
                 for weight in AVERSIONS]  # fmt: skip
    return pd.DataFrame(rows)
