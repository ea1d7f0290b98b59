"""The scoreboard: how the articles' expectations fared, the book's own odds on the past, and the open register.

A forecast is scored when it says something (a question is not), its condition came about (else it is void) and it
is resolved. A half-fulfilled one counts both ways: as a miss in the strict count and as a hit in the lenient one.
The naive forecasts answer the same questions: that nothing changes, and that the official or announced date or
term holds. What the book's model gives for the past is reconstructed: the outcome was known when it was written.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import numpy as np
import pandas as pd

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.evidence.facts import fact
from analysis.evidence.findings import Verdict, above, below, verdict
from analysis.evidence.formatting import day
from analysis.evidence.numbers import Number
from analysis.models import pipeline
from analysis.models.scores import brier, interval_score, jeffreys, log_score, skill, wilson
from analysis.results import approval

OUTCOMES = ("yes", "partial", "no", "void", "open")
SETTLED = ("yes", "partial", "no")
ARTICLES = ("000", "001", "002", "003", "004")
TOPICS = {
    "terms-us": "Terms in Washington",
    "terms-china": "Terms in Beijing",
    "deliveries": "Deliveries",
    "supply-chain": "Supply chain",
    "demand": "Demand and revenue",
    "levy": "Levy",
    "domestic-chips": "Domestic chips",
    "platforms": "Platforms",
    "engineering": "Engineering and power",
    "listings": "Listings",
}
HORIZONS = ((100, "Up to three months"), (400, "Up to the end of 2026"), (math.inf, "Longer"))
FROZEN = ("forecast_id", "statement", "made_on", "resolves_by", "rule", "probability", "basis")
LEVEL = 0.95  # of the intervals of hit rates
ALPHA = 0.1  # of the central interval of the fan, between its 5% and 95% quantiles
RECORD = (
    ("By Lunar New Year, 17 February 2026", approval.NEW_YEAR, "h200-delivered-20260224"),
    ("By 14 May 2026", pd.Timestamp("2026-05-14"), "h200-delivered-20260514"),
    ("By 18 August 2026", pd.Timestamp("2026-08-18"), "h200-delivered-20260818-both"),
)


def articles_own(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts of the articles, with the horizon of each: days and the class that they fall in."""
    rows = forecasts[forecasts["article"].map(len) > 0].copy()
    rows["days"] = (rows["resolves_by"] - rows["made_on"]).dt.days
    rows["horizon"] = [next(name for most, name in HORIZONS if days <= most) for days in rows["days"]]
    return rows


