"""Limits: how the facts were read, and which judgements turn the most findings."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from analysis.evidence.findings import Verdict, below, verdict
from analysis.evidence.formatting import day
from analysis.evidence.numbers import Number
from analysis.evidence.roots import root
from analysis.tables.periods import quarter_of

WAYS = ("official, itself", "official, quoted", "other")
FIRST = "2024Q1"
COMPANY = "nvidia"


def read_as(facts: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return one row a fact from outside: fact_id, entity, end (last day of its period) and way, one of WAYS.

    Official is an original of quality primary, written by a state, a regulator or the company concerned; it was read
    itself, or quoted by a source that repeats it. Other is press and analysts, who have it from somewhere. Our own
    derivations are left out: they were not read anywhere.
    """
    by_id = sources.set_index("source_id")
    relays, quality = by_id["relays"].to_dict(), by_id["quality"].astype(str).to_dict()

    def way(source_id: str) -> str:
        if quality[root(source_id, relays)] != "primary":
            return WAYS[2]
        return WAYS[1] if relays[source_id] else WAYS[0]

    own = facts["quality"].astype(str).eq("derived") | facts["source_id"].eq("own-derivation")
    outside = facts[~own]
    return pd.DataFrame(
        {
            "fact_id": outside["fact_id"],
            "entity": outside["entity"],
            "end": [period.end for period in outside["period"]],
            "way": outside["source_id"].map(way),
        }
    ).reset_index(drop=True)


def by_quarter(read: pd.DataFrame, known: date) -> pd.DataFrame:
    """Return the number of facts by calendar quarter in which their period ends (index) and way (columns, WAYS).

    The quarters before FIRST are one row; facts on periods that end after `known` are forecasts and left out.
    """
    past = read[[end <= known for end in read["end"]]]
    quarters = past["end"].map(lambda end: quarter_of(end).text)
    table = pd.crosstab(quarters.where(quarters >= FIRST, "before 2024"), past["way"]).reindex(
        columns=list(WAYS), fill_value=0
    )
    order = ["before 2024", *sorted(set(table.index) - {"before 2024"})]
    return table.reindex(order).rename_axis("quarter", axis=0).rename_axis(None, axis=1)


def second_hand(share: float) -> Verdict:
    """Say whether less than half of the facts of a year were read in an official document itself."""
    return below(share, share, 0.5)


def own_share(read: pd.DataFrame) -> float:
    """Return the fraction of facts that were read in an official document itself, NaN for none."""
    return float((read["way"] == WAYS[0]).mean()) if len(read) else math.nan


def decisive(turns: pd.DataFrame) -> pd.Series:
    """Return how many findings each judgement can turn by itself (index assumption_id), most first, none left out."""
    turning = turns[turns["turns_at"].map(len) > 0]
    return turning["assumption_id"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")


def numbers(read: pd.DataFrame, turns: pd.DataFrame, known: date) -> list[Number]:
    """Return the numbers of the page; known is the last day of the data."""
    past = read[[end <= known for end in read["end"]]]
    new = past[[end.year >= known.year for end in past["end"]]]
    old = past[[end.year < known.year for end in past["end"]]]
    company = past[past["entity"] == COMPANY]
    itself = company[company["way"] == WAYS[0]]
    last = max(itself["end"], default=None)
    after = company[[last is None or end > last for end in company["end"]]]
    then, now = own_share(old), own_share(new)
    as_of, counted = known.isoformat(), decisive(turns)
    return [
        Number("data-cutoff", math.nan, "date", as_of, "day of the latest event of the record", word=day(known)),
        Number("official-read-before", then, "fraction", as_of, "facts on earlier years read in an official document "
               "itself, of all facts on these years from outside", digits=2),
        Number("official-read-now", now, "fraction", as_of, f"facts on {known.year} read in an official document "
               "itself, of all facts on it from outside", digits=2),
        Number("company-last-read", math.nan, "date", as_of, "last day of the latest NVIDIA figure that was read in "
               "the company's own document", word=day(last) if last else "never"),
        Number("company-quoted-since", len(after), "count", as_of, "facts on NVIDIA for later days, every one of them "
               "read elsewhere"),
        Number("judgements-turning", len(counted), "count", as_of, "judgements that turn a finding by themselves"),
        Number("judgements-turning-most", int(counted.iloc[0]), "count", as_of, "most findings that one judgement "
               "turns"),
        verdict("second-hand", second_hand(now), as_of, "share of this year's facts read in an official document "
                "itself, against a half"),
    ]  # fmt: skip


PREDICATES = {"second-hand": second_hand}
