"""The timeline: the dated record by actor, with the exactness of each date, and the events that mattered."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.evidence.findings import Verdict, above, verdict
from analysis.evidence.numbers import Number
from analysis.evidence.roots import each_once

LANES = {
    "us_government": "US government",
    "us_congress": "US Congress",
    "china_government": "Chinese government",
    "nvidia": "NVIDIA",
    "amd": "AMD",
    "chinese_buyer": "Chinese buyers",
    "chinese_vendor": "Chinese vendors",
    "market": "Market, press",
}
WASHINGTON, BEIJING = ("us_government", "us_congress"), ("china_government",)
SPANS = {"day": "D", "month": "M", "quarter": "Q", "year": "Y"}


def record(events: pd.DataFrame, stages: pd.DataFrame, milestones: pd.DataFrame) -> pd.DataFrame:
    """Return the events in order of their dates, one row each.

    Columns event_id, start and end (the days between which it lies: a day, a month, a quarter), actor, lane,
    category, title, stage ("" for a report or statement), in_force_on, disputed (another event contradicts it) and
    number (1 to n for the milestones in order of their dates, 0 for the rest).
    """
    frame = events[["event_id", "date", "date_precision", "actor", "category", "title", "source_id"]].copy()
    spans = [
        pd.Period(day, SPANS[str(exact)]) for day, exact in zip(frame["date"], frame["date_precision"], strict=True)
    ]
    frame["start"] = [span.start_time for span in spans]
    frame["end"] = [span.end_time.normalize() for span in spans]
    frame["lane"] = [LANES[name] for name in frame["actor"]]
    steps = stages.set_index("event_id")
    frame["stage"] = frame["event_id"].map(steps["stage"].astype(str)).fillna("")
    frame["in_force_on"] = frame["event_id"].map(steps["in_force_on"])
    frame["disputed"] = [len(others) > 0 for others in events["contradicts"]]
    frame = frame.sort_values(["start", "event_id"], ignore_index=True)
    chosen = frame.loc[frame["event_id"].isin(milestones["event_id"]), "event_id"]
    frame["number"] = frame["event_id"].map({key: place for place, key in enumerate(chosen, start=1)}).fillna(0)
    return frame.astype({"number": int}).drop(columns=["date"])


def on_paper(events: pd.DataFrame, actors: tuple[str, ...]) -> tuple[int, int]:
    """Return how many events of some actors were read in an official text or filing, and how many there are."""
    own = events[events["actor"].isin(actors)]
    return int(own["quality"].eq("primary").sum()), len(own)


def one_side_on_paper(washington: tuple[int, int], beijing: tuple[int, int]) -> Verdict:
    """Say whether a larger part of Washington's acts than of Beijing's was read in an official text."""
    if not washington[1] or not beijing[1]:
        return "unclear"
    gap = washington[0] / washington[1] - beijing[0] / beijing[1]
    return "unclear" if gap == 0 else above(gap, gap, 0.0)


def more_told_than_done(steps: int, total: int) -> Verdict:
    """Say whether fewer than half of the events are formal steps."""
    return above(1 - steps / total, 1 - steps / total, 0.5)


def origins(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the sources of the milestones, each once: the picture's citation names these."""
    return each_once(frame.loc[frame["number"] > 0, "source_id"])


def numbers(events: pd.DataFrame, frame: pd.DataFrame, cutoff: date) -> list[Number]:
    """Return the counts that the text uses; cutoff is the last day of the record."""
    as_of = cutoff.isoformat()
    washington, beijing = on_paper(events, WASHINGTON), on_paper(events, BEIJING)
    steps = int(frame["stage"].ne("").sum())

    def count(key: str, value: int, basis: str) -> Number:
        return Number(key, value, "count", as_of, basis, digits=4)

    return [
        count("events-total", len(frame), "dated events"),
        count("events-to-the-day", int(frame["start"].eq(frame["end"]).sum()), "dated to the day"),
        count("events-disputed", int(frame["disputed"].sum()), "contradicted by another event"),
        count("events-steps", steps, "formal steps: drafts, votes, texts, rulings"),
        count("events-in-force", int(frame["stage"].eq("in_force").sum()), "steps that bind from the day itself"),
        count("milestones-total", int((frame["number"] > 0).sum()), "events marked as those that mattered"),
        count("washington-events", washington[1], "events of the US government and Congress"),
        count("washington-on-paper", washington[0], "of these, read in an official text"),
        count("beijing-events", beijing[1], "events of the Chinese government"),
        count("beijing-on-paper", beijing[0], "of these, read in an official text"),
        verdict("one-side-on-paper", one_side_on_paper(washington, beijing), as_of, "share read in an official text"),
        verdict("more-told-than-done", more_told_than_done(steps, len(frame)), as_of, "formal steps over all events"),
    ]


PREDICATES = {"one-side-on-paper": one_side_on_paper, "more-told-than-done": more_told_than_done}
