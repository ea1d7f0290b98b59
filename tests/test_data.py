"""The tables keep their contract, and each way of breaking it gives one clear line."""

import csv
import io
import shutil
import subprocess
import sys

import pytest

from analysis.tables import DATA, DataError, check, load
from analysis.tables.periods import parse_period


def test_the_tables_keep_their_contract():
    assert [str(problem) for problem in check(DATA)] == []


def edit(table, column, value, row=2):
    """Plant a value in one cell; row is the line in the file."""

    def plant(data):
        path = data / f"{table}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        rows[row - 1][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(rows)

    return plant


def lines(table, change):
    """Plant an error in the lines of a table."""

    def plant(data):
        path = data / f"{table}.csv"
        path.write_text("".join(change(path.read_text("utf-8").splitlines(keepends=True))), "utf-8")

    return plant


def drop_column(rows):
    return [row.split(",", 1)[1] for row in rows]


def add_column(rows):
    return [row.rstrip("\n") + ",x\n" for row in rows]


def latin(data):
    path = data / "sources.csv"
    path.write_bytes(path.read_bytes().replace(b"press", "prèss".encode("latin-1"), 1))


def empty(data):
    (data / "facts.csv").write_text("")


PLANTED = {
    "missing column": (lines("claims", drop_column), "data/claims.csv row 1, column claim_id", "missing"),
    "extra column": (lines("units", add_column), "data/units.csv row 1", "no such column"),
    "duplicate key": (lines("events", lambda r: [*r, r[1]]), "data/events.csv row", "used once"),
    "unknown source": (edit("facts", "source_id", "nobody"), "data/facts.csv row 2, column source_id", "exists"),
    "unknown evidence": (edit("claims", "evidence", "no-such-fact"), "data/claims.csv row 2, column evidence", "facts"),
    "unknown article": (edit("claims", "article", "7"), "data/claims.csv row 2, column article", "one of 000"),
    "unknown question": (edit("claims", "question", "why"), "data/claims.csv row 2, column question", "exists"),
    "unknown verdict": (edit("claims", "verdict", "true"), "data/claims.csv row 2, column verdict", "supported"),
    "unknown unit": (edit("facts", "unit", "USD million"), "data/facts.csv row 2, column unit", "exists"),
    "unknown ticker": (edit("returns", "ticker", "AMD"), "data/returns.csv row 2, column ticker", "one of NVDA"),
    "unknown standing": (
        edit("procurement", "standing", "rumour"), "data/procurement.csv row 2, column standing", "one of text"
    ),
    "impossible date": (edit("events", "date", "2026-13-01"), "data/events.csv row 2, column date", "YYYY-MM-DD"),
    "impossible period": (edit("facts", "period", "2026-13"), "data/facts.csv row 2, column period", "FY2027Q2"),
    "text in a number": (edit("facts", "value", "about 20bn"), "data/facts.csv row 2, column value", "a number"),
    "NaN": (edit("facts", "value", "NaN"), "data/facts.csv row 2, column value", "finite"),
    "infinity": (edit("facts", "high", "inf"), "data/facts.csv row 2, column high", "finite"),
    "low above high": (
        lambda data: (edit("assumptions", "low", "5")(data), edit("assumptions", "high", "4")(data)),
        "data/assumptions.csv row 2, column", "at most",
    ),
    "short row": (lines("units", lambda r: [*r, "lonely\n"]), "data/units.csv row", "4 cells"),
    "Latin-1 bytes": (latin, "data/sources.csv: 'byte", "UTF-8"),
    "empty file": (empty, "data/facts.csv", "empty"),
    "no rows": (lines("terms", lambda r: r[:1]), "data/terms.csv", "at least one row"),
    "address": (edit("sources", "url", "javascript:alert(1)"), "data/sources.csv row 2, column url", "http"),
    "no evidence": (
        lambda data: (edit("claims", "verdict", "wrong")(data), edit("claims", "evidence", "")(data)),
        "data/claims.csv row 2, column evidence", "the verdict is wrong",
    ),
    "article as evidence": (edit("claims", "evidence", "art-004"), "data/claims.csv row 2, column evidence", "rest on"),
    "no address, no note": (
        lambda data: (edit("sources", "url", "")(data), edit("sources", "note", "")(data)),
        "data/sources.csv row 2, column note", "why no address",
    ),
    "bad slot": (edit("findings", "holds", "{Not A Key}"), "data/findings.csv row 2, column holds", "a slot like"),
    "judgement without a name": (
        lines("judgement_names", lambda r: [r[0], *r[2:]]),
        "data/assumptions.csv row 2, column assumption_id", "a row of data/judgement_names.csv",
    ),
    "judgement with two names": (
        lines("judgement_names", lambda r: [*r, f"{r[1].partition(',')[0]},another name\n"]),
        "data/judgement_names.csv row", "used once",
    ),
    "name of an unknown judgement": (
        lines("judgement_names", lambda r: [*r, "nothing,name of nothing\n"]),
        "data/judgement_names.csv row", "exists in assumptions",
    ),
    "one name for two judgements": (
        lambda data: (edit("judgement_names", "name", "one")(data), edit("judgement_names", "name", "one", 3)(data)),
        "data/judgement_names.csv row 3, column name", "row 2 has the same",
    ),
    "name that is too long": (
        edit("judgement_names", "name", "n" * 35),
        "data/judgement_names.csv row 2, column name", "at most 34 characters, it has 35",
    ),
    "forecast with a statement's verdict": (
        lambda data: (edit("claims", "kind", "forecast")(data), edit("claims", "as_of", "2026")(data)),
        "data/claims.csv row 2, column verdict", "a verdict on a forecast",
    ),
    "conversion that does not add up": (edit("steps", "amount", "12345"), "data/rivals.csv row", "plus its steps"),
    "step in another unit": (edit("steps", "unit", "TWh"), "data/steps.csv row 2, column unit", "of the question"),
    "fact twice": (
        lines("facts", lambda r: [*r, r[1].replace(r[1].split(",")[0], "another-id", 1)]),
        "data/facts.csv row", "one row for each",
    ),
    "unknown source of an instrument": (
        edit("instruments", "source_ids", "nobody;cbp-csms-67400472"), "data/instruments.csv row 2, column source_ids",
        "an id of sources",
    ),
    "unknown step": (edit("listings", "step", "rumoured"), "data/listings.csv row 2, column step", "filed"),
    "observation of an unknown indicator": (
        edit("observations", "indicator_id", "nothing"),
        "data/observations.csv row 2, column indicator_id", "exists in indicators",
    ),
    "observation of what is not measured": (
        edit("observations", "indicator_id", "order-to-rack"),
        "data/observations.csv row 2, column indicator_id", "says that this one is not",
    ),
    "observation in another unit": (
        edit("observations", "unit", "days"), "data/observations.csv row 2, column unit", "expected months",
    ),
    "fiscal period where a calendar one is due": (
        edit("observations", "period", "FY2026Q4"),
        "data/observations.csv row 2, column period", "a calendar quarter like 2026Q4",
    ),
    "observation not a number": (edit("observations", "value", "NaN"), "data/observations.csv row 2", "finite"),
    "observation without a value": (
        edit("observations", "value", ""), "data/observations.csv row 2, column value", "a value or a bound",
    ),
    "observation twice": (
        lines("observations", lambda r: [*r, r[-1]]), "data/observations.csv row", "used once",
    ),
    "observation slipped in above": (
        edit("observations", "recorded_on", "2027-03-01"),
        "data/observations.csv row 3, column recorded_on", "rows are appended",
    ),
    "thresholds crossed": (
        edit("indicators", "leave", "9"), "data/indicators.csv row 2, column leave", "not above the one to enter",
    ),
    "thesis on an unknown indicator": (
        edit("theses", "indicators", "nothing"), "data/theses.csv row 2, column indicators", "an id of indicators",
    ),
    "contradiction linked one way": (
        edit("events", "contradicts", "E055"), "data/events.csv row 2, column contradicts", "both ways",
    ),
    "outcome against the verdict": (
        edit("forecasts", "outcome", "yes"), "data/forecasts.csv row 2, column outcome", "agrees with the verdict",
    ),
    "open with a day": (
        edit("forecasts", "resolved_on", "2026-11-01", row=7), "data/forecasts.csv row 7, column resolved_on", "no day",
    ),
    "resolved before it was made": (
        edit("forecasts", "resolves_by", "2024-01-01"), "data/forecasts.csv row 2, column resolves_by", "not before",
    ),
    "forecast of ours without its basis": (
        edit("forecasts", "basis", "", row=-1), "data/forecasts.csv row", "a value: each forecast",
    ),
    "claim in two forecasts": (
        edit("forecasts", "claims", "c000-010;c002-004", row=3), "data/forecasts.csv row 3, column claims", "no other",
    ),
    "article as evidence of an outcome": (
        edit("forecasts", "evidence", "art-000"), "data/forecasts.csv row 2, column evidence", "rest on",
    ),
    "milestone without an event": (
        edit("milestones", "event_id", "E999"), "data/milestones.csv row 2, column event_id", "exists",
    ),
    "no such stage": (edit("event_stages", "stage", "done"), "data/event_stages.csv row 2, column stage", "one of"),
    "stray table": (lambda data: (data / "notes.csv").write_text("a\n1\n"), "data/notes.csv", "datapackage.json"),
    "missing table": (lambda data: (data / "terms.csv").unlink(), "data/terms.csv", "missing"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "place", "expected"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_error_gives_one_clear_line(tmp_path, plant, place, expected):
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    plant(data)
    found = [str(problem) for problem in check(data)]
    assert any(line.startswith(place) and expected in line for line in found), found
    assert all("\n" not in line for line in found)
    assert len(found) <= 3, found


def test_no_claim_id_is_ever_removed_or_reused():
    listed = (DATA.parent / "tests" / "claim_ids.txt").read_text("utf-8").split()
    there = load("claims")["claim_id"].tolist()
    assert listed == sorted(set(listed))
    assert set(listed) - set(there) == set(), "claims are never removed: give the row a new verdict instead"
    assert set(there) - set(listed) == set(), "append new claim ids to tests/claim_ids.txt"


def test_check_reads_the_folder_it_stands_in_and_says_so_by_its_exit_code(tmp_path):
    shutil.copytree(DATA, tmp_path / "data")
    edit("facts", "value", "NaN")(tmp_path / "data")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "check"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "data/facts.csv row 2, column value: 'NaN'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_loads_typed_or_not_at_all(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    assert str(load("events", data)["date"].dtype).startswith("datetime64")
    assert load("facts", data)["value"].dtype == float
    assert load("claims", data)["verdict"].dtype == "category"
    edit("facts", "value", "many")(data)
    with pytest.raises(DataError, match=r"data/facts\.csv row 2, column value: 'many'; expected a number"):
        load("facts", data)
    with pytest.raises(DataError, match="no such table"):
        load("nothing", data)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [  # quarter ends as printed in NVIDIA's filings
        ("FY2023Q1", "2022-01-31", "2022-05-01"),
        ("FY2026Q3", "2025-07-28", "2025-10-26"),
        ("FY2027Q2", "2026-04-27", "2026-07-26"),
        ("FY2025", "2024-01-29", "2025-01-26"),
        ("2025H1", "2025-01-01", "2025-06-30"),
        ("2025-12-08/2026-02-17", "2025-12-08", "2026-02-17"),
    ],
)
def test_periods_end_where_the_filings_say(text, start, end):
    period = parse_period(text)
    assert (str(period.start), str(period.end)) == (start, end)


def test_fiscal_and_calendar_quarters_do_not_compare():
    with pytest.raises(TypeError, match="not comparable"):
        assert parse_period("FY2026Q3") < parse_period("2025Q4")
    for text in ("2026-13", "FY2026Q5", "2026-02-30", "soon", "2026Q4/FY2027Q1"):
        with pytest.raises(ValueError, match=r"expected|span"):
            parse_period(text)
