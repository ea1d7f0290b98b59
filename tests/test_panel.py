"""The panel on the tables: readings come from facts, vintages and revisions, the next quarter's rows."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from analysis import tables
from analysis.publish import moved, observe
from analysis.publish.contents import chapters
from analysis.results import panel
from analysis.tables import DATA
from analysis.tables.periods import calendar_quarters, fits, next_period, parse_period

INDICATORS, OBSERVATIONS, THESES, FACTS, EVENTS = (
    tables.load(name) for name in ("indicators", "observations", "theses", "facts", "events")
)
SPAN = panel.quarters(OBSERVATIONS)
NOW = panel.vintage(OBSERVATIONS, OBSERVATIONS["recorded_on"].max())


def of(indicator, readings):
    """The values of an indicator by period."""
    own = readings[readings["indicator_id"] == indicator]
    return own.set_index(own["period"].map(str))["value"]


def test_every_indicator_that_article_004_names_is_on_the_panel():
    claims = tables.load("claims")
    asked = claims[claims["metric"].str.startswith("indicator_")]["claim_id"]
    watched = {claim for row in INDICATORS["claims"] for claim in row}
    assert len(asked) == 16 and set(asked) | {"c004-137", "c000-075", "c001-079"} <= watched
    own = INDICATORS[INDICATORS["article"] == "004"]
    assert set(own["group"]) >= {"licences", "split", "platform", "engineering"}
    assert {item for row in THESES["indicators"] for item in row} <= set(INDICATORS["indicator_id"])


def test_a_reading_that_names_one_fact_of_its_unit_is_that_fact():
    facts = FACTS.set_index("fact_id")
    checked = 0
    for _, row in OBSERVATIONS.iterrows():
        named = [item for item in panel.rests_on(row["note"]) if item in facts.index]
        if len(panel.rests_on(row["note"])) != 1 or not named or facts.loc[named[0], "unit"] != row["unit"]:
            continue
        fact = facts.loc[named[0]]
        assert row["source_id"] == fact["source_id"], row["note"]
        for name in ("value", "low", "high"):
            assert row[name] == fact[name] or (pd.isna(row[name]) and pd.isna(fact[name])), row["note"]
        checked += 1
    assert checked > 35


def test_a_count_is_that_of_the_events_it_names_and_they_fall_in_its_quarter():
    dates = EVENTS.set_index("event_id")["date"]
    counted = OBSERVATIONS[OBSERVATIONS["indicator_id"].isin(["policy-moves", "domestic-requirements", "off-cuda"])]
    for _, row in counted.iterrows():
        named = panel.rests_on(row["note"])
        assert row["value"] == len(named)
        assert all(row["period"].start <= dates[item].date() <= row["period"].end for item in named), row["note"]
    rhythm = OBSERVATIONS[OBSERVATIONS["indicator_id"] == "approval-rhythm"].iloc[1:]
    for _, row in rhythm.iterrows():
        assert row["value"] == len({dates[item].month for item in panel.rests_on(row["note"])})


def test_arithmetic_of_our_own_can_be_done_again():
    value = FACTS.set_index("fact_id")["value"]
    days = of("collection-days", NOW)
    for period, day, length in (("2025H2", "20251231", 184), ("2026H1", "20260630", 181)):
        owed, sold = value[f"cambricon-accounts-receivable-{day}"], value[f"cambricon-revenue-{period.lower()}"]
        assert days[period] == pytest.approx(length * owed / sold, rel=1e-3)
    growth = of("domestic-makers-growth", NOW)
    sums = [sum(value[f"{maker}-revenue-{half}"] for maker in ("cambricon", "hygon", "moore-threads"))
            for half in ("2026h1", "2025h1")]  # fmt: skip
    assert growth["2026H1"] == pytest.approx(sums[0] / sums[1] - 1, rel=1e-3)
    most = NOW[(NOW["indicator_id"] == "deliveries") & (NOW["period"].map(str) == "2026Q2")]["high"].iloc[0]
    facts = FACTS.set_index("fact_id")
    bound = facts.loc["nvidia-h200-revenue-china-fy2027q2", "high"] / facts.loc["h200-price-20251223", "low"]
    assert most == pytest.approx(bound, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "stands_for"),
    [
        ("2026Q4", ["2026Q4"]),
        ("2026H1", ["2026Q1", "2026Q2"]),
        ("2025", ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]),
        ("FY2026Q4", ["2025Q4"]),  # 27 October 2025 to 25 January 2026
        ("FY2027Q2", ["2026Q2"]),
    ],
)
def test_a_period_stands_for_calendar_quarters(text, stands_for):
    assert list(map(str, calendar_quarters(parse_period(text)))) == stands_for


def test_periods_follow_each_other_and_keep_their_kind():
    for text, after in (("2026Q4", "2027Q1"), ("2025H2", "2026H1"), ("2025", "2026"), ("FY2027Q4", "FY2028Q1")):
        assert str(next_period(parse_period(text))) == after
    assert fits("FY2027Q2", "quarter", "fiscal") and not fits("FY2027Q2", "quarter", "calendar")
    assert not fits("2026", "quarter", "calendar") and not fits("2026H1", "year", "calendar")


def test_a_state_stands_only_where_a_reading_covers_the_quarter():
    board = panel.states(INDICATORS, NOW, SPAN).set_index(["indicator_id", "quarter"])["state"]
    assert board["order-to-rack", "2026Q1"] == "not measurable"
    assert board["ai-iaas-growth", "2026Q1"] == "no data yet"  # last counted for the first half of 2025
    assert board["licensed-firms", "2026Q2"] == "watch" and board["licensed-firms", "2026Q3"] == "triggered"
    assert set(board) <= set(panel.STATES)


def rows(*new):
    """Observations with rows appended: (indicator, period, value, source, recorded on)."""
    extra = pd.DataFrame(
        [
            {"indicator_id": i, "period": parse_period(p), "value": v, "low": float("nan"), "high": float("nan"),
             "unit": "fraction", "source_id": s, "recorded_on": pd.Timestamp(d), "note": ""}
            for i, p, v, s, d in new
        ]
    )  # fmt: skip
    return pd.concat([OBSERVATIONS, extra], ignore_index=True)


def test_a_revision_replaces_the_reading_from_its_day_on_and_not_before():
    revised = rows(("cloud-spend-growth", "2025Q4", 0.05, "gowebing-omdia-2025q4", "2027-02-01"))

    def told(day):
        known = panel.vintage(revised, day)
        own = known[(known["indicator_id"] == "cloud-spend-growth") & (known["period"].map(str) == "2025Q4")]
        return own["value"].tolist()

    assert (told("2026-11-24"), told("2026-11-25"), told("2027-01-31"), told("2027-02-01")) == (
        [], [0.26], [0.26], [0.05],
    )  # fmt: skip
    before, after = (
        panel.states(INDICATORS, panel.vintage(revised, day), SPAN) for day in ("2027-01-31", "2027-02-01")
    )
    changed = panel.changes(before, after)
    assert changed[["quarter", "before", "after"]].to_numpy().tolist() == [["2025Q4", "triggered, 26%", "watch, 5%"]]
    assert panel.changes(before, before).empty


def test_a_reconstructed_vintage_knows_nothing_that_came_out_later():
    dated = panel.knowable(OBSERVATIONS, INDICATORS, FACTS, EVENTS, tables.load("sources"))
    assert (dated["knowable_on"] <= dated["recorded_on"]).all()
    then = panel.vintage(dated, "2026-06-30", "knowable_on")
    firms = of("licensed-firms", then)
    assert firms["2026Q2"] == 10 and "2026Q3" not in firms.index
    assert "2026Q1" not in firms.index  # its upper bound rests on a count that was published in July
    later = panel.vintage(dated, "2026-08-31", "knowable_on")
    assert of("licensed-firms", later)["2026Q2"] == 12
    assert len(panel.vintage(dated, "2025-01-01", "knowable_on")) < len(then) < len(later)


def test_an_override_of_the_thresholds_turns_a_state_and_a_verdict_can_age():
    harder = panel.states(panel.adjusted(INDICATORS, 1.25), NOW, SPAN)
    board = panel.states(INDICATORS, NOW, SPAN)
    assert (harder["state"] != board["state"]).sum() > 0
    assert panel.adjusted(INDICATORS, 1.0)[["enter", "leave"]].equals(INDICATORS[["enter", "leave"]])
    long, short = (
        panel.verdicts(THESES, INDICATORS, NOW, SPAN, days).set_index(["thesis_id", "quarter"])["verdict"]
        for days in (366, 30)
    )
    assert long["services", "2026Q3"] == "borne out" and short["services", "2026Q3"] == "cannot be told"


def test_the_next_release_follows_from_cadence_and_lag_and_can_be_overdue():
    soon = panel.next_dates(INDICATORS, NOW, pd.Timestamp("2026-11-25")).set_index("indicator")
    assert soon.loc["NVIDIA's H200 revenue from China", ["next", "expected"]].tolist() == [
        "FY2027Q3",
        "2026-11, overdue",
    ]
    assert soon.loc["Domestic share of cards shipped", ["next", "expected"]].tolist() == ["2026", "2027-04"]
    early = observe.lacking(DATA.parent, parse_period("2026Q2"))["period"].tolist()
    assert set(early) <= {"2026Q2", "2026H1"} and "2026H1" in early  # a year is asked for in its last quarter only


def test_what_would_change_our_mind_is_what_the_text_says_of_three_theses():
    def told(thesis, *added):
        extra = pd.DataFrame(
            [
                {"indicator_id": i, "period": parse_period(p), "value": v, "low": float("nan"), "high": float("nan"),
                 "unit": "", "source_id": "own-derivation", "recorded_on": pd.Timestamp("2027-06-30"), "note": ""}
                for i, p, v in added
            ]
        )  # fmt: skip
        readings = pd.concat([NOW, extra], ignore_index=True) if added else NOW
        end = [parse_period("2026Q4")]
        judged = panel.verdicts(THESES, INDICATORS, readings, end, 366).set_index("thesis_id")["verdict"]
        return judged[thesis]

    assert told("services") == "borne out"
    assert told("services", ("baidu-gpu-cloud-growth", "2026Q3", 0.1), ("baidu-gpu-cloud-growth", "2026Q4", 0.1)) == (
        "undecided"
    )
    assert told("approvals-land", ("h200-revenue", "FY2027Q3", 3e9), ("h200-revenue", "FY2027Q4", 3e9)) == "borne out"
    assert told("pairing-written") == "not borne out"


@pytest.fixture
def place(tmp_path):
    """A folder with a copy of data/."""
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path


def analysis(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def complete(path, *changes):
    """Fill cells of a draft: (indicator, column, text)."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    for indicator, column, text in changes:
        next(row for row in body if row[0] == indicator)[header.index(column)] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *body])


