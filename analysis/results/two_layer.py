"""Chapter 4, the mix: what to order, rent and hold before the deliveries are known, on which the two layers rest.

The decision is taken on the day of the shipping plan of 22 December 2025 for the year that follows. Deliveries of
imported chips are those of chapter 1's approval pipeline, work is counted by chapter 3's roofline. Money is in USD,
work in years of one H200 at the same kind of work.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import qmc

from analysis.assumptions import Assumption, Judgements
from analysis.assumptions.sampling import triangular
from analysis.evidence.facts import fact
from analysis.evidence.findings import Span
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.roots import sources_of
from analysis.models import roofline
from analysis.models import two_layer as model
from analysis.progress import track
from analysis.results import approval

SEED = 20260108  # the day of article 004
STRATA = 64  # futures with a delivery, and as many without; a power of two, as Sobol points need
FEWER = 32  # the same where many programmes are compared with each other
REDRAWS = 4  # other draws of the futures, to see how far the draw itself moves the result
HALF = 0.5  # what is lost at a time unknown within the year is lost for half of it on average
LOT = "h200-delivered-20260818-tencent"
ODDS = tuple(np.round(np.linspace(0, 1, 6), 2))
AVERSIONS = (0.0, 0.1, 0.25, 0.5, 0.9)
OFFERED = (0.0, 0.25, 0.5, 0.75)  # what the reader's control offers
CORNER = 0.02  # a layer with less than this share of the capacity is no layer
BOTH, IMPORTED, DOMESTIC = (True, True), (True, False), (False, True)

# What can move the mix, in the words of the table of sensitivities, and the specialists that it concerns: I and D.
# Every one is a row of data/assumptions.csv; those whose ends hardly move the mix are left out.
MOVERS = {
    "h200-price": ("price of an H200", "ID"),  # the port cost goes with the price of a year of an H200
    "domestic-chip-price": ("price of a domestic chip", "D"),
    "system-share": ("server and network", "ID"),
    "chip-life": ("years to pay off", "ID"),
    "running-share": ("power, hall and staff", "ID"),
    "prepaid-loss": ("prepayment lost", "I"),
    "home-rent": ("rent at home", "I"),
    "offshore-rent": ("rent abroad", "I"),
    "short-rent": ("rent on demand", "I"),
    "service-price": ("price of the service", "ID"),
    "breach-credit": ("credit for a breach", "ID"),
    "home-rent-cap": ("rentals to be had at home", "I"),
    "short-rent-cap": ("cards on demand", "I"),
    "offshore-share": ("work that may run abroad", "I"),
    "offshore-bar": ("odds of a bar abroad", "I"),
    "withdrawal": ("odds of withdrawal", "I"),
    "domestic-supply": ("supply of domestic chips", "D"),
    "domestic-delivery": ("domestic delivery", "D"),
    "domestic-training": ("domestic stack in training", "D"),
    "domestic-serving": ("domestic stack in serving", "D"),
    "training-part": ("part that is training", "ID"),
    "port-months": ("months to move work", "D"),
    "demand-swing": ("swing of demand", "ID"),
    "layer-up-domestic": ("domestic chips up", "D"),
    "risk-weight": ("weight of the worst cases", "ID"),
    "tail-share": ("size of the tail", "ID"),
}
OTHERS = ("finetuning-part", "decode-part", "spare-share", "rush-factor")
INTENSITIES = tuple(f"intensity-{kind}" for kind in model.WORK)
# Those that move the mix over the licence odds most; the band of the figure is drawn over their ends.
BAND = ("domestic-supply", "offshore-rent", "prepaid-loss")


@dataclass(frozen=True)
class Case:
    """One reading of the judgements: terms and futures of the mix, weight of the worst cases, level of the tail."""

    terms: model.Terms
    futures: model.Futures
    aversion: float
    level: float


def delivery_days(events: pd.DataFrame, facts: pd.DataFrame, judged: Judgements) -> np.ndarray:
    """Return chapter 1's days to delivery of one lot in its central setting, sorted, inf for never."""
    record, clock = approval.episode(events), approval.clock_end(events, facts)
    times = approval.futures(record, approval.central(judged), judged, clock)
    return np.sort(times[:, 0])


