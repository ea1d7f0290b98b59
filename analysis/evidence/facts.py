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
    row = rows.iloc[0].copy()
    row["low"] = row["value"] if pd.isna(row["low"]) else row["low"]
    row["high"] = row["value"] if pd.isna(row["high"]) else row["high"]
    return row
