"""Chapter 4, the mix: what to order, rent and hold before the deliveries are known, on which the two layers rest.

The decision is taken on the day of the shipping plan of 22 December 2025 for the year that follows. Deliveries of
imported chips are those of chapter 1's approval pipeline, work is counted by chapter 3's roofline. Money is in USD,
work in years of one H200 at the same kind of work.
"""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import qmc

from analysis.assumptions import Assumption
from analysis.assumptions.sampling import triangular
from analysis.evidence.facts import fact
from analysis.evidence.findings import Verdict, above, verdict
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.numbers import Number
from analysis.evidence.roots import sources_of
from analysis.models import roofline
from analysis.models import two_layer as model
from analysis.progress import track
from analysis.results import approval

Judgements = Mapping[str, Assumption]
Span = tuple[float, float]
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


def delivery_days(events: pd.DataFrame, facts: pd.DataFrame, assumptions: Judgements) -> np.ndarray:
    """Return chapter 1's days to delivery of one lot in its central setting, sorted, inf for never."""
    record, clock = approval.episode(events), approval.clock_end(events, facts)
    times = approval.futures(record, approval.central(assumptions), assumptions, clock)
    return np.sort(times[:, 0])


def licence_odds(days: np.ndarray) -> float:
    """Return the probability that a lot arrives within the year."""
    return float((days <= approval.HORIZON).mean())


def futures(assumptions: Judgements, days: np.ndarray, strata: int = STRATA, seed: int = SEED) -> model.Futures:
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
        triangular(points[place], assumptions[key]) for place, key in enumerate(drawn, start=1)
    )
    kept, opened = (
        1 - HALF * (points[place] < assumptions[key].central)
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
        short_rent=swing * assumptions["short-rent"].central * model.HOURS,
    )
    return at_odds(even, licence_odds(days))


def at_odds(ahead: model.Futures, odds: float) -> model.Futures:
    """Return the same futures with another probability that the lot comes at all."""
    come = ahead.paid > 0
    weight = np.where(come, odds / come.sum(), (1 - odds) / (~come).sum())
    return replace(ahead, probability=weight)


def terms(assumptions: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, reserved: float = 0.0) -> model.Terms:
    """Return the terms of the mix at the central judgements; the demand is the size of one reported lot.

    reserved is the share of the work that a rule keeps for domestic chips: none, where cost and risk alone decide.
    """
    say = {key: assumptions[key].central for key in {*MOVERS, *OTHERS, *INTENSITIES}}
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


def case(
    assumptions: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, strata: int = STRATA
) -> Case:
    """Return the case at the central judgements."""
    return Case(
        terms(assumptions, chips, facts),
        futures(assumptions, days, strata),
        assumptions["risk-weight"].central,
        1 - assumptions["tail-share"].central,
    )


def plan(given: Case, layers: tuple[bool, bool] = BOTH, aversion: float | None = None) -> model.Plan:
    """Return the best plan of an operator with these layers."""
    weight = given.aversion if aversion is None else aversion
    return model.solve(model.mix(given.terms, given.futures, layers), weight, given.level)


def per_unit(given: Case, cost: float) -> float:
    """Return a cost for one year of one H200's work."""
    return float(cost / given.terms.work.sum())


def _described(given: Case, best: model.Plan) -> dict[str, float]:
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
        found = _described(at, best)
        ends = bridge(at, found["objective"])
        rows.append({"odds": float(chance), **found, **ends, "without": max(without, 0.0)})
    return pd.DataFrame(rows).round(6)


def _imports(size: int) -> np.ndarray:
    names = model.CHOICES + ("",) * (size - len(model.CHOICES))
    return np.array([name in ("imported", "spare_imported") for name in names])