def licence_odds(days: np.ndarray) -> float:
    """Return the probability that a lot arrives within the year."""
    return float((days <= approval.HORIZON).mean())


def futures(judged: Judgements, days: np.ndarray, strata: int = STRATA, seed: int = SEED) -> model.Futures:
    """Return a small set of futures spread evenly over what can happen: half with a delivery, half without.

    Each half is a scrambled Sobol sequence over eight dimensions (Owen, Journal of Complexity 14(4), 1998); delivery
    days are quantiles of the pipeline's. Both halves carry the pipeline's odds; `at_odds` moves them.
    """
    rng = np.random.default_rng(seed)
    points = np.vstack([qmc.Sobol(8, rng=rng).random(strata) for _ in range(2)]).T
    when = np.quantile(days[days <= approval.HORIZON], points[0, :strata])
    left = np.concatenate([1 - when / approval.HORIZON, np.zeros(strata)])
    drawn = ("domestic-delivery", "layer-up-imported", "layer-up-domestic", "demand-swing", "rent-swing")
    domestic, up_imported, up_domestic, demand, swing = (
        triangular(points[place], judged[key]) for place, key in enumerate(drawn, start=1)
    )
    kept, opened = (
        1 - HALF * (points[place] < judged[key].central)
        for place, key in enumerate(("withdrawal", "offshore-bar"), start=6)
    )
    even = model.Futures(
        probability=np.full(2 * strata, 0.5 / strata),
        imported=left * kept,
        paid=left,
        domestic=domestic,
        up_imported=up_imported,
        up_domestic=up_domestic,
        offshore=opened,
        demand=demand,
        short_rent=swing * judged["short-rent"].central * model.HOURS,
    )
    return at_odds(even, licence_odds(days))


def at_odds(ahead: model.Futures, odds: float) -> model.Futures:
    """Return the same futures with another probability that the lot comes at all."""
    come = ahead.paid > 0
    weight = np.where(come, odds / come.sum(), (1 - odds) / (~come).sum())
    return replace(ahead, probability=weight)


def terms(judged: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, reserved: float = 0.0) -> model.Terms:
    """Return the terms of the mix at the central judgements; the demand is the size of one reported lot.

    reserved is the share of the work that a rule keeps for domestic chips: none, where cost and risk alone decide.
    """
    say = {key: judged[key].central for key in {*MOVERS, *OTHERS, *INTENSITIES}}
    training = say["training-part"] * np.array([1 - say["finetuning-part"], say["finetuning-part"]])
    serving = (1 - say["training-part"]) * np.array([1 - say["decode-part"], say["decode-part"]])
    work = float(fact(facts, LOT)["value"]) * np.concatenate([training, serving])
    intensity = np.array([say[key] for key in INTENSITIES])
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
        reserved=reserved,
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


def case(judged: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, strata: int = STRATA) -> Case:
    """Return the case at the central judgements."""
    return Case(
        terms(judged, chips, facts),
        futures(judged, days, strata),
        judged["risk-weight"].central,
        1 - judged["tail-share"].central,
    )


def plan(given: Case, layers: tuple[bool, bool] = BOTH, aversion: float | None = None) -> model.Plan:
    """Return the best plan of an operator with these layers."""
    weight = given.aversion if aversion is None else aversion
    return model.solve(model.mix(given.terms, given.futures, layers), weight, given.level)


def per_unit(given: Case, cost: float) -> float:
    """Return a cost for one year of one H200's work."""
    return float(cost / given.terms.work.sum())


def described(given: Case, best: model.Plan) -> dict[str, float]:
    """Return a plan by name: objective, mean and tail in USD a unit of work, the rest as shares of the demand."""
    share = model.shares(given.terms, best)
    firm = {
        "imported": share["imported"] + share["spare_imported"],
        "domestic": share["domestic"] + share["spare_domestic"],
    }
    rented = {"home": share["home"], "offshore": share["offshore"]}
    spares = {"spares": share["spare_imported"] + share["spare_domestic"]}
    money = {name: per_unit(given, getattr(best, name)) for name in ("mean", "tail", "objective")}
    return {name: float(f"{value:.6g}") for name, value in {**firm, **rented, **spares, **money}.items()}


