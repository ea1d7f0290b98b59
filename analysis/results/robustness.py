"""What matters: which judgement moves which headline number, and which turns which finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.assumptions import Assumptions
from analysis.assumptions.sampling import distribution, sample
from analysis.evidence.findings import Verdict, verdict
from analysis.evidence.formatting import quantity
from analysis.evidence.numbers import Number
from analysis.models import licence_value as worth
from analysis.models.sensitivity import Indices
from analysis.results import approval

# The numbers whose tornado is shown, and what they are called there.
HEADLINES = {
    "odds-none-june": "Odds that nothing came by the end of June 2026",
    "divert-break-even": "Value elsewhere up to which holding a chip pays, share of the China price",
    "levy-share": "Part of the sale price that the levy takes",
    "supply-2026": "Ascend packages that dies and memory allow in 2026",
    "market-kept-cap": "Domestic sales kept with licences up to the American cap",
    "bridge-gain": "Saving of an operator on both layers over the better specialist",
}
SEED = 20251208
DRAWS = 20_000  # lots whose delivery days are drawn
# The median of the gain has a standard error of about USD 19 at 20,000 draws, USD 5 here; it is written to USD 100.
SPAN_DRAWS = 2**18
ODDS = "odds"  # the input beside HELD that is no judgement
HELD = ("h200-price", "divert-share", "late-salvage", "discount-rate", "price-decay")


def called(names: pd.DataFrame) -> dict[str, str]:
    """Return what each judgement is called, by id, and what ODDS are called; names is the table of names."""
    return dict(names[["assumption_id", "name"]].itertuples(index=False)) | {ODDS: "odds of delivery within a year"}


def tornado(moves: pd.DataFrame, number: str, most: int = 5) -> pd.DataFrame:
    """Return the judgements that move a number most, widest first: assumption_id, at_low, at_base, at_high, unit."""
    own = moves[moves["number"] == number].copy()
    own["spread"] = (own["at_high"] - own["at_low"]).abs()
    columns = ["assumption_id", "at_low", "at_base", "at_high", "unit"]
    return own.sort_values("spread", ascending=False, kind="stable")[columns].head(most).reset_index(drop=True)


def panels(moves: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tornado of each headline number that a judgement moves, by key."""
    found = {key: tornado(moves, key) for key in HEADLINES}
    return {key: frame for key, frame in found.items() if len(frame)}