def swings(
    assumptions: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, odds: Iterable[float] = ODDS
) -> pd.DataFrame:
    """Return the mix over licence odds at the ends of BAND and over other draws of the futures.

    One row a case and odds: case (a number), odds, imported, domestic, rented (at home and abroad).
    """
    central = case(assumptions, chips, facts, days, FEWER)
    cases = [central, *(replace(central, futures=ahead) for ahead in _redrawn(assumptions, days))]
    for key in BAND:
        for value in (assumptions[key].low, assumptions[key].high):
            cases.append(case(_moved(assumptions, key, value), chips, facts, days, FEWER))
    rows = []
    for number, given in enumerate(track(cases)):
        for chance in odds:
            at = replace(given, futures=at_odds(given.futures, float(chance)))
            share = _described(at, plan(at))
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
        {"operator": name, "aversion": weight, **_described(given, plan(given, layers, weight))}
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


def sensitivity(assumptions: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray) -> pd.DataFrame:
    """Return the mix with one judgement at a time at its low and at its high end, after the central case.

    Columns assumption, name, end (central, low, high, or a draw of the futures), value, unit, those of `_described`,
    smaller (the smaller layer's share of the capacity), gap (`training_gap`) and those of `bridge`.
    """
    central = case(assumptions, chips, facts, days, FEWER)
    rows: list[tuple[str, str, str, float, str, Case]] = [("", "central judgements", "central", np.nan, "", central)]
    for key, (name, _) in MOVERS.items():
        judged = assumptions[key]
        for end, value in (("low", judged.low), ("high", judged.high)):
            if value != judged.central:
                moved = case(_moved(assumptions, key, value), chips, facts, days, FEWER)
                rows.append((key, name, end, value, judged.unit, moved))
    for draw, ahead in enumerate(_redrawn(assumptions, days), start=1):
        rows.append(("", "another draw", f"draw {draw}", np.nan, "", replace(central, futures=ahead)))
    found: list[dict] = []
    for key, name, end, value, unit, given in track(rows):
        best = plan(given)
        share = _described(given, best)
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


def _redrawn(assumptions: Judgements, days: np.ndarray) -> list[model.Futures]:
    return [futures(assumptions, days, FEWER, SEED + draw) for draw in range(1, 1 + REDRAWS)]


def _moved(given: Judgements, key: str, value: float) -> Judgements:
    """Return the judgements with one of them at another value; the range that the model draws from widens to it."""
    old = given[key]
    return ChainMap({key: Assumption(key, old.unit, min(old.low, value), value, max(old.high, value))}, given)


def placements(
    assumptions: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray
) -> dict[str, np.ndarray]:
    """Return where work is done (`two_layer.placement`) at the central judgements and where the order turns round."""
    high, low = assumptions["domestic-training"].high, assumptions["domestic-serving"].low
    cases = {
        "As judged": assumptions,
        f"Domestic stack at\n{high:.0%} in training": _moved(assumptions, "domestic-training", high),
        f"Domestic stack at\n{low:.0%} in serving": _moved(assumptions, "domestic-serving", low),
    }
    found = {}
    for title, judged in cases.items():
        given = case(judged, chips, facts, days)
        found[title] = np.round(model.placement(given.terms, plan(given), given.futures.probability), 4)
    return found


def ruled(assumptions: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray) -> dict[str, float]:
    """Return the mix where a rule reserves part of the work for domestic chips at home, and that part (reserved)."""
    given = case(assumptions, chips, facts, days)
    kept = replace(given, terms=terms(assumptions, chips, facts, assumptions["reserved-share"].central))
    return _described(kept, plan(kept)) | {"reserved": kept.terms.reserved}


def worths(
    assumptions: Judgements, chips: pd.DataFrame, facts: pd.DataFrame, days: np.ndarray, odds: float
) -> pd.DataFrame:
    """Return `values` at the pipeline's odds, in the central case and at the ends of what moves them most."""
    rows = [("central judgements", case(assumptions, chips, facts, days, FEWER))]
    for key in ("port-months", "domestic-supply", "service-price"):
        for end in ("low", "high"):
            moved = _moved(assumptions, key, getattr(assumptions[key], end))
            rows.append((f"{MOVERS[key][0]}, {end}", case(moved, chips, facts, days, FEWER)))
    return pd.concat([values(given, [odds]).assign(case=name) for name, given in rows], ignore_index=True)


