"""Chapter 5, the panel: indicators and their readings in, states, verdicts and what changed out.

A reading (row of observations) covers the calendar quarters within its period; a fiscal quarter covers the calendar
quarter that holds most of its days. Nothing is carried forward on the panel itself: a quarter without a reading says
so. The rules were fixed on the day that indicators.csv names, when the readings were known to the authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import numpy as np
import pandas as pd

from analysis.assumptions import Assumption
from analysis.evidence.findings import Verdict, below
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.roots import OWN
from analysis.models import panel as model
from analysis.tables.periods import Period, calendar_quarters, next_period, parse_period, quarter_of

FIRST = parse_period("2025Q4")
GROUPS = {
    "licences": "Licences and supply",
    "split": "Hardness of the split",
    "platform": "Platform operation",
    "engineering": "Ecosystem engineering",
    "closing": "The two that close article 000",
    "implied": "Implied by the articles, or left out",
}
STATES = ("triggered", "watch", "quiet", "no data yet", "not measurable")
RESTS_ON = re.compile(r"\b(?:Facts|Events): ([^.]*)\.")


def rule(indicator: pd.Series) -> model.Rule:
    """Return the trigger of an indicator (a row of the typed table)."""
    return model.Rule(indicator["sense"], indicator["enter"], indicator["leave"], int(indicator["dwell"]))


def adjusted(indicators: pd.DataFrame, factor: float, dwell: int = 0) -> pd.DataFrame:
    """Return the indicators with every rule made harder (factor above 1) or easier, and `dwell` releases added."""
    rules = [model.moved(rule(row), factor, int(row["dwell"]) + dwell) for _, row in indicators.iterrows()]
    return indicators.assign(**{name: [getattr(one, name) for one in rules] for name in ("enter", "leave", "dwell")})


def quarters(observations: pd.DataFrame) -> list[Period]:
    """Return the calendar quarters of the panel: from 2025Q4 to the one in which the last row was recorded."""
    found, last = [FIRST], quarter_of(observations["recorded_on"].max().date())
    while found[-1].end < last.end:
        found.append(next_period(found[-1]))
    return found


def rests_on(note: str) -> list[str]:
    """Return the facts and events that an observation's note names."""
    return [item.strip() for group in RESTS_ON.findall(note) for item in group.split(";") if item.strip()]


def knowable(
    observations: pd.DataFrame,
    indicators: pd.DataFrame,
    facts: pd.DataFrame,
    events: pd.DataFrame,
    sources: pd.DataFrame,
) -> pd.DataFrame:
    """Return the observations with `knowable_on`: the day from which each could have been read.

    That is the last day of publication among the source, or for arithmetic of ours the sources of the facts and events
    that the note names; where that leads to arithmetic alone, the usual lag after the period. A source without a day
    counts from the day it was read, and no row from later than it was recorded. Reconstructed, not remembered: the
    rows themselves date from `recorded_on`.
    """
    dated = sources.set_index("source_id")[["published_on", "accessed_on"]]
    out = {
        key: min(pd.Timestamp(row.published_on.end), row.accessed_on) if row.published_on else row.accessed_on
        for key, row in zip(dated.index, dated.itertuples(), strict=True)
    }
    origin = facts.set_index("fact_id")["source_id"].to_dict() | events.set_index("event_id")["source_id"].to_dict()
    known = indicators.set_index("indicator_id")

    def first(row: pd.Series) -> pd.Timestamp:
        if row["source_id"] != OWN:
            when = out[row["source_id"]]
        else:
            named = [out[origin[item]] for item in rests_on(row["note"]) if origin[item] != OWN]
            lagged = due(known.loc[row["indicator_id"]], row["period"])
            when = max(*named, pd.Timestamp(row["period"].end)) if named else lagged
        return min(when, row["recorded_on"])

    return observations.assign(knowable_on=[first(row) for _, row in observations.iterrows()])


def vintage(observations: pd.DataFrame, on: str | pd.Timestamp, by: str = "recorded_on") -> pd.DataFrame:
    """Return the readings as they stood on a day, one for each indicator and period: the latest row by then.

    `by` names the column that dates a row: recorded_on, or knowable_on of `knowable`. Of rows of one day the lower in
    the file wins, a revision being appended.
    """
    known = observations[observations[by] <= pd.Timestamp(on)].sort_values(by, kind="stable")
    key = [known["indicator_id"], known["period"].map(str)]
    return known[~pd.concat(key, axis=1).duplicated(keep="last")].sort_index()


