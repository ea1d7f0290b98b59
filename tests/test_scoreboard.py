"""The scoreboard counts as its rules say, the register of our own forecasts cannot be changed, dates stay honest."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.evidence.formatting import day
from analysis.results import approval, scoreboard, timeline
from analysis.tables.store import DATA

FORECASTS = tables.load("forecasts")
LEDGER = DATA.parent / "tests" / "forecast_ids.txt"


def made(*rows):
    """Return forecasts of article 000 from (outcome, form, status quo, official) and own ones for 4 to follow."""
    frame = pd.DataFrame(rows, columns=["outcome", "form", "status_quo", "official"])
    frame["article"] = [("000",)] * len(frame)
    frame["topic"], frame["dated_by"] = "deliveries", "article"
    frame["made_on"], frame["resolves_by"] = pd.Timestamp("2025-12-22"), pd.Timestamp("2026-02-28")
    return frame


def test_the_register_rests_on_the_events_that_had_been_read_when_it_was_made():
    events, sources = tables.load("events"), tables.load("sources")
    own = scoreboard.register(FORECASTS)
    made_on = own["made_on"].max()
    late = events.tail(1).assign(date=made_on - pd.Timedelta(days=1), source_id="read-later")
    later = sources.tail(1).assign(source_id="read-later", accessed_on=made_on + pd.Timedelta(days=40))
    more, read = (pd.concat(pair, ignore_index=True) for pair in ((events, late), (sources, later)))
    assert scoreboard.record_to(own, more, read) == scoreboard.record_to(own, events, sources)
    read["accessed_on"] = read["accessed_on"].clip(upper=made_on)
    assert scoreboard.record_to(own, more, read) == day(late["date"].item().date())


def test_no_forecast_is_removed_and_none_of_our_own_is_changed():
    listed, there = LEDGER.read_text("utf-8").split("\n"), scoreboard.seals(FORECASTS).split("\n")
    ids = [line.split()[0] for line in listed if line]
    assert set(ids) == set(FORECASTS["forecast_id"]), "append new ids; never remove or reuse one"
    assert set(filter(None, listed)) == set(there), (
        "a registered probability, rule, day or statement is never changed: register a new forecast instead"
    )


@pytest.mark.parametrize(
    ("column", "value"), [("probability", 0.5), ("rule", "Another rule."), ("resolves_by", pd.Timestamp("2029-01-01"))]
)
def test_a_changed_registered_forecast_breaks_its_seal_and_an_outcome_does_not(column, value):
    first = FORECASTS.index[FORECASTS["forecast_id"] == "R001"][0]
    changed = FORECASTS.astype({"outcome": object}).copy()
    changed.loc[first, "outcome"] = "yes"
    assert scoreboard.seals(changed) == scoreboard.seals(FORECASTS)
    changed.loc[first, column] = value
    assert scoreboard.seals(changed) != scoreboard.seals(FORECASTS)


def test_the_register_gives_odds_rules_and_days_and_none_is_certain():
    own = scoreboard.register(FORECASTS)
    assert len(own) >= 10 and own["probability"].between(0.01, 0.99).all()
    assert (own["resolves_by"] > own["made_on"]).all() and own["resolves_by"].is_monotonic_increasing
    assert own["resolves_by"].between("2026-12-31", "2028-03-31").all()
    assert own["topic"].nunique() >= 6 and (own["rule"].str.len() > 20).all()


def test_what_is_asked_void_or_open_is_not_scored_and_a_half_counts_both_ways():
    frame = made(
        ("yes", "flat", "no", "yes"),
        ("no", "hedged", "no", "yes"),
        ("partial", "flat", "yes", ""),
        ("yes", "question", "no", ""),
        ("void", "conditional", "no", ""),
        ("open", "flat", "no", ""),
    )
    told = scoreboard.scored(frame)
    found = scoreboard.rate(told)
    assert (found["n"], found["hits"], found["halves"]) == (3, 1, 1)
    assert (found["strict"], found["lenient"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    # that nothing changes is right on the miss, and on the half only where a half is a hit
    assert (found["nothing_strict"], found["nothing_lenient"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (found["official_n"], found["official_hits"]) == (2, 1)
    assert found["low"] < 1 / 3 and found["high"] > 2 / 3
    assert len(scoreboard.changes(frame)) == 2


def test_too_few_is_said_before_anything_else():
    assert scoreboard.telling(0.9, 1.0, 9, 10) == "too few"
    assert scoreboard.telling(0.6, 0.9, 10, 10) == "above"
    assert scoreboard.telling(0.1, 0.4, 10, 10) == "below"
    assert scoreboard.telling(0.4, 0.9, 99, 10) == "unclear"
    rates = scoreboard.rates(FORECASTS, 10)
    assert (rates.loc[rates["n"] < 10, "telling"] == "too few").all()
    assert set(scoreboard.rates(FORECASTS, 1000)["telling"]) == {"too few"}


def test_counts_add_up_to_the_table():
    counts, own = scoreboard.outcomes(FORECASTS), scoreboard.articles_own(FORECASTS)
    assert counts.to_numpy().sum() == own["article"].map(len).sum()
    assert len(own) + len(scoreboard.register(FORECASTS)) == len(FORECASTS)
    ledger = tables.load("claims").set_index("claim_id")
    stated = {claim for claims in own["claims"] for claim in claims}
    assert set(ledger.index[ledger["kind"] == "forecast"]) <= stated


def test_the_naive_odds_are_scored_on_what_the_facts_say():
    plain = scoreboard.naive(tables.load("facts"))["brier"]
    assert plain["Even odds"] == 0.25
    assert plain["Nothing changes"] == pytest.approx(1 / 3) and plain["Official date holds"] == pytest.approx(2 / 3)
    changed = tables.load("facts")
    changed.loc[changed["fact_id"] == "h200-delivered-20260514", "value"] = 1
    assert scoreboard.naive(changed)["brier"]["Official date holds"] == pytest.approx(1 / 3)


def test_a_resolved_forecast_of_ours_is_scored_and_none_is_said_to_be_scored_before():
    own = scoreboard.register(FORECASTS).astype({"outcome": object})
    said = {number.key: number for number in scoreboard.register_numbers(own)}
    assert said["register-brier"].text() == "none yet" or said["register-resolved"].value > 0
    own["outcome"] = "open"
    own.loc[own["forecast_id"] == "R001", "outcome"] = "no"
    said = {number.key: number for number in scoreboard.register_numbers(own)}
    assert said["register-resolved"].value == 1 and said["register-brier"].value == pytest.approx(0.93**2)


def test_no_rate_is_nan_where_something_is_scored():
    rates = scoreboard.rates(FORECASTS, 10)
    assert np.isfinite(rates[["low", "high", "strict", "lenient"]]).all(axis=None)
    assert math.isnan(scoreboard.rate(scoreboard.scored(FORECASTS).iloc[:0])["strict"])


def test_a_date_is_no_more_exact_than_it_is_known():
    record = timeline.record(tables.load("events"), tables.load("event_stages"), tables.load("milestones"))
    by_id = record.set_index("event_id")
    assert by_id.loc["E055", "start"] == by_id.loc["E055", "end"] == pd.Timestamp("2026-01-15")
    assert [str(by_id.loc["E016", end].date()) for end in ("start", "end")] == ["2025-10-01", "2025-10-31"]
    assert [str(by_id.loc["E080", end].date()) for end in ("start", "end")] == ["2026-04-01", "2026-06-30"]
    assert (record["start"] <= record["end"]).all() and record["start"].is_monotonic_increasing


def test_announced_signed_and_in_force_are_kept_apart_and_twelve_events_are_numbered():
    record = timeline.record(tables.load("events"), tables.load("event_stages"), tables.load("milestones"))
    stage = record.set_index("event_id")["stage"]
    assert [stage[key] for key in ("E027", "E052", "E055", "E038")] == ["announced", "signed", "in_force", ""]
    chosen = record[record["number"] > 0]
    assert chosen["number"].tolist() == list(range(1, 13)) and chosen["start"].is_monotonic_increasing
    assert (tables.load("milestones")["reason"].str.len() > 40).all()


def test_the_odds_on_the_past_are_scored_over_every_prior_on_what_the_facts_say():
    facts, events = tables.load("facts"), tables.load("events")
    judged = Assumptions(tables.load("assumptions"), {"lots": 1, "h20-weight": 1})
    record, clock = approval.episode(events), approval.clock_end(events, facts)
    past = scoreboard.reconstructed(record, facts, judged, clock)
    assert len(past) == len(approval.settings(judged)) * len(scoreboard.RECORD)
    assert past.groupby("question", sort=False)["outcome"].first().tolist() == [0, 0, 1]
    assert np.allclose(past["brier"], (past["probability"] - past["outcome"]) ** 2)
    assert np.allclose(np.exp(-past["log"]), 1 - (past["probability"] - past["outcome"]).abs())
    each = past.groupby(["freeze", "small"])["probability"]
    assert each.apply(lambda odds: odds.is_monotonic_increasing).all(), "later days cannot be less likely"
    chips = scoreboard.quantity_scores(record, facts, judged, clock, (40_000, 80_000)).set_index("name")["score"]
    assert chips["official plan"] == 40_000 + 20 * 20_000 and chips["nothing"] == 20 * 20_000
    assert chips["reconstructed"].max() < chips["nothing"]