def control_grid(given: Case) -> pd.DataFrame:
    """Return the mix for every licence odds and risk weight of the reader's control: the precomputed grid."""
    rows = []
    for chance in track(ODDS):
        at = replace(given, futures=at_odds(given.futures, float(chance)))
        rows += [
            {"odds": float(chance), "aversion": weight, **_described(at, plan(at, aversion=weight))}
            for weight in OFFERED
        ]
    return pd.DataFrame(rows)


def both_stacks_in_the_mix(smaller: Span) -> Verdict:
    """Say whether the smaller of both stacks is more than a corner of the capacity over all cases."""
    return above(*smaller, CORNER)


def an_import_is_ordered(imported: Span) -> Verdict:
    """Say whether licensed chips are ordered over all cases; shares of the demand."""
    return above(*imported, CORNER)


def imported_stack_trains(gap: Span) -> Verdict:
    """Say whether training weighs more in the imported stack's work than in the domestic one's, over all cases."""
    return above(*gap, 0.0)


def layers_do_different_work(gap: Span) -> Verdict:
    """Say whether the share of training differs by over a tenth between both stacks; least and most of the gap."""
    return above(*gap, 0.1)


def odds_move_rentals(more: Span) -> Verdict:
    """Say whether licence odds from none to certain move rentals more than domestic chips, over all cases."""
    return above(*more, 0.0)


def less_tail_costs_more(saved: float, extra: float) -> Verdict:
    """Say whether the tail falls by more than the mean rises between no and the highest weight of the worst cases."""
    return above(saved - extra, saved - extra, 0.0)


def both_layers_gain(gain: Span) -> Verdict:
    """Say whether an operator on both layers saves more than a twentieth against the better specialist."""
    return above(*gain, 0.05)


def foresight_beats_portability(evpi: Span, portable: Span) -> Verdict:
    """Say whether knowing the future is worth more than a stack on which moving work costs nothing."""
    return above(evpi[0] - portable[1], evpi[1] - portable[0], 0.0)


UNIT = "for the work of one H200 in a year"
DAY = str(approval.KNOWN.date())
CHOSEN = (
    ("imported", "ordered imported chips"),
    ("domestic", "domestic chips"),
    ("home", "long rentals at home"),
    ("offshore", "long rentals abroad"),
    ("spares", "spares, part of the ordered chips"),
)


def origins(chips: pd.DataFrame, facts: pd.DataFrame, events: pd.DataFrame) -> tuple[str, ...]:
    """Return the sources of the chips' ratings, of the lot that sets the demand, and of the pipeline's record."""
    ratings = chips.set_index("accelerator_id").loc[["h200-sxm", "ascend-910c", "h100-sxm"], "source_ids"]
    return sources_of(facts, ratings, LOT, approval.origins(events))