def register(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return our own register: the forecasts that no article makes, by the day on which they resolve."""
    rows = forecasts[forecasts["article"].map(len) == 0]
    return rows.sort_values(["resolves_by", "forecast_id"], ignore_index=True)


def record_to(own: pd.DataFrame, events: pd.DataFrame, sources: pd.DataFrame) -> str:
    """Return, in words, the last event that had been read when the latest forecast of the register was made.

    Not the cut-off of the data: events that are added later were not before whoever registered the forecasts.
    """
    read_on = events["source_id"].map(sources.set_index("source_id")["accessed_on"])
    return day(events.loc[read_on <= own["made_on"].max(), "date"].max().date())


def frozen(row: pd.Series) -> str:
    """Return the digest of what may not change in a registered forecast (SHA-256, 16 digits)."""
    parts = [str(row[name].date()) if isinstance(row[name], pd.Timestamp) else str(row[name]) for name in FROZEN]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def seals(forecasts: pd.DataFrame | None = None) -> str:
    """Return the lines of tests/forecast_ids.txt: every id, and the digest of what is frozen in one of our own."""
    rows = tables.load("forecasts") if forecasts is None else forecasts
    return "\n".join(
        row["forecast_id"] if row["article"] else f"{row['forecast_id']} {frozen(row)}" for _, row in rows.iterrows()
    )


def outcomes(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the number of forecasts by article (index) and outcome (columns); a shared one counts for each."""
    rows = articles_own(forecasts).explode("article")
    table = pd.crosstab(rows["article"], rows["outcome"].astype(str))
    return table.reindex(index=ARTICLES, columns=OUTCOMES, fill_value=0).rename_axis(None, axis="columns")


def scored(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the scored forecasts of the articles, with columns hit (strict, bool) and half (bool)."""
    rows = articles_own(forecasts)
    rows = rows[rows["outcome"].isin(SETTLED) & (rows["form"] != "question")].copy()
    rows["hit"], rows["half"] = rows["outcome"].eq("yes"), rows["outcome"].eq("partial")
    return rows


def rate(rows: pd.DataFrame) -> dict[str, float]:
    """Return the hit rate of scored forecasts, strict and lenient, and those of the naive forecasts.

    n, hits, halves (counts); low to high runs from the strict Jeffreys interval's low end to the lenient one's high
    end (95%); strict and lenient are the rates; nothing_strict, nothing_lenient those of the forecast that nothing
    changes, on all n; official_n, official_hits, official_halves count where an official date or term existed.
    """
    n, hits, halves = len(rows), int(rows["hit"].sum()), int(rows["half"].sum())
    came = {"strict": rows["hit"], "lenient": rows["hit"] | rows["half"]}
    stays = rows["status_quo"].eq("yes")
    official = rows[rows["official"].eq("yes")]
    found = {
        "n": n,
        "hits": hits,
        "halves": halves,
        "low": jeffreys(hits, n, LEVEL)[0],
        "high": jeffreys(hits + halves, n, LEVEL)[1],
    }
    for name, outcome in came.items():
        found[name] = float(outcome.mean()) if n else math.nan
        found[f"nothing_{name}"] = float((stays == outcome).mean()) if n else math.nan
    counted = {"n": len(official), "hits": int(official["hit"].sum()), "halves": int(official["half"].sum())}
    return found | {f"official_{name}": value for name, value in counted.items()}


def rates(forecasts: pd.DataFrame, fewest: float) -> pd.DataFrame:
    """Return hit rates for all scored forecasts and by article, topic, horizon and form, one row a group.

    Columns kind, group, those of `rate`, and telling: above or below even odds, unclear where the interval spans
    them, or too few where fewer than `fewest` are resolved.
    """
    rows = scored(forecasts)
    each = rows.explode("article")
    groups = [("all", "All articles", rows)]
    groups += [("article", f"Article {name}", each[each["article"] == name]) for name in ARTICLES]
    groups += [("topic", title, rows[rows["topic"] == name]) for name, title in TOPICS.items()]
    groups += [("horizon", name, rows[rows["horizon"] == name]) for _, name in HORIZONS]
    groups += [("form", name.title(), rows[rows["form"] == name]) for name in ("flat", "hedged", "conditional")]
    frame = pd.DataFrame([{"kind": kind, "group": group} | rate(part) for kind, group, part in groups if len(part)])
    frame["telling"] = [
        telling(row.low, row.high, row.n, fewest) for row in frame[["low", "high", "n"]].itertuples(index=False)
    ]
    return frame


def telling(low: float, high: float, n: float, fewest: float) -> str:
    """Say what an interval of a hit rate tells against even odds."""
    if n < fewest:
        return "too few"
    return {"holds": "above", "fails": "below", "unclear": "unclear"}[above(low, high, 0.5)]


def changes(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the scored forecasts on which the articles and the forecast that nothing changes disagree."""
    rows = scored(forecasts)
    return rows[rows["status_quo"].eq("no")]


def reconstructed(record: pd.DataFrame, facts: pd.DataFrame, judged: Assumptions, clock: float) -> pd.DataFrame:
    """Return what the pipeline of chapter 1 gives for dated questions of the past, one row a setting and question.

    Columns: those of the setting, question, day, outcome (1 where anything had been delivered), probability, brier,
    log. Outcomes come from the facts; the days of one pipeline are not independent of each other.
    """
    rows = []
    for setting in approval.settings(judged):
        first = approval.futures(record, setting, judged, clock).min(axis=1)
        for question, when, fact_id in RECORD:
            outcome = int(fact(facts, fact_id)["value"] > 0)
            odds = float((first <= (when - approval.KNOWN).days).mean())
            scores = {"brier": float(brier(odds, outcome)), "log": float(log_score(odds, outcome))}
            asked = {"question": question, "day": when, "outcome": outcome, "probability": odds}
            rows.append(asdict(setting) | asked | scores)
    return pd.DataFrame(rows)


def naive(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the Brier scores of the naive odds on the same questions, averaged: index name, columns odds, brier."""
    came = np.array([fact(facts, fact_id)["value"] > 0 for _, _, fact_id in RECORD], dtype=int)
    odds = {"Even odds": 0.5, "Nothing changes": 0.0, "Official date holds": 1.0}
    return pd.DataFrame({"odds": odds, "brier": {name: float(brier(p, came).mean()) for name, p in odds.items()}})


def quantity_scores(
    record: pd.DataFrame, facts: pd.DataFrame, judged: Assumptions, clock: float, batch: tuple[float, float]
) -> pd.DataFrame:
    """Return interval scores (chips) for chips of the first batch delivered by 18 August 2026.

    One row a setting of the prior, then the official plan (the batch as its interval) and nothing; columns name,
    low, high, delivered, score. batch is the planned first batch (chips).
    """
    delivered = float(fact(facts, RECORD[-1][2])["value"])
    until = np.array([(RECORD[-1][1] - approval.KNOWN).days])
    rows = []
    for setting in approval.settings(judged):
        times = approval.futures(record, setting, judged, clock)
        chips = np.random.default_rng(approval.SEED + 1).uniform(*batch, (len(times), 1)) / times.shape[1]
        units = pipeline.units_delivered(times, np.broadcast_to(chips, times.shape), until)
        low, high = pipeline.unit_quantiles(units, [ALPHA / 2, 1 - ALPHA / 2])[:, 0]
        rows.append(("reconstructed", float(low), float(high)))
    rows += [("official plan", *batch), ("nothing", 0.0, 0.0)]
    frame = pd.DataFrame(rows, columns=["name", "low", "high"])
    frame["delivered"] = delivered
    frame["score"] = interval_score(frame["low"], frame["high"], delivered, ALPHA)
    return frame.round({"low": 0, "high": 0, "score": 0})


def told_above_even(low: float, high: float, n: float, fewest: float) -> Verdict:
    """Say whether a hit rate lies above one half; unclear where too few are resolved or the interval spans it."""
    return above(low, high, 0.5) if n >= fewest else "unclear"


def mostly_unsettled(unsettled: int, total: int) -> Verdict:
    """Say whether more than half of the forecasts are open or void."""
    return above(unsettled / total, unsettled / total, 0.5)


def no_odds(given: int) -> Verdict:
    """Say whether no article attaches a probability to a forecast."""
    return "holds" if given == 0 else "fails"


def terms_beat_chips(terms: tuple[float, float], chips: tuple[float, float], fewest_n: float, fewest: float) -> Verdict:
    """Say whether expectations on terms came true more often than those on chips, by their intervals.

    terms and chips are the ends of the two intervals, fewest_n the smaller number behind them.
    """
    return above(terms[0] - chips[1], terms[1] - chips[0], 0.0) if fewest_n >= fewest else "unclear"


def model_beat_even(scores: tuple[float, float]) -> Verdict:
    """Say whether the mean Brier score is better than that of even odds for every prior."""
    return below(*scores, 0.25)


def few_changes_expected(expected: float, changes: int) -> Verdict:
    """Say whether fewer than half of the changes in the register are expected to come about."""
    return below(expected / changes, expected / changes, 0.5)


def group(rows: pd.DataFrame, topics: Sequence[str]) -> dict[str, float]:
    """Return `rate` over some topics."""
    return rate(rows[rows["topic"].isin(topics)])


TERMS, CHIPS = ("terms-us", "terms-china"), ("deliveries", "demand", "supply-chain")


def numbers(forecasts: pd.DataFrame, fewest: float, cutoff: date) -> list[Number]:
    """Return the counts, rates and verdicts on the articles' forecasts; cutoff is the last day of the record."""
    as_of = cutoff.isoformat()
    rows, told = articles_own(forecasts), scored(forecasts)
    total, asked = rate(told), rate(changes(forecasts))
    dated = rate(told[told["dated_by"] == "article"])
    terms, chips = group(told, TERMS), group(told, CHIPS)
    count = rows["outcome"].astype(str).value_counts()
    unsettled = int(count.get("open", 0) + count.get("void", 0))
    still = int((rows["outcome"].eq("open") & rows["form"].isin(["flat", "hedged"])).sum())

    apart = pd.DataFrame([rate(part) for _, part in told.groupby("topic", observed=True)])[["strict", "lenient"]].mean()

    def number(key: str, value: float, basis: str, unit: str = "count", **ends: float) -> Number:
        return Number(key, value, unit, as_of, basis, digits=2 if unit == "fraction" else 4, **ends)

    def rated(key: str, found: dict[str, float], what: str) -> list[Number]:
        basis = f"hit rate of {what}: strict rate, interval from strict to lenient (Jeffreys, 95%)"
        ends = {"low": found["low"], "high": found["high"]}
        return [
            number(f"{key}-n", found["n"], f"{what}, resolved and scored"),
            number(f"{key}-hits", found["hits"], f"{what} that came true"),
            number(f"{key}-halves", found["halves"], f"{what} that came true by half"),
            number(f"{key}-misses", found["n"] - found["hits"] - found["halves"], f"{what} that did not come true"),
            number(f"{key}-rate", found["strict"], basis, "fraction", **ends),
            number(f"{key}-rate-lenient", found["lenient"], f"{what}, halves counted as hits", "fraction"),
        ]

    official = told[told["official"].eq("yes")]
    all_false = jeffreys(total["hits"], total["n"] + still, LEVEL)
    all_true = jeffreys(total["hits"] + total["halves"] + still, total["n"] + still, LEVEL)
    return [
        number("forecasts-articles", len(rows), "questions made of the five articles' expectations"),
        number("forecasts-claims", int(rows["claims"].map(len).sum()), "claims of the ledger behind them"),
        number("forecasts-open", int(count.get("open", 0)), "not resolved by the day of the record"),
        number("forecasts-void", int(count.get("void", 0)), "condition never came about"),
        number("forecasts-questions", int(rows["form"].eq("question").sum()), "asked, not said: not scored"),
        number("forecasts-with-odds", int(rows["probability"].notna().sum()), "with a probability"),
        number("forecasts-own-date", int(rows["dated_by"].eq("article").sum()), "dated by the article itself"),
        number("interval-level", LEVEL, "level of the intervals of hit rates", "fraction"),
        number("forecasts-fewest", fewest, "fewest resolved forecasts from which a rate is told (assumption)"),
        *rated("scored", total, "all scored forecasts"),
        *rated("scored-changes", asked, "scored forecasts that something changes"),
        *rated("scored-dated", dated, "scored forecasts with a date of their own"),
        *rated("scored-terms", terms, "scored forecasts on the terms of either capital"),
        *rated("scored-chips", chips, "scored forecasts on deliveries, demand and supply chain"),
        number("scored-rate-wilson", total["strict"], "the same rate with Wilson's interval", "fraction",
               low=wilson(total["hits"], total["n"], LEVEL)[0],
               high=wilson(total["hits"] + total["halves"], total["n"], LEVEL)[1]),
        number("scored-rate-by-topic", apart["strict"], "mean of the topics' rates, each topic one vote", "fraction",
               low=apart["strict"], high=apart["lenient"]),
        number("nothing-rate", total["nothing_strict"], "hit rate of the forecast that nothing changes, same questions",
               "fraction", low=min(total["nothing_strict"], total["nothing_lenient"]),
               high=max(total["nothing_strict"], total["nothing_lenient"])),
        number("official-n", len(official), "scored questions with an official or announced date or term"),
        number("official-hits", int(official["hit"].sum()), "of them it held"),
        number("official-halves", int(official["half"].sum()), "of them it held by half"),
        number("scored-if-open-resolve", total["strict"],
               "hit rate if every open forecast came false (low end) or true (high end)", "fraction",
               low=all_false[0], high=all_true[1]),
        verdict("forecasts-mostly-unsettled", mostly_unsettled(unsettled, len(rows)), as_of, "open and void over all"),
        verdict("articles-give-no-odds", no_odds(int(rows["probability"].notna().sum())), as_of, "probabilities given"),
        verdict("articles-beat-even", told_above_even(total["low"], total["high"], total["n"], fewest), as_of,
                "hit rate against one half"),
        verdict("articles-beat-nothing", told_above_even(asked["low"], asked["high"], asked["n"], fewest), as_of,
                "hits where the two disagree against one half"),
        verdict("own-dates-held", told_above_even(dated["low"], dated["high"], dated["n"], fewest), as_of,
                "hit rate of dated forecasts against one half"),
        verdict("terms-beat-chips", terms_beat_chips((terms["low"], terms["high"]), (chips["low"], chips["high"]),
                min(terms["n"], chips["n"]), fewest), as_of, "difference of the two hit rates"),
    ]  # fmt: skip


def reconstructed_numbers(past: pd.DataFrame, chips: pd.DataFrame, plain: pd.DataFrame) -> list[Number]:
    """Return the scores of the book's odds on the past over the range of priors, and of the naive odds."""
    ids = tuple(fact_id for *_, fact_id in RECORD)
    as_of = RECORD[-1][1].date().isoformat()
    settings = list(asdict(approval.Setting(1.0, True, 1, True)))
    means = past.groupby(settings)[["brier", "log"]].mean()
    gained = pd.Series([float(skill(score, plain.loc["Even odds", "brier"])) for score in means["brier"]])
    own = chips.loc[chips["name"] == "reconstructed", "score"]
    others = chips.set_index("name")["score"]

    def spread(key: str, values: pd.Series, unit: str, basis: str) -> Number:
        low, high = float(values.min()), float(values.max())
        return Number(key, math.nan, unit, as_of, basis, ids, low, high, digits=2)

    found = [
        spread("reconstructed-brier", means["brier"], "none", "mean Brier score over three days, range of priors"),
        spread("reconstructed-log", means["log"], "none", "mean log score over three days, range of priors"),
        spread("reconstructed-skill", gained, "fraction", "share of the Brier score of even odds that is saved"),
        spread("reconstructed-chips", own, "chips", "interval score of chips delivered, range of priors"),
        Number("reconstructed-settings", len(means), "count", as_of, "settings of the prior"),
        Number("official-chips", float(others["official plan"]), "chips", as_of, "interval score of the plan", ids),
        Number("nothing-chips", float(others["nothing"]), "chips", as_of, "interval score of no delivery", ids),
    ]
    keys = {"Even odds": "even-brier", "Nothing changes": "nothing-brier", "Official date holds": "official-brier"}
    found += [
        Number(key, float(plain.loc[name, "brier"]), "none", as_of, "mean Brier score over three days", ids, digits=2)
        for name, key in keys.items()
    ]
    span = (float(means["brier"].min()), float(means["brier"].max()))
    return [*found, verdict("model-beat-even", model_beat_even(span), as_of, "Brier score against even odds", ids)]


def register_numbers(own: pd.DataFrame) -> list[Number]:
    """Return what the register holds and expects."""
    as_of = own["made_on"].max().date().isoformat()
    moves = own[own["status_quo"].eq("no")]
    expected = float(moves["probability"].sum())
    first, last = own["resolves_by"].min(), own["resolves_by"].max()

    done = own[own["outcome"].isin(["yes", "no"])]
    score = float(brier(done["probability"], done["outcome"].eq("yes").astype(int)).mean()) if len(done) else math.nan

    def dated(key: str, value: pd.Timestamp, basis: str) -> Number:
        return Number(key, math.nan, "date", as_of, basis, word=day(value.date()))

    return [
        Number("register-total", len(own), "count", as_of, "forecasts of the report, registered"),
        Number("register-resolved", len(done), "count", as_of, "forecasts in it that are resolved yes or no"),
        Number(
            "register-brier",
            score,
            "none",
            as_of,
            "mean Brier score of those resolved",
            digits=2,
            word="" if len(done) else "none yet",
        ),
        Number("register-changes", len(moves), "count", as_of, "forecasts in it that something changes"),
        Number("register-expected", expected, "count", as_of, "sum of their probabilities", digits=2),
        dated("register-day", own["made_on"].max(), "day of registration"),
        dated("register-first", first, "first day of resolution"),
        dated("register-last", last, "last day of resolution"),
        verdict("few-changes-expected", few_changes_expected(expected, len(moves)), as_of, "expected over registered"),
    ]


PREDICATES = {
    "forecasts-mostly-unsettled": mostly_unsettled,
    "articles-give-no-odds": no_odds,
    "articles-beat-even": told_above_even,
    "articles-beat-nothing": told_above_even,
    "own-dates-held": told_above_even,
    "terms-beat-chips": terms_beat_chips,
    "model-beat-even": model_beat_even,
    "few-changes-expected": few_changes_expected,
}