def test_the_next_quarter_is_prepared_completed_and_added(place):
    done = analysis("observe", "2026Q4", cwd=place)
    draft = place / "observations-2026Q4.csv"
    assert done.returncode == 0 and draft.exists() and "rows to complete" in done.stdout
    lacking = pd.read_csv(draft, dtype=str)["indicator_id"].tolist()
    assert "off-cuda" in lacking and "pairing-rule" not in lacking and "order-to-rack" not in lacking
    again = analysis("observe", "2026Q4", cwd=place)
    assert again.returncode == 1 and "is there already" in again.stderr
    complete(draft, ("off-cuda", "value", "2"), ("off-cuda", "source_id", "own-derivation"),
             ("off-cuda", "recorded_on", "2027-01-30"))  # fmt: skip
    before = (place / "data" / "observations.csv").read_text("utf-8")
    lines, problems = observe.add(place, parse_period("2026Q4"), draft, date(2027, 1, 30))
    assert problems == [] and tables.check(place / "data") == []
    after = (place / "data" / "observations.csv").read_text("utf-8")
    assert after == before + "off-cuda,2026Q4,2,,,count,own-derivation,2027-01-30,\n"
    assert lines[0] == "1 row added to data/observations.csv"
    assert any("2026Q4: no data yet -> triggered, 2" in line for line in lines)
    assert len(observe.lacking(place, parse_period("2026Q4"))) == len(lacking) - 1