def mix_numbers(
    given: Case, curve: pd.DataFrame, moves: Span, cases: pd.DataFrame, ruled: dict[str, float], odds: float
) -> list[Number]:
    """Return the numbers of the mix: shares of the demand, cost, what moves them and whether layers are layers.

    moves is `more_than_domestic`.
    """
    own = _described(given, plan(given))
    judged = "central judgements; interval over one judgement at a time and other draws"
    gap = cases["gap"].dropna()
    ends_of = {name: (min(own[name], ends(cases, name)[0]), max(own[name], ends(cases, name)[1])) for name in own}
    numbers = [
        Number(f"mix-{name}", own[name], "fraction", DAY, f"of the demand, {text}; {judged}", (), *ends_of[name], 2)
        for name, text in CHOSEN
    ]
    for name, text in (("mean", "expected cost"), ("tail", "mean cost of the worst tenth")):
        numbers.append(
            Number(f"mix-{name}", own[name], "USD", DAY, f"{text} {UNIT}; {judged}", (), *ends_of[name], digits=3)
        )
    return [
        *numbers,
        Number(
            "mix-odds",
            odds,
            "probability",
            DAY,
            "a lot comes within a year, chapter 1's central prior",
            (LOT,),
            digits=2,
        ),
        Number("mix-futures", given.futures.probability.size, "count", DAY, "futures that the mix is planned over"),
        Number(
            "mix-smaller",
            float(cases["smaller"].iloc[0]),
            "fraction",
            DAY,
            f"smaller stack's share of the capacity; {judged}",
            (),
            *ends(cases, "smaller"),
            2,
        ),
        Number(
            "mix-gap",
            float(gap.iloc[0]),
            "points",
            DAY,
            f"share of training in the imported stack's work less that in domestic work; {judged}",
            (),
            float(gap.min()),
            float(gap.max()),
            2,
        ),
        Number("mix-cases", len(cases), "count", DAY, "readings of the judgements that were solved"),
        Number(
            "reserved-part",
            ruled["reserved"],
            "fraction",
            DAY,
            "work that a rule reserves, where it is tried",
            digits=2,
        ),
        Number(
            "mix-domestic-ruled",
            ruled["domestic"],
            "fraction",
            DAY,
            "of the demand, domestic chips where part of the work is reserved for them",
            (),
            digits=2,
        ),
        Number("mix-mean-ruled", ruled["mean"], "USD", DAY, f"expected cost {UNIT} with that rule", (), digits=3),
        *(
            Number(
                f"mix-{name}-{when}",
                float(curve[name].iloc[place]),
                "fraction",
                DAY,
                f"of the demand, {text}, licence {word}",
                (),
                digits=2,
            )
            for name, text in CHOSEN[:4]
            for when, word, place in (("never", "odds nil", 0), ("sure", "certain", -1))
        ),
        Number(
            "mix-without",
            float(np.interp(odds, curve["odds"], curve["without"])),
            "fraction",
            DAY,
            "rise of cost where no import is ordered, at the pipeline's odds; interval over odds",
            (),
            *ends(curve, "without"),
            2,
        ),
        verdict("both-stacks-in-the-mix", both_stacks_in_the_mix(ends(cases, "smaller")), DAY, judged),
        verdict("an-import-is-ordered", an_import_is_ordered(ends_of["imported"]), DAY, judged),
        verdict("imported-stack-trains", imported_stack_trains((float(gap.min()), float(gap.max()))), DAY, judged),
        Number(
            "mix-rented-never",
            float(curve["home"].iloc[0] + curve["offshore"].iloc[0]),
            "fraction",
            DAY,
            "of the demand, long rentals, licence odds nil",
            (),
            digits=2,
        ),
        Number(
            "mix-rented-sure",
            float(curve["home"].iloc[-1] + curve["offshore"].iloc[-1]),
            "fraction",
            DAY,
            "of the demand, long rentals, licence certain",
            (),
            digits=2,
        ),
        Number(
            "mix-gap-size",
            abs(float(gap.iloc[0])),
            "points",
            DAY,
            f"the same gap, whichever way; {judged}",
            (),
            float(gap.abs().min()),
            float(gap.abs().max()),
            2,
        ),
        Number(
            "mix-draws",
            own["imported"],
            "fraction",
            DAY,
            "of the demand, ordered imported chips; interval over other draws of the futures only",
            (),
            *ends(cases[cases["name"] == "another draw"], "imported"),
            2,
        ),
        Number(
            "mix-supply", given.terms.domestic_cap, "fraction", DAY, "of the demand, domestic chips to be had", digits=2
        ),
        verdict(
            "layers-do-different-work",
            layers_do_different_work((float(gap.abs().min()), float(gap.abs().max()))),
            DAY,
            judged,
        ),
        verdict(
            "odds-move-rentals",
            odds_move_rentals(moves),
            DAY,
            "change of shares from no licence to a certain one, over three judgements and other draws",
        ),
    ]