def steps(indicators: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Return the readings in order of their periods, each with where it leaves its trigger.

    Adds the columns state, on, zone, pending (`models.panel.Step`) and end, the last day of the period.
    """
    known, parts = indicators.set_index("indicator_id"), []
    for key, own in readings.groupby("indicator_id", sort=False):
        own = own.assign(end=[pd.Timestamp(period.end) for period in own["period"]]).sort_values("end", kind="stable")
        bare = own["low"].isna() & own["high"].isna()
        low, high = own["low"].where(~bare, own["value"]), own["high"].where(~bare, own["value"])
        walked = model.run(rule(known.loc[key]), list(zip(low, high, strict=True)))
        at = pd.DataFrame([asdict(step) | {"state": step.state} for step in walked], index=own.index)
        parts.append(own.join(at))
    return pd.concat(parts) if parts else readings.assign(state="", on=False, zone="", pending=0, end=pd.NaT)


def states(indicators: pd.DataFrame, readings: pd.DataFrame, span: Iterable[Period]) -> pd.DataFrame:
    """Return the panel: one row for each indicator and quarter of the span.

    Columns indicator_id, name, group, quarter, state (one of STATES), value, low, high, unit, period, reading (the
    value in words), note.
    """
    walked, rows = steps(indicators, readings), []
    at = {
        (row["indicator_id"], str(quarter)): row
        for _, row in walked.iterrows()
        for quarter in calendar_quarters(row["period"])
    }
    for _, indicator in indicators.iterrows():
        for quarter in span:
            key = (indicator["indicator_id"], str(quarter))
            empty = {"state": "not measurable" if indicator["measured"] == "no" else "no data yet", "note": ""}
            row = at.get(key, pd.Series(empty))
            rows.append(
                {
                    "indicator_id": key[0],
                    "name": indicator["name"],
                    "group": str(indicator["group"]),
                    "quarter": key[1],
                    "state": row["state"],
                    **{name: row.get(name, np.nan) for name in ("value", "low", "high")},
                    "unit": indicator["unit"],
                    "period": str(row.get("period", "")),
                    "reading": reading(row) if "period" in row else "",
                    "note": row["note"],
                }
            )
    return pd.DataFrame(rows)


def reading(row: pd.Series | Mapping) -> str:
    """Write a reading: its value, its interval, or the bound that is known; "" where there is none."""
    value, low, high, unit = (row[name] for name in ("value", "low", "high", "unit"))
    if pd.notna(low) and pd.notna(high) and (pd.isna(value) or (high - low) > 0.1 * max(abs(high), 1e-9)):
        return interval(low, high, unit)
    if pd.notna(low) and pd.isna(high):
        return f"at least {quantity(low, unit)}"
    if pd.notna(value):
        return quantity(value, unit)
    return f"at most {quantity(high, unit)}" if pd.notna(high) else ""


def _reason(note: str, titles: Mapping[str, str] | None = None) -> str:
    """Return why a reading is what it is: the note without its references, else the titles of one or two events."""
    said, named = RESTS_ON.sub("", note).strip(), [item for item in rests_on(note) if item in (titles or {})]
    return said if said or len(named) > 2 else "; ".join(titles[item] for item in named)


def changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return where two panels differ in state or reading: indicator, quarter, before, after, why.

    A quarter that only one of them has counts as "no data yet" in the other.
    """
    key = ["indicator_id", "quarter"]
    pair = after.merge(before, on=key, how="outer", suffixes=("", "_before"), sort=False)
    rows = []
    for _, row in pair.iterrows():
        new, old = (
            {name: row[f"{name}{end}"] for name in ("state", "value", "low", "high", "unit")} for end in ("", "_before")
        )
        said = [
            "no data yet" if pd.isna(one["state"]) else ", ".join(filter(None, (one["state"], reading(one))))
            for one in (old, new)
        ]
        if said[0] != said[1] and "not measurable" not in said:
            name = row["name"] if pd.notna(row["name"]) else row["name_before"]
            note = row["note"] if pd.notna(row["note"]) else ""
            rows.append({"indicator": name, "quarter": row["quarter"], "before": said[0], "after": said[1],
                         "why": _reason(note)})  # fmt: skip
    frame = pd.DataFrame(rows, columns=["indicator", "quarter", "before", "after", "why"])
    return frame.sort_values(["quarter", "indicator"], kind="stable", ignore_index=True)


def moved_last(indicators: pd.DataFrame, readings: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return each indicator's last change of state between two readings, latest first: what, when, from, to, why."""
    walked, rows = steps(indicators, readings), []
    names, titles = indicators.set_index("indicator_id")["name"], events.set_index("event_id")["title"].to_dict()
    for key, own in walked.groupby("indicator_id", sort=False):
        flips = own[own["state"].ne(own["state"].shift()) & own["state"].shift().notna()]
        if flips.empty:
            continue
        last, prior = flips.iloc[-1], own.loc[: flips.index[-1]].iloc[-2]
        quarter = calendar_quarters(last["period"])[-1]
        if quarter.end < FIRST.end:
            continue
        text = f"{reading(last)} after {reading(prior)}. {_reason(last['note'], titles)}".strip()
        rows.append((quarter.end, names[key], str(last["period"]), f"{prior['state']} to {last['state']}", text))
    frame = pd.DataFrame(rows, columns=["end", "indicator", "period", "state", "why"])
    return frame.sort_values(["end", "indicator"], ascending=[False, True], ignore_index=True).drop(columns="end")


def period_in(indicator: pd.Series, quarter: Period) -> Period:
    """Return the indicator's own period that covers a calendar quarter: 2026Q4, 2026H2, 2026 or FY2027Q4."""
    year, part = quarter.start.year, (quarter.start.month + 2) // 3
    if indicator["calendar"] == "fiscal":
        fiscal = (parse_period(f"FY{y}Q{q}") for y in (year, year + 1) for q in range(1, 5))
        return next(period for period in fiscal if calendar_quarters(period) == [quarter])
    text = {"quarter": quarter.text, "half-year": f"{year}H{(part + 1) // 2}", "year": str(year)}
    return parse_period(text[indicator["cadence"]])


def due(indicator: pd.Series, period: Period) -> pd.Timestamp:
    """Return when a reading of a period can be expected: the end of the period and the usual lag."""
    lag = indicator["lag_days"]
    return pd.Timestamp(period.end) + pd.Timedelta(days=0 if pd.isna(lag) else lag)


def next_dates(indicators: pd.DataFrame, readings: pd.DataFrame, on: pd.Timestamp) -> pd.DataFrame:
    """Return the next release of each measured indicator: indicator, last, next, expected, publisher; soonest first.

    The date is the one announced where there is one and otherwise cadence and lag; a date in the past is overdue.
    """
    last = {key: max(own, key=lambda p: p.end) for key, own in readings.groupby("indicator_id")["period"]}
    rows = []
    for _, row in indicators[indicators["measured"] != "no"].iterrows():
        known = last.get(row["indicator_id"])
        period = next_period(known) if known else period_in(row, FIRST)
        when = row["next_due"] if pd.notna(row["next_due"]) else due(row, period)
        said = f"{when:%Y-%m}" + (", overdue" if when < on else ", announced" if pd.notna(row["next_due"]) else "")
        rows.append((when, row["name"], str(known or "none"), str(period), said, row["publisher"]))
    frame = pd.DataFrame(rows, columns=["when", "indicator", "last", "next", "expected", "publisher"])
    return frame.sort_values(["when", "indicator"], ignore_index=True).drop(columns="when")


def condition(row: pd.Series, side: str) -> str:
    """Write the condition to enter or to leave an indicator's trigger, with its unit."""
    above = row["sense"] == "above"
    words = {("enter", True): "at or above", ("enter", False): "at or below", ("leave", True): "below",
             ("leave", False): "above"}  # fmt: skip
    return f"{words[side, above]} {quantity(row[side], row['unit'])}"


def turns(indicators: pd.DataFrame, readings: pd.DataFrame, theses: pd.DataFrame) -> pd.DataFrame:
    """Return for each indicator with a reading where it stands, what would turn its trigger, and for which thesis."""
    walked, rows = steps(indicators, readings), []
    bears = {item: thesis["thesis_id"].replace("-", " ") for _, thesis in theses.iterrows()
             for item in thesis["indicators"]}  # fmt: skip
    for key, own in walked.groupby("indicator_id", sort=False):
        row, last = indicators.set_index("indicator_id").loc[key], own.iloc[-1]
        more = int(row["dwell"] - last["pending"])
        side = "leave" if last["on"] else "enter"
        releases = "one more release" if more == 1 else f"{more} releases in a row"
        rows.append(
            {
                "indicator": row["name"],
                "stands at": f"{reading(last)} ({last['period']}), {'on' if last['on'] else 'off'}",
                "would turn": f"{'off' if last['on'] else 'on'} by {releases} {condition(row, side)}",
                "thesis": bears.get(key, ""),
            }
        )
    return pd.DataFrame(rows)


def verdicts(
    theses: pd.DataFrame, indicators: pd.DataFrame, readings: pd.DataFrame, span: Iterable[Period], stands: float
) -> pd.DataFrame:
    """Return the verdict on each thesis at each quarter end, from the readings that stand by then.

    A reading stands for `stands` days after the end of its period, unless a newer one is there. Columns thesis_id,
    article, statement, quarter, verdict, and triggered, watch, quiet, unseen (counts of its indicators).
    """
    walked, rows = steps(indicators, readings), []
    for _, thesis in theses.iterrows():
        own = walked[walked["indicator_id"].isin(thesis["indicators"])]
        for quarter in span:
            end = pd.Timestamp(quarter.end)
            covered = [calendar_quarters(period)[-1].end <= quarter.end for period in own["period"]]
            standing = own[np.array(covered, dtype=bool) & (end - own["end"] <= pd.Timedelta(days=stands))]
            now = standing.drop_duplicates("indicator_id", keep="last")["state"].tolist()
            total = len(thesis["indicators"])
            rows.append(
                {
                    "thesis_id": thesis["thesis_id"],
                    "article": thesis["article"],
                    "statement": thesis["statement"],
                    "quarter": str(quarter),
                    "verdict": model.verdict(now, total),
                    **{name: now.count(name) for name in ("triggered", "watch", "quiet")},
                    "unseen": total - len(now),
                }
            )
    return pd.DataFrame(rows)


def robustness(
    indicators: pd.DataFrame, readings: pd.DataFrame, span: list[Period], low: float, high: float
) -> pd.DataFrame:
    """Return how many cells with a reading change state when every rule is made easier, harder, quicker or slower.

    low and high are the factors on the thresholds. One row a variation: variation, cells, changed, share.
    """
    base = states(indicators, readings, span)
    seen = base["state"].isin(STATES[:3])
    rows = []
    for name, factor, dwell in (
        (f"Thresholds times {low:g}", low, 0),
        (f"Thresholds times {high:g}", high, 0),
        ("One release fewer", 1.0, -1),
        ("One release more", 1.0, 1),
    ):
        other = states(adjusted(indicators, factor, dwell), readings, span)
        changed = int((other["state"] != base["state"])[seen].sum())
        rows.append((name, int(seen.sum()), changed, changed / int(seen.sum())))
    return pd.DataFrame(rows, columns=["variation", "cells", "changed", "share"])


def verdicts_by_shelf_life(
    theses: pd.DataFrame, indicators: pd.DataFrame, readings: pd.DataFrame, span: list[Period], stands: Assumption
) -> pd.DataFrame:
    """Return how many verdicts change when readings stand for a shorter or a longer time; columns as `robustness`."""
    base, rows = verdicts(theses, indicators, readings, span, stands.central)["verdict"], []
    for days in (stands.low, stands.high):
        changed = int((verdicts(theses, indicators, readings, span, days)["verdict"] != base).sum())
        rows.append((f"A reading stands {quantity(days, 'days')}", len(base), changed, changed / len(base)))
    return pd.DataFrame(rows, columns=["variation", "cells", "changed", "share"])


def robustness_table(states_: pd.DataFrame, verdicts_: pd.DataFrame) -> pd.DataFrame:
    """Return both for reading."""
    parts = [
        (row.variation, f"{row.changed} of {row.cells} {what}", quantity(row.share, "fraction", 2))
        for frame, what in ((states_, "states"), (verdicts_, "verdicts"))
        for row in frame.itertuples()
    ]
    return pd.DataFrame(parts, columns=["other rule", "what changes", "share"])


def record(indicators: pd.DataFrame, readings: pd.DataFrame) -> tuple[int, int, int]:
    """Return how often a trigger was entered in all history, how often that could be tested, and how often it held.

    A later release tests it. It held when no release of the following two lay short of the threshold to leave.
    """
    entered = tested = held = 0
    for _, own in steps(indicators, readings).groupby("indicator_id", sort=False):
        on, zones = own["on"].tolist(), own["zone"].tolist()
        for place in range(len(on)):
            if on[place] and (place == 0 or not on[place - 1]):
                after = zones[place + 1 : place + 3]
                entered, tested = entered + 1, tested + bool(after)
                held += bool(after) and "short" not in after
    return entered, tested, held


def history(indicator_id: str, readings: pd.DataFrame) -> str:
    """Write the readings of an indicator in order: "2025Q4 143%, 2026Q1 184%"."""
    own = readings[readings["indicator_id"] == indicator_id]
    ordered = sorted((row for _, row in own.iterrows()), key=lambda row: row["period"].end)
    return ", ".join(f"{row['period']} {reading(row)}" for row in ordered)


def origins(readings: pd.DataFrame) -> tuple[str, ...]:
    """Return the sources of the readings, the most used first and arithmetic of ours last."""
    counted = readings["source_id"].value_counts()
    return tuple(sorted(counted.index, key=lambda key: (key == OWN, -counted[key], key)))


def published(indicators: pd.DataFrame, observations: pd.DataFrame, theses: pd.DataFrame, stands: float) -> dict:
    """Return what indicators.json holds: each indicator with rule, readings as they stand and states by quarter."""
    span = quarters(observations)
    recorded = observations["recorded_on"].max()
    now = vintage(observations, recorded)
    board, judged = states(indicators, now, span), verdicts(theses, indicators, now, span, stands)
    plain = now.assign(period=now["period"].map(str), recorded_on=now["recorded_on"].dt.strftime("%Y-%m-%d"))
    listed = []
    for _, row in indicators.iterrows():
        key = row["indicator_id"]
        about = {name: str(row[name]) for name in ("indicator_id", "name", "group", "article", "role", "asks",
                 "definition", "unit", "measured", "publisher", "cadence", "calendar", "gaming", "needed")}  # fmt: skip
        own = plain[plain["indicator_id"] == key].drop(columns="indicator_id")
        cells = board[board["indicator_id"] == key]
        listed.append(
            about
            | {
                "claims": list(row["claims"]),
                "rule": asdict(rule(row)) | {"fixed_on": f"{row['fixed_on']:%Y-%m-%d}"},
                "states": dict(zip(cells["quarter"], cells["state"], strict=True)),
                "observations": own.astype(object).where(own.notna(), None).to_dict("records"),
            }
        )
    told = {
        key: dict(zip(own["quarter"], own["verdict"], strict=True))
        for key, own in judged.groupby("thesis_id", sort=False)
    }
    return {"recorded_to": f"{recorded:%Y-%m-%d}", "quarters": list(map(str, span)), "indicators": listed,
            "theses": told}  # fmt: skip


# Predicates -------------------------------------------------------------------------------------------------------


def few_measured(measured: int, named: int) -> Verdict:
    """Say whether fewer than half of the indicators that article 004 names can be measured."""
    return "holds" if 2 * measured < named else "fails"


def licences_outran_chips(licences: str, revenue: str) -> Verdict:
    """Say whether licences are triggered while revenue is quiet; revenue that is triggered refutes it."""
    if revenue == "triggered":
        return "fails"
    return "holds" if (licences, revenue) == ("triggered", "quiet") else "unclear"


def pairing_unwritten(low: float, high: float) -> Verdict:
    """Say whether no rule with a ratio is in force."""
    return below(low, high, 1)


def services_grow(told: model.Verdict) -> Verdict:
    """Say whether the thesis that compute turns into services is borne out."""
    return {"borne out": "holds", "not borne out": "fails"}.get(told, "unclear")


def control_unplannable(told: model.Verdict) -> Verdict:
    """Say whether the thesis that control is a process to plan with is not borne out."""
    return {"not borne out": "holds", "borne out": "fails"}.get(told, "unclear")


def theses_open(told: int, total: int) -> Verdict:
    """Say whether fewer than half of the theses have a verdict for or against."""
    return "holds" if 2 * told < total else "fails"


def rules_matter_little(low: float, high: float) -> Verdict:
    """Say whether no variation of the rules changes a quarter of the states or more."""
    return below(low, high, 0.25)


PREDICATES = {
    "few-measured": few_measured,
    "licences-outran-chips": licences_outran_chips,
    "pairing-unwritten": pairing_unwritten,
    "services-grow": services_grow,
    "control-unplannable": control_unplannable,
    "theses-open": theses_open,
    "rules-matter-little": rules_matter_little,
}
