"""Chapter 5, the panel: what its text says in numbers."""

from __future__ import annotations

import math

import pandas as pd

from analysis.assumptions import Assumption
from analysis.evidence.findings import verdict
from analysis.evidence.formatting import day
from analysis.evidence.numbers import Number
from analysis.results import panel
from analysis.tables.periods import parse_period

TOLD = ("borne out", "not borne out")


def counts(indicators: pd.DataFrame, observations: pd.DataFrame, board: pd.DataFrame) -> list[Number]:
    """Return how much of the panel can be seen, and the states of its last quarter that is over."""
    on = observations["recorded_on"].max()
    named = indicators[(indicators["article"] == "004") & (indicators["role"] == "named")]
    measured = named[named["measured"] != "no"]
    read = observations.groupby("indicator_id")["period"].nunique()
    quarter = last_quarter(board, on)
    now = board[board["quarter"] == quarter]["state"].value_counts()
    as_of = on.date().isoformat()

    def count(key: str, value: int, basis: str, when: str = as_of) -> Number:
        return Number(f"panel-{key}", value, "count", when, basis, digits=4)

    first = board[board["quarter"] == board["quarter"].iloc[0]]
    in_window = board[board["state"].isin(panel.STATES[:3])]["indicator_id"].nunique()
    return [
        count("indicators", len(indicators), "rows of the indicators"),
        count("named", len(named), "indicators that article 004 names"),
        count("named-measured", len(measured), "of those, measured at least in part"),
        count("named-seen", int(measured["indicator_id"].isin(in_window_ids(board)).sum()),
              "of those, with a reading since 2025Q4"),
        count("stand-ins", int((indicators["role"] == "stand-in").sum()), "series that stand in for others"),
        count("unmeasured", int((first["state"] == "not measurable").sum()), "indicators with no public source"),
        count("seen", in_window, "indicators with a reading since 2025Q4"),
        count("series", int((read > 1).sum()), "indicators with at least two periods"),
        count("observations", len(observations), "rows of the observations"),
        Number("panel-quarter", math.nan, "none", quarter, "last calendar quarter that is over", word=quarter),
        Number("panel-fixed-on", math.nan, "none", as_of, "day on which the rules were fixed",
               word=day(indicators["fixed_on"].max().date())),
        *(count(f"now-{name.replace(' ', '-')}", int(now.get(name, 0)), f"indicators that are {name}", quarter)
          for name in panel.STATES),
        verdict("few-measured", panel.few_measured(len(measured), len(named)), as_of, "measured over named"),
    ]  # fmt: skip


def in_window_ids(board: pd.DataFrame) -> set[str]:
    """Return the indicators that have a reading in the window."""
    return set(board[board["state"].isin(panel.STATES[:3])]["indicator_id"])


def last_quarter(board: pd.DataFrame, on: pd.Timestamp) -> str:
    """Return the last quarter of the board that was over on a day."""
    over = [text for text in board["quarter"].unique() if pd.Timestamp(parse_period(text).end) <= on]
    return max(over)


def latest(indicators: pd.DataFrame, readings: pd.DataFrame) -> list[Number]:
    """Return the latest reading of each indicator, keyed panel-<indicator_id>."""
    walked, found = panel.steps(indicators, readings), []
    names = indicators.set_index("indicator_id")["name"]
    for key, own in walked.groupby("indicator_id", sort=False):
        row = own.iloc[-1]
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        if math.isnan(low) and math.isnan(high):
            low = high = value  # an exact reading is its own range
        basis, sources = f"{names[key]}; {row['state']}", (row["source_id"],)
        found.append(Number(f"panel-{key}", value, row["unit"], str(row["period"]), basis, sources, low, high))
    return found


def written(on: pd.Timestamp) -> str:
    """Return a day in words."""
    return day(on.date())


