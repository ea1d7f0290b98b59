"""Pick facts from the table as series and single values, with their bounds."""

from __future__ import annotations

import pandas as pd


class MissingFactError(KeyError):
    """No fact, or more than one, fits what was asked for."""


def series(facts: pd.DataFrame, entity: str, metric: str) -> pd.DataFrame:
    """Return one row a period for a metric: the most exact reading, columns value, low, high, fact_id, source_id.

    Where several readings of one period exist, the narrowest interval wins, then the better quality; an exact
    value has low = value = high. Units are those of the facts table. Index: period end (date), ascending;
    the period text stands in `period`.
    """
    rows = facts[(facts["entity"] == entity) & (facts["metric"] == metric)].copy()
    if rows.empty:
        raise MissingFactError(f"data/facts.csv holds no {metric} of {entity}")
    rows["low"] = rows["low"].fillna(rows["value"])
    rows["high"] = rows["high"].fillna(rows["value"])
    rows["value"] = rows["value"].fillna((rows["low"] + rows["high"]) / 2)
    rows["width"] = rows["high"] - rows["low"]
    rows["rank"] = pd.Categorical(rows["quality"], ["primary", "derived", "reported", "analyst", "weak"]).codes
    rows["end"] = [period.end for period in rows["period"]]
    rows["period"] = [str(period) for period in rows["period"]]
    best = rows.sort_values(["end", "width", "rank", "fact_id"]).drop_duplicates("period")
    return best.set_index("end")[["period", "value", "low", "high", "unit", "fact_id", "source_id", "quality"]]


def fact(facts: pd.DataFrame, fact_id: str) -> pd.Series:
    """Return one fact by id; raises MissingFactError when there is none."""
    rows = facts[facts["fact_id"] == fact_id]
    if rows.empty:
        raise MissingFactError(f"data/facts.csv holds no fact {fact_id!r}")
    return rows.iloc[0]


def bounds(row: pd.Series) -> tuple[float, float]:
    """Return the ends of what a fact says, NaN for an open end: "more than 400,000" is known from below only."""
    low, value, high = row["low"], row["value"], row["high"]
    if pd.isna(low) and pd.isna(high):
        return value, value
    return low, high