def risk_numbers(front: pd.DataFrame, worths: pd.DataFrame) -> list[Number]:
    """Return the numbers of the frontier, and of what knowing, planning and a portable layer are worth."""
    ours = front[front["operator"] == "both layers"]
    first, last = ours.iloc[0], ours.iloc[-1]
    saved, extra = float(first["tail"] - last["tail"]), float(last["mean"] - first["mean"])
    own = worths.iloc[0]
    share = {name: worths[name] / worths["mean"] for name in ("evpi", "vss", "portable")}
    text = {
        "evpi": "value of perfect information",
        "vss": "value of the stochastic solution",
        "portable": "fall of expected cost if moving work cost nothing",
    }
    numbers = []
    for name, what in text.items():
        basis = f"{what}, {UNIT}; interval over porting months, domestic supply and price of the service"
        numbers += [
            Number(f"worth-{name}", float(own[name]), "USD", DAY, basis, (), *ends(worths, name), 2),
            Number(
                f"worth-{name}-share",
                float(share[name].iloc[0]),
                "fraction",
                DAY,
                f"{what}, of expected cost",
                (),
                float(share[name].min()),
                float(share[name].max()),
                2,
            ),
        ]
    return [
        *numbers,
        Number(
            "tail-saved",
            saved,
            "USD",
            DAY,
            f"fall of the worst tenth from no to the highest weight, {UNIT}",
            (),
            digits=2,
        ),
        Number("tail-extra", extra, "USD", DAY, f"rise of expected cost on the way, {UNIT}", (), digits=2),
        Number(
            "offshore-bold",
            float(first["offshore"]),
            "fraction",
            DAY,
            "of the demand, rented abroad, no weight on the worst cases",
            (),
            digits=2,
        ),
        Number(
            "offshore-wary",
            float(last["offshore"]),
            "fraction",
            DAY,
            "of the demand, rented abroad, highest weight on the worst cases",
            (),
            digits=2,
        ),
        verdict("less-tail-costs-more", less_tail_costs_more(saved, extra), DAY, "both ends of the frontier"),
        verdict(
            "foresight-beats-portability",
            foresight_beats_portability(ends(worths, "evpi"), ends(worths, "portable")),
            DAY,
            "over porting months, domestic supply and price of the service",
        ),
    ]


def bridge_numbers(curve: pd.DataFrame, cases: pd.DataFrame) -> list[Number]:
    """Return the numbers of what an operator on both layers saves over a specialist."""
    own, judged = cases.iloc[0], "interval over one judgement at a time, other draws and licence odds"
    least = cases.loc[cases["gain"].idxmin()]
    span = (min(ends(cases, "gain")[0], ends(curve, "gain")[0]), max(ends(cases, "gain")[1], ends(curve, "gain")[1]))
    names = (
        ("both", "on both layers"),
        ("imported_only", "on the imported stack only"),
        ("domestic_only", "on domestic chips only"),
    )
    return [
        Number(
            "bridge-gain",
            float(own["gain"]),
            "fraction",
            DAY,
            f"saving over the better specialist, of its risk-weighted cost; {judged}",
            (),
            *span,
            2,
        ),
        Number(
            "bridge-gain-odds",
            float(curve["gain"].iloc[0]),
            "fraction",
            DAY,
            "the same, over licence odds only",
            (),
            *ends(curve, "gain"),
            2,
        ),
        Number("bridge-least-case", math.nan, "none", DAY, "reading with the least saving", word=_named(least)),
        *(
            Number(
                f"bridge-{key.replace('_', '-')}",
                float(own[key]),
                "USD",
                DAY,
                f"risk-weighted cost {text} {UNIT}",
                (),
                *ends(cases, key),
                3,
            )
            for key, text in names
        ),
        verdict("both-layers-gain", both_layers_gain(span), DAY, judged),
    ]


def _named(row: pd.Series) -> str:
    if not row["assumption"]:
        return str(row["name"])
    return f"{row['name']} at {quantity(float(row['value']), str(row['unit']), 2)}"


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


PREDICATES = {
    "both-stacks-in-the-mix": both_stacks_in_the_mix,
    "an-import-is-ordered": an_import_is_ordered,
    "imported-stack-trains": imported_stack_trains,
    "layers-do-different-work": layers_do_different_work,
    "odds-move-rentals": odds_move_rentals,
    "less-tail-costs-more": less_tail_costs_more,
    "both-layers-gain": both_layers_gain,
    "foresight-beats-portability": foresight_beats_portability,
}
