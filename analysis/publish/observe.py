"""The next quarter of the panel: prepare its rows, add them whole or not at all, say what they change."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.results import panel
from analysis.tables import check, load
from analysis.tables.contract import Problem
from analysis.tables.periods import Period, calendar_quarters, parse_period
from analysis.tables.store import schemas

TABLE = "data/observations.csv"


def asked(text: str) -> Period:
    """Return the calendar quarter that a user names; raises ValueError in one line when it is none of the panel's."""
    if not re.fullmatch(r"\d{4}Q[1-4]", text) or parse_period(text).end < panel.FIRST.end:
        kind = "a fiscal period" if text.startswith("FY") else "no quarter of the panel"
        raise ValueError(f"{text!r} is {kind}; expected a calendar quarter from {panel.FIRST} on, such as 2026Q4")
    return parse_period(text)


def lacking(root: Path, quarter: Period) -> pd.DataFrame:
    """Return what the panel lacks for a quarter: indicator_id, period, unit, publisher, expected; soonest first.

    A half-year or a year is asked for in its last quarter.
    """
    indicators, observations = (load(name, root / "data") for name in ("indicators", "observations"))
    known = set(zip(observations["indicator_id"], observations["period"].map(str), strict=True))
    rows = []
    for _, row in indicators[indicators["measured"] != "no"].iterrows():
        period = panel.period_in(row, quarter)
        if calendar_quarters(period)[-1] == quarter and (row["indicator_id"], str(period)) not in known:
            when = panel.due(row, period)
            rows.append((row["indicator_id"], str(period), row["unit"], row["publisher"], when))
    frame = pd.DataFrame(rows, columns=["indicator_id", "period", "unit", "publisher", "expected"])
    return frame.sort_values(["expected", "indicator_id"], ignore_index=True)


def draft(root: Path, quarter: Period, target: Path) -> pd.DataFrame:
    """Write a draft with one row, values empty, for each reading that is lacking, and return what is lacking.

    Raises FileExistsError rather than overwrite work begun; writes nothing when nothing is lacking.
    """
    frame = lacking(root, quarter)
    if len(frame):
        columns = _columns(root)
        rows = frame.reindex(columns=columns).fillna("")
        with target.open("x", encoding="utf-8", newline="") as out:
            rows.to_csv(out, index=False, lineterminator="\n")
    return frame


def _columns(root: Path) -> list[str]:
    return [field["name"] for field in schemas(root / "data")["observations"]["schema"]["fields"]]


def _read(file: Path, columns: list[str]) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """Return the completed rows with their line in the file, and what is wrong with the file as such."""
    try:
        lines = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
    except OSError as error:
        return [], [Problem(str(file), 0, "", error.strerror, "a file that can be read")]
    except UnicodeDecodeError as error:
        return [], [Problem(str(file), 0, "", f"byte {error.start}", "UTF-8 text")]
    if not lines or lines[0] != columns:
        return [], [Problem(str(file), 1, "", ",".join(lines[0] if lines else []), "columns " + ",".join(columns))]
    uneven = [
        Problem(str(file), number, "", f"{len(line)} cells", f"{len(columns)} cells as in the header")
        for number, line in enumerate(lines[1:], start=2)
        if line and len(line) != len(columns)
    ]
    if uneven:
        return [], uneven
    rows = [(number, dict(zip(columns, line, strict=True))) for number, line in enumerate(lines[1:], start=2) if line]
    return [(number, row) for number, row in rows if row["value"] or row["low"] or row["high"]], []


def _outside(row: dict[str, str], quarter: Period) -> bool:
    try:
        return quarter not in calendar_quarters(parse_period(row["period"]))
    except ValueError:
        return False  # the contract says what a period is


def add(root: Path, quarter: Period, file: Path, today: date) -> tuple[list[str], list[Problem]]:
    """Append the completed rows of a file to the observations, all of them or none.

    Returns what changed, one line each, and every problem found, located in the file; with a problem nothing is
    written. Rows without any value are left out. An empty recorded_on becomes today.
    """
    columns, table = _columns(root), root / TABLE
    rows, problems = _read(file, columns)
    if not rows:
        nothing = Problem(str(file), 0, "", "", "at least one row with a value or a bound")
        return [], problems or [nothing]
    for number, row in rows:
        row["recorded_on"] = row["recorded_on"] or today.isoformat()
        if _outside(row, quarter):
            problems.append(Problem(str(file), number, "period", row["period"], f"a period that covers {quarter}"))
    text = table.read_text("utf-8")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([row[name] for name in columns] for _, row in rows)
    text += ("" if text.endswith("\n") else "\n") + out.getvalue()
    first = len(list(csv.reader(io.StringIO(text)))) - len(rows) + 1
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "data"
        shutil.copytree(root / "data", trial)
        (trial / "observations.csv").write_text(text, "utf-8")
        for problem in check(trial):
            if problem.file == TABLE and problem.row >= first:
                line = rows[problem.row - first][0]
                problems.append(Problem(str(file), line, problem.column, problem.value, problem.expected))
            else:
                problems.append(problem)
        schemas.cache_clear()
        if problems:
            return [], sorted(set(problems))
        before, after = _board(root / "data"), _board(trial)
    written = table.with_suffix(".tmp")
    written.write_text(text, "utf-8")
    written.replace(table)
    moved = panel.changes(before, after)
    return [f"{len(rows)} {'row' if len(rows) == 1 else 'rows'} added to {TABLE}"] + [
        f"{row.indicator}, {row.quarter}: {row.before} -> {row.after}" for row in moved.itertuples()
    ], []


def _board(data: Path) -> pd.DataFrame:
    indicators, observations = (load(name, data) for name in ("indicators", "observations"))
    now = panel.vintage(observations, observations["recorded_on"].max())
    return panel.states(indicators, now, panel.quarters(observations))