def test_every_error_in_a_completed_draft_is_named_and_nothing_is_written(place):
    observe.draft(place, parse_period("2026Q4"), draft := place / "observations-2026Q4.csv")
    sourced = [(i, "source_id", "own-derivation") for i in ("approval-rhythm", "leased-abroad", "policy-moves",
               "deliveries", "h200-revenue")]  # fmt: skip
    complete(draft, *sourced, ("approval-rhythm", "value", "NaN"), ("leased-abroad", "value", "9"),
             ("leased-abroad", "unit", "cards"), ("policy-moves", "value", "4"), ("policy-moves", "period", "2026Q3"),
             ("deliveries", "low", "5"), ("deliveries", "high", "4"), ("h200-revenue", "value", "1"),
             ("h200-revenue", "period", "2026Q4"), ("off-cuda", "value", "1"),
             ("off-cuda", "source_id", "nobody"))  # fmt: skip
    before = (place / "data" / "observations.csv").read_bytes()
    _, problems = observe.add(place, parse_period("2026Q4"), draft, date(2026, 12, 31))
    found = list(map(str, problems))
    text = "\n".join(found)
    for expected in (
        "column value: 'NaN'; expected a finite number",
        "column unit: 'cards'; expected chips",
        "column period: '2026Q3'; expected a period that covers 2026Q4",
        "column low: '5'; expected at most the high",
        "column period: '2026Q4'; expected a fiscal quarter like FY2027Q3",
        "column source_id: 'nobody'; expected an id that exists in sources",
    ):
        assert expected in text, text
    assert all(line.startswith(str(draft)) for line in found), found
    assert (place / "data" / "observations.csv").read_bytes() == before