def bridge(given: Case, both: float, known: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return what an operator on both layers saves over the better specialist.

    both, the cost of the best plan on both layers, imported_only and domestic_only are objectives in USD a year of
    an H200's work; gain is the saving over the better specialist as a share of its cost. known holds what a
    specialist costs where that is at hand.
    """
    found = {"both": both}
    for name, layers in (("imported_only", IMPORTED), ("domestic_only", DOMESTIC)):
        found[name] = (known or {}).get(name) or per_unit(given, plan(given, layers).objective)
    better = min(found["imported_only"], found["domestic_only"])
    found["gain"] = (better - both) / better
    return {name: float(f"{value:.6g}") for name, value in found.items()}


def training_gap(given: Case, best: model.Plan) -> float:
    """Return by how much the share of training in the work of the imported stack exceeds that in domestic work.

    The imported stack is own imported chips and every rental; NaN where one of both does no work.
    """
    other, domestic, _ = model.placement(given.terms, best, given.futures.probability)
    total = other + domestic
    small = CORNER * total.sum()
    if domestic.sum() < small or other.sum() < small:
        return float("nan")
    return float(other[:2].sum() / other.sum() - domestic[:2].sum() / domestic.sum())


def over_odds(given: Case, odds: Iterable[float] = ODDS) -> pd.DataFrame:
    """Return the mix over the licence odds: one row for each, columns of `_described`, of the bridge, and without,
    the share by which cost rises when no import is ordered.
    """
    rows = []
    for chance in track(list(odds)):
        at = replace(given, futures=at_odds(given.futures, float(chance)))
        best = plan(at)
        bare = model.mix(at.terms, at.futures)
        bare = replace(bare, upper=np.where(_imports(bare.upper.size), 0.0, bare.upper))
        without = model.solve(bare, at.aversion, at.level).objective / best.objective - 1
        found = described(at, best)
        ends = bridge(at, found["objective"])
        rows.append({"odds": float(chance), **found, **ends, "without": max(without, 0.0)})
    return pd.DataFrame(rows).round(6)


def _imports(size: int) -> np.ndarray:
    names = model.CHOICES + ("",) * (size - len(model.CHOICES))
    return np.array([name in ("imported", "spare_imported") for name in names])


def swings(
    judged: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, odds: Iterable[float] = ODDS
) -> pd.DataFrame:
    """Return the mix over licence odds at the ends of BAND and over other draws of the futures.

    One row a case and odds: case (a number), odds, imported, domestic, rented (at home and abroad).
    """
    central = case(judged, chips, facts, days, FEWER)
    cases = [central, *(replace(central, futures=ahead) for ahead in _redrawn(judged, days))]
    for key in BAND:
        for value in (judged[key].low, judged[key].high):
            cases.append(case(_moved(judged, key, value), chips, facts, days, FEWER))
    rows = []
    for number, given in enumerate(track(cases)):
        for chance in odds:
            at = replace(given, futures=at_odds(given.futures, float(chance)))
            share = described(at, plan(at))
            rented = share["home"] + share["offshore"]
            rows.append(
                {
                    "case": number,
                    "odds": float(chance),
                    "imported": share["imported"],
                    "domestic": share["domestic"],
                    "rented": rented,
                }
            )
    return pd.DataFrame(rows).round(6)


def ends(frame: pd.DataFrame, column: str) -> Span:
    """Return the ends of a column, what is not known left out."""
    return float(frame[column].min()), float(frame[column].max())


def band(cases: pd.DataFrame) -> pd.DataFrame:
    """Return how far the mix of `swings` reaches at each licence odds: odds, then low and high of each share."""
    grouped = cases.groupby("odds")[["imported", "domestic", "rented"]].agg(["min", "max"])
    grouped.columns = [f"{name}_{'low' if how == 'min' else 'high'}" for name, how in grouped.columns]
    return grouped.reset_index()


def more_than_domestic(cases: pd.DataFrame) -> Span:
    """Return by how much more rentals move than domestic chips from the least odds to the highest, least and most."""
    first, last = (cases[cases["odds"] == end].set_index("case") for end in ends(cases, "odds"))
    change = (last[["domestic", "rented"]] - first[["domestic", "rented"]]).abs()
    more = change["rented"] - change["domestic"]
    return float(more.min()), float(more.max())


def frontier(given: Case, aversions: Sequence[float] = AVERSIONS) -> pd.DataFrame:
    """Return mean and tail cost for each operator and weight of the worst cases."""
    rows = [
        {"operator": name, "aversion": weight, **described(given, plan(given, layers, weight))}
        for name, layers in (("both layers", BOTH), ("imported only", IMPORTED), ("domestic only", DOMESTIC))
        for weight in aversions
    ]
    return pd.DataFrame(rows)


def values(given: Case, odds: Iterable[float] = ODDS) -> pd.DataFrame:
    """Return what knowing, planning and a portable layer are worth, USD a year of an H200's work, over the odds.

    Columns odds, evpi, vss, portable (the fall of expected cost if moving work cost nothing), mean.
    """
    portable = replace(given.terms, port=0.0, rush=0.0)
    known = model.wait_and_see(model.mix(given.terms, given.futures))
    rows = []
    for chance in odds:
        ahead = at_odds(given.futures, float(chance))
        found = model.worth(model.mix(given.terms, ahead), known)
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


def sensitivity(judged: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray) -> pd.DataFrame:
    """Return the mix with one judgement at a time at its low and at its high end, after the central case.

    Columns assumption, name, end (central, low, high, or a draw of the futures), value, unit, those of `_described`,
    smaller (the smaller layer's share of the capacity), gap (`training_gap`) and those of `bridge`.
    """
    central = case(judged, chips, facts, days, FEWER)
    rows: list[tuple[str, str, str, float, str, Case]] = [("", "central judgements", "central", np.nan, "", central)]
    for key, (name, _) in MOVERS.items():
        judgement = judged[key]
        for end, value in (("low", judgement.low), ("high", judgement.high)):
            if value != judgement.central:
                moved = case(_moved(judged, key, value), chips, facts, days, FEWER)
                rows.append((key, name, end, value, judgement.unit, moved))
    for draw, ahead in enumerate(_redrawn(judged, days), start=1):
        rows.append(("", "another draw", f"draw {draw}", np.nan, "", replace(central, futures=ahead)))
    found: list[dict] = []
    for key, name, end, value, unit, given in track(rows):
        best = plan(given)
        share = described(given, best)
        stack = share["imported"] + share["home"] + share["offshore"]
        found.append(
            {
                "assumption": key,
                "name": name,
                "end": end,
                "value": value,
                "unit": unit,
                **share,
                "smaller": min(stack, share["domestic"]) / (stack + share["domestic"]),
                "gap": training_gap(given, best),
                **bridge(given, share["objective"], _untouched(key, found)),
            }
        )
    return pd.DataFrame(found).round(6)


def _untouched(key: str, found: list[dict]) -> dict[str, float]:
    """Return what the specialists cost in the central case whom a judgement does not concern."""
    concerned = MOVERS[key][1] if key else "ID"
    names = {"imported_only": "I", "domestic_only": "D"}
    return {name: found[0][name] for name, letter in names.items() if found and letter not in concerned}


def _redrawn(judged: Judgements, days: np.ndarray) -> list[model.Futures]:
    return [futures(judged, days, FEWER, SEED + draw) for draw in range(1, 1 + REDRAWS)]


def _moved(given: Judgements, key: str, value: float) -> Judgements:
    """Return the judgements with one of them at another value; the range that the model draws from widens to it."""
    old = given[key]
    return ChainMap({key: Assumption(key, old.unit, min(old.low, value), value, max(old.high, value))}, given)


def placements(judged: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray) -> dict[str, np.ndarray]:
    """Return where work is done (`two_layer.placement`) at the central judgements and where the order turns round."""
    high, low = judged["domestic-training"].high, judged["domestic-serving"].low
    cases = {
        "As judged": judged,
        f"Domestic stack at\n{high:.0%} in training": _moved(judged, "domestic-training", high),
        f"Domestic stack at\n{low:.0%} in serving": _moved(judged, "domestic-serving", low),
    }
    found = {}
    for title, under in cases.items():
        given = case(under, chips, facts, days)
        found[title] = np.round(model.placement(given.terms, plan(given), given.futures.probability), 4)
    return found


def ruled(judged: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray) -> dict[str, float]:
    """Return the mix where a rule reserves part of the work for domestic chips at home, and that part (reserved)."""
    given = case(judged, chips, facts, days)
    kept = replace(given, terms=terms(judged, chips, facts, judged["reserved-share"].central))
    return described(kept, plan(kept)) | {"reserved": kept.terms.reserved}


def worths(judged: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, odds: float) -> pd.DataFrame:
    """Return `values` at the pipeline's odds, in the central case and at the ends of what moves them most."""
    rows = [("central judgements", case(judged, chips, facts, days, FEWER))]
    for key in ("port-months", "domestic-supply", "service-price"):
        for end in ("low", "high"):
            moved = _moved(judged, key, getattr(judged[key], end))
            rows.append((f"{MOVERS[key][0]}, {end}", case(moved, chips, facts, days, FEWER)))
    return pd.concat([values(given, [odds]).assign(case=name) for name, given in rows], ignore_index=True)


def control_grid(given: Case) -> pd.DataFrame:
    """Return the mix for every licence odds and risk weight of the reader's control: the precomputed grid."""
    rows = []
    for chance in track(ODDS):
        at = replace(given, futures=at_odds(given.futures, float(chance)))
        rows += [
            {"odds": float(chance), "aversion": weight, **described(at, plan(at, aversion=weight))}
            for weight in OFFERED
        ]
    return pd.DataFrame(rows)


def origins(chips: pd.DataFrame, facts: pd.DataFrame, events: pd.DataFrame) -> tuple[str, ...]:
    """Return the sources of the chips' ratings, of the lot that sets the demand, and of the pipeline's record."""
    ratings = chips.set_index("accelerator_id").loc[["h200-sxm", "ascend-910c", "h100-sxm"], "source_ids"]
    return sources_of(facts, ratings, LOT, approval.origins(events))


def sensitivity_table(cases: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """Return for display the judgements that move the mix most, one row each, with what their ends do."""
    central, moved = cases.iloc[0], cases[cases["assumption"] != ""]
    width = moved.groupby("assumption")["imported"].agg(
        lambda values: float((values - central["imported"]).abs().max())
    )
    width += moved.groupby("assumption")["gain"].agg(lambda values: float((values - central["gain"]).abs().max()))
    rows = [_shown("Central judgements, half the futures", "", central, central), _draws(cases)]
    for key in width.sort_values(ascending=False).index[:most]:
        pair = moved[moved["assumption"] == key].set_index("end").reindex(["low", "high"])
        pair = pair.fillna(central.to_dict())
        low, high = pair.loc["low"], pair.loc["high"]
        judged = interval(low["value"], high["value"], str(high["unit"] or low["unit"]), 3)
        rows.append(_shown(MOVERS[key][0][0].upper() + MOVERS[key][0][1:], judged, low, high))
    return pd.DataFrame(rows)


def _draws(cases: pd.DataFrame) -> dict[str, str]:
    drawn = cases[cases["name"] == "another draw"]
    return _shown(
        "Other draws of the futures", f"{len(drawn)} draws", drawn.min(numeric_only=True), drawn.max(numeric_only=True)
    )


def _shown(name: str, judged: str, low: pd.Series, high: pd.Series) -> dict[str, str]:
    def pair(key: str) -> str:
        one, other = (quantity(float(row[key]), "fraction", 2) for row in (low, high))
        return one if one == other else f"{one} · {other}"

    titles = (("imported", "Imported"), ("domestic", "Domestic"), ("offshore", "Abroad"), ("gain", "Saving"))
    return {"Judgement": name, "Low and high": judged} | {title: pair(key) for key, title in titles}