def robust(turns: pd.DataFrame, finding_id: str, units: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return in a sentence what turns a finding, "" for one on which no judgement was tried.

    turns is the typed table, units and names give the unit and the name of each judgement.
    """
    own = turns[turns["finding_id"] == finding_id]
    if own.empty:
        return ""
    turning = own[own["turns_at"].map(len) > 0]
    if turning.empty:
        return f"None of the {len(own)} judgements of its chapter turns it anywhere in its range."
    points = "; ".join(
        f"{names[key]} at {' and '.join(quantity(float(x), units[key], 2) for x in places)}"
        for key, places in turning[["assumption_id", "turns_at"]].itertuples(index=False)
    )
    rest = len(own) - len(turning)
    others = {0: "No other was tried.", 1: "One other does not."}.get(rest, f"{rest} others do not.")
    if len(turning) == 1:
        return f"One judgement turns it when known exactly: {points}. {others}"
    return f"{len(turning)} judgements turn it, each by itself when known exactly: {points}. {others}"


def holding_inputs(
    record: pd.DataFrame, judged: Assumptions, clock: float
) -> tuple[list[stats.rv_frozen], tuple[float, float], np.ndarray]:
    """Return the distributions of HELD and of the odds of a delivery within a year, the odds' range over priors, and
    the delivery days of a sizeable lot under the central prior (inf for never).
    """
    odds = [
        float((approval.futures(record, setting, judged, clock, DRAWS) <= approval.HORIZON).mean())
        for setting in approval.settings(judged)
        if not setting.small
    ]
    days = approval.futures(record, approval.sizeable(judged), judged, clock, DRAWS).ravel()
    span = (min(odds), max(odds))
    return [*(distribution(judged[key]) for key in HELD), stats.uniform(span[0], span[1] - span[0])], span, days


def gain_function(judged: Assumptions, days: np.ndarray) -> Callable[..., np.ndarray]:
    """Return what holding a finished chip gains over selling it now (USD a chip) as a function of HELD and the odds.

    The discount until delivery is the mean over the days of lots that are delivered within the horizon.
    """
    reached = days[days <= approval.HORIZON] / 365.0
    rates = np.linspace(0.0, 2.0, 201)
    factors = np.exp(-rates[:, None] * reached[None, :: max(1, reached.size // 2000)]).mean(axis=1)
    levy = judged["levy-rate"].central

    def gain(
        price: np.ndarray, share: np.ndarray, left: np.ndarray, rate: np.ndarray, decay: np.ndarray, odds: np.ndarray
    ) -> np.ndarray:
        elsewhere = share * price
        discounted = np.interp(rate + decay, rates, factors)
        return worth.hold_value(odds, price, left * elsewhere, levy, discounted) - elsewhere

    return gain


def gain_span(gain: Callable[..., np.ndarray], judged: Assumptions, odds: stats.rv_frozen, rank: float) -> pd.Series:
    """Return low, central and high (5th, 50th, 95th percentile) of the gain over all judgements.

    rank is the rank correlation of what a chip fetches elsewhere now and of what is left of it after a year.
    """
    draws = sample(judged, HELD, SPAN_DRAWS, SEED, {("divert-share", "late-salvage"): rank})
    chances = odds.ppf(np.random.default_rng(SEED).random(SPAN_DRAWS))
    return pd.Series(np.quantile(gain(*draws.T, chances), [0.05, 0.5, 0.95]), index=["low", "central", "high"])


def spans(
    gain: Callable[..., np.ndarray], judged: Assumptions, odds: stats.rv_frozen
) -> tuple[pd.Series, pd.DataFrame]:
    """Return the span of the gain with independent judgements, and with low, central and high correlation (columns)."""
    rank = judged["salvage-correlation"]
    tied = {end: gain_span(gain, judged, odds, getattr(rank, end)) for end in ("low", "central", "high")}
    return gain_span(gain, judged, odds, 0.0), pd.DataFrame(tied)


def one_dominates(first: tuple[float, float], second: tuple[float, float]) -> Verdict:
    """Say whether one input's total index lies above the next one's, intervals compared."""
    if first[0] > second[1]:
        return "holds"
    return "fails" if first[1] < second[0] else "unclear"


def indices_table(indices: Indices, names: Sequence[str]) -> pd.DataFrame:
    """Return the indices by input, largest total first."""
    frame = pd.DataFrame({"input": list(names)} | {key: getattr(indices, key) for key in vars(indices)})
    return frame.sort_values("total", ascending=False, ignore_index=True).round(4)


def numbers(
    turns: pd.DataFrame,
    table: pd.DataFrame,
    gain: pd.Series,
    tied: pd.DataFrame,
    names: Mapping[str, str],
    known: str,
    sources: Sequence[str],
) -> list[Number]:
    """Return the numbers of the page.

    table is that of the indices, gain the span with independent judgements, tied the spans over the range of their
    correlation (one column each), names what the inputs are called (called), known the day of the data.
    """
    by_finding = turns["turns_at"].map(len).gt(0).groupby(turns["finding_id"]).any()
    src = tuple(sources)
    value = table["input"] == "divert-share"
    top, next_ = table[value].iloc[0], table[~value].iloc[0]
    return [
        Number("findings-tried", len(by_finding), "count", known, "findings of chapters that use a judgement"),
        Number("findings-turned", int(by_finding.sum()), "count", known, "findings that one judgement alone can turn"),
        Number("judgements-tried", turns["assumption_id"].nunique(), "count", known, "judgements set to one value"),
        Number("holding-gain", gain["central"], "USD/chip", known, "held minus sold now, median over all judgements; "
               "interval from the 5th to the 95th percentile", src, gain["low"], gain["high"], digits=2),
        Number("holding-gain-tied", tied.loc["central"].median(), "USD/chip", known, "the same with what a chip "
               "fetches now and later tied; outermost ends over the judged correlations", src, tied.loc["low"].min(),
               tied.loc["high"].max(), digits=2),
        Number("holding-share-first", top["total"], "fraction", known,
               f"total Sobol index of the {names[top['input']]}", src, top["total_low"], top["total_high"], digits=2),
        Number("holding-share-second", next_["total"], "fraction", known,
               f"total Sobol index of the {names[next_['input']]}", src, next_["total_low"], next_["total_high"],
               digits=2),
        verdict("one-unknown-dominates",
                one_dominates((top["total_low"], top["total_high"]), (next_["total_low"], next_["total_high"])),
                known, "total Sobol index of the value of a chip elsewhere against the largest other one", src),
    ]  # fmt: skip


PREDICATES = {"one-unknown-dominates": one_dominates}