def test_a_row_added_twice_or_an_empty_or_broken_draft_is_refused(place):
    observe.draft(place, parse_period("2026Q4"), draft := place / "d.csv")
    add = lambda: observe.add(place, parse_period("2026Q4"), draft, date(2027, 1, 30))  # noqa: E731
    assert [str(p).split("; ")[1] for p in add()[1]] == ["expected at least one row with a value or a bound"]
    complete(draft, ("off-cuda", "value", "1"), ("off-cuda", "source_id", "own-derivation"))
    assert add()[1] == []
    assert any("used once" in str(problem) for problem in add()[1])
    draft.write_text("indicator_id,period\n", "utf-8")
    assert "columns indicator_id,period,value" in str(add()[1][0])
    draft.unlink()
    assert "a file that can be read" in str(add()[1][0])


@pytest.mark.parametrize("text", ["FY2027Q3", "2026", "2025Q3", "2026Q5", "soon"])
def test_a_bad_quarter_is_wrong_usage_in_one_line(text, tmp_path):
    done = analysis("observe", text, cwd=tmp_path)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "expected a calendar quarter" in done.stderr


def test_what_moved_lists_states_findings_figures_and_numbers():
    book, findings = chapters(ROOT), tables.load("findings")
    before = moved.snapshot(book, findings)
    assert list(moved.changes(before, before)) == []
    assert before["state"]["pairing-rule 2026Q3"] == "quiet"
    after = {kind: dict(said) for kind, said in before.items()}
    after["state"]["pairing-rule 2026Q3"] = "watch"
    after["verdict"]["no-pairing-rule"], after["finding"]["no-pairing-rule"] = "fails", "Another sentence"
    after["number"].pop("panel-named")
    after["figure"]["panel-states"] = "0"
    assert list(moved.changes(before, after)) == [
        "moved  state pairing-rule 2026Q3: quiet -> watch",
        "moved  finding no-pairing-rule: holds -> fails",
        f"    before    {before['finding']['no-pairing-rule']}",
        "    after     Another sentence",
        "moved  figure panel-states: its table changed",
        f"moved  number panel-named: {before['number']['panel-named']} -> nothing",
    ]


def test_observations_are_only_ever_appended():
    listed = (Path(__file__).parent / "observation_rows.txt").read_text("utf-8").split()
    lines = (DATA / "observations.csv").read_text("utf-8").splitlines()[1:]
    found = [hashlib.sha256(line.encode()).hexdigest()[:16] for line in lines]
    assert found[: len(listed)] == listed, "a row is never changed or removed: a revision is a new row below"


def test_the_published_panel_is_complete_and_plain_json():
    told = json.loads(json.dumps(panel.published(INDICATORS, OBSERVATIONS, THESES, 366), allow_nan=False))
    assert len(told["indicators"]) == len(INDICATORS) and set(told["theses"]) == set(THESES["thesis_id"])
    one = next(item for item in told["indicators"] if item["indicator_id"] == "licensed-firms")
    assert one["states"]["2026Q3"] == "triggered" and one["rule"]["dwell"] == 2
    assert [row["period"] for row in one["observations"]].count("2026Q2") == 1