def judged(
    verdicts: pd.DataFrame, readings: pd.DataFrame, indicators: pd.DataFrame, quarter: str, stands: Assumption
) -> list[Number]:
    """Return the verdicts on the theses at a quarter as words and counts, and the predicates that rest on them."""
    now = verdicts[verdicts["quarter"] == quarter].set_index("thesis_id")
    own = now[now["article"] == "004"]["verdict"]
    told = int(own.isin(TOLD).sum())
    last = panel.steps(indicators, readings).drop_duplicates("indicator_id", keep="last").set_index("indicator_id")
    pairing, sold = last.loc["pairing-rule", "value"], last.loc["h200-revenue"]
    most = float(sold["high"] if pd.notna(sold["high"]) else sold["value"])
    words = [
        Number(
            f"panel-verdict-{key}", math.nan, "none", quarter, f"verdict on: {row['statement']}", word=row["verdict"]
        )
        for key, row in now.iterrows()
    ]
    unseen = [
        Number(
            f"panel-unseen-{key}",
            int(row["unseen"]),
            "count",
            quarter,
            f"indicators without a reading: {row.statement}",
        )
        for key, row in now.iterrows()
    ]
    return [
        *words,
        *unseen,
        Number(
            "panel-h200-at-most",
            most,
            "USD",
            str(sold["period"]),
            "H200 revenue from China, upper bound",
            (sold["source_id"],),
        ),
        Number(
            "panel-stands",
            stands.central,
            "days",
            quarter,
            "how long a reading stands for a verdict",
            (),
            stands.low,
            stands.high,
        ),
        Number("panel-theses", len(own), "count", quarter, "theses of article 004"),
        Number("panel-theses-told", told, "count", quarter, "theses of article 004 with a verdict for or against"),
        Number(
            "panel-theses-borne-out",
            int((own == "borne out").sum()),
            "count",
            quarter,
            "theses of article 004 borne out",
        ),
        verdict("theses-open", panel.theses_open(told, len(own)), quarter, "theses with a verdict over all"),
        verdict("services-grow", panel.services_grow(own["services"]), quarter, "verdict on services"),
        verdict("control-unplannable", panel.control_unplannable(own["contract"]), quarter, "verdict on contracts"),
        verdict("pairing-unwritten", panel.pairing_unwritten(pairing, pairing), quarter, "rules in force"),
        verdict(
            "licences-outran-chips",
            panel.licences_outran_chips(last.loc["licensed-firms", "state"], last.loc["h200-revenue", "state"]),
            quarter,
            "states of licences and of revenue",
        ),
    ]


def checked(robustness: pd.DataFrame, record: tuple[int, int, int], as_of: str) -> list[Number]:
    """Return how far the states depend on the rules, and how the triggers fared on all history."""
    low, high = robustness["share"].min(), robustness["share"].max()
    entered, tested, held = record
    return [
        Number("panel-cells", int(robustness["cells"].iloc[0]), "count", as_of, "cells of the panel with a reading"),
        Number(
            "panel-changed", math.nan, "fraction", as_of, "share of those that other rules change", (), low, high, 2
        ),
        Number("panel-entered", entered, "count", as_of, "triggers entered in all history"),
        Number("panel-tested", tested, "count", as_of, "of those, followed by another release"),
        Number("panel-held", held, "count", as_of, "of those, without a release short of leaving in the next two"),
        verdict("rules-matter-little", panel.rules_matter_little(low, high), as_of, "share of cells that change"),
    ]


def revision(before: pd.DataFrame, after: pd.DataFrame, frame: pd.DataFrame, as_of: str) -> list[Number]:
    """Return how many cells became known and how many were revised between two vintages."""
    new = int((frame["before"] == "no data yet").sum())
    return [
        Number("panel-new-cells", new, "count", as_of, "cells that had no reading at the earlier date"),
        Number("panel-revised-cells", len(frame) - new, "count", as_of, "cells whose state or reading changed"),
        Number("panel-known-then", int(before["state"].isin(panel.STATES[:3]).sum()), "count", as_of,
               "cells with a reading at the earlier date"),
        Number("panel-known-later", int(after["state"].isin(panel.STATES[:3]).sum()), "count", as_of,
               "cells with a reading at the later date"),
    ]  # fmt: skip
