"""Check data/ against its contract: the Data Package schema by Frictionless, the rest by rules of our own.

Frictionless accepts a table without rows, NaN as a number and any text as an address (measured with 5.21),
so those are rules here, with the checks that cross columns or tables.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from frictionless import Error, Package, system

from analysis.tables.periods import FORMS, fits, parse_period
from analysis.tables.store import DATA, DataError, schemas

NEEDS_NO_EVIDENCE = {"unverified", "opinion", "open"}
FORECAST_VERDICTS = {"resolved_yes", "resolved_no", "open", "void"}
DATED_KINDS = {"date", "forecast"}
# What a forecast's outcome lets the verdict of its claims be; the ledger has no word for a half.
AGREEING = {
    "yes": {"resolved_yes"},
    "no": {"resolved_no"},
    "partial": {"resolved_yes", "resolved_no"},
    "open": {"open"},
    "void": {"void"},
}
NAME_LENGTH = 34  # characters of a judgement's name that fit beside a figure
SLOT = re.compile(r"\{([^{}]*)\}")
SLOT_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?::(?:range|low|high|bare))?")

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in data/, located and with what was expected."""

    file: str
    row: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        row = f" row {self.row}" if self.row else ""
        column = f", column {self.column}" if self.column else ""
        shown = f": {self.value!r}" if self.value else ""
        return f"{self.file}{row}{column}{shown}; expected {self.expected}"


def _expected(kind: str, error: Error, field: dict) -> str:
    constraints = field.get("constraints", {})
    if kind == "constraint-error" and constraints.get("required") and not getattr(error, "cell", ""):
        return "a value, the cell is empty"
    if kind == "constraint-error" and "enum" in constraints:
        return "one of " + ", ".join(constraints["enum"])
    if kind == "constraint-error" and "pattern" in constraints:
        return f"text like {constraints['pattern']}"
    if kind == "type-error":
        names = {"date": "a date YYYY-MM-DD", "number": "a number", "integer": "a whole number"}
        return names.get(field.get("type", ""), "text")
    if kind == "foreign-key":
        return f"an id that exists in {error.reference_name or 'the same table'}"
    return "a key that is used once" if kind == "primary-key" else error.note.rstrip(".")


def _schema_problems(data: Path, resources: dict[str, dict]) -> Iterator[Problem]:
    with system.use_context(trusted=True):
        report = Package(str(data / "datapackage.json")).validate()
    for task in report.tasks:
        resource = resources[task.name]
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        for error in task.errors:
            # A key error names its fields in the plural, any other error its one field.
            column = getattr(error, "field_name", "") or ",".join(getattr(error, "field_names", []))
            cell = getattr(error, "cell", "") or ",".join(map(str, getattr(error, "field_cells", [])))
            if error.type == "primary-key":
                column, cell = resource["schema"]["primaryKey"][0], error.cells[0]
            expected = _expected(error.type, error, fields.get(column, {}))
            yield Problem(f"data/{resource['path']}", getattr(error, "row_number", 0) or 0, column, cell, expected)


def _read(data: Path, resource: dict) -> tuple[list[Row], list[Problem]]:
    file = f"data/{resource['path']}"
    try:
        text = (data / resource["path"]).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return [], [Problem(file, 0, "", "", "a file; it is described in datapackage.json but missing")]
    except UnicodeDecodeError as error:
        return [], [Problem(file, 0, "", f"byte {error.start}", "UTF-8 text")]
    if not text.strip():
        return [], [Problem(file, 0, "", "", "a header and rows, the file is empty")]
    header, *lines = csv.reader(text.splitlines(keepends=True))
    names = [field["name"] for field in resource["schema"]["fields"]]
    problems = [Problem(file, 1, name, "", "this column, it is missing") for name in names if name not in header]
    problems += [Problem(file, 1, name, "", "no such column") for name in header if name not in names]
    if not problems and header != names:
        problems.append(Problem(file, 1, "", ",".join(header), "columns in the order " + ",".join(names)))
    if not lines:
        problems.append(Problem(file, 0, "", "", "at least one row, the table has none"))
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            problems.append(Problem(file, number, "", f"{len(line)} cells", f"{len(header)} cells as in the header"))
    return ([] if problems else [dict(zip(header, line, strict=True)) for line in lines]), problems


def _cell_rules(file: str, fields: list[dict], rows: list[Row]) -> Iterator[Problem]:
    for field in fields:
        name, kind = field["name"], field.get("cellType", field["type"])
        for number, row in enumerate(rows, start=2):
            cell = row[name]
            if kind == "number" and cell:
                try:
                    finite = math.isfinite(float(cell))
                except ValueError:
                    continue  # the schema check reports it
                if not finite:
                    yield Problem(file, number, name, cell, "a finite number or an empty cell")
            elif kind == "period" and cell:
                try:
                    parse_period(cell)
                except ValueError as error:
                    yield Problem(file, number, name, cell, str(error).split("expected ", 1)[-1])
            elif kind == "url" and cell and not re.fullmatch(r"https?://[^\s\"'<>]+", cell):
                yield Problem(file, number, name, cell, "an address that begins with http:// or https://")
            if cell != cell.strip():
                yield Problem(file, number, name, cell, "no blank at either end")


def _interval_rules(file: str, rows: list[Row]) -> Iterator[Problem]:
    middle = "central" if rows and "central" in rows[0] else "value"
    for number, row in enumerate(rows, start=2):
        cells = [(name, row.get(name, "")) for name in ("low", middle, "high")]
        try:
            known = [(name, float(cell)) for name, cell in cells if cell]
        except ValueError:
            continue
        for (name, value), (other, bound) in pairwise(known):
            if value > bound:
                yield Problem(file, number, name, row[name], f"at most the {other} of the row, {row[other]}")


def _ids(tables: Tables, name: str) -> set[str]:
    return {row[next(iter(row))] for row in tables.get(name, [])}


def _chain(source: str, relays: dict[str, str]) -> set[str]:
    chain: set[str] = set()
    while source and source not in chain:
        chain.add(source)
        source = relays.get(source, "")
    return chain


def _list_rules(tables: Tables, resources: dict[str, dict]) -> Iterator[Problem]:
    for name, rows in tables.items():
        for field in resources[name]["schema"]["fields"]:
            targets = field.get("listOf")
            if not targets:
                continue
            known = set().union(*(_ids(tables, target) for target in targets))
            for number, row in enumerate(rows, start=2):
                for item in filter(None, (part.strip() for part in row[field["name"]].split(";"))):
                    if item not in known:
                        expected = f"an id of {' or '.join(targets)}"
                        yield Problem(f"data/{resources[name]['path']}", number, field["name"], item, expected)


def _source_rules(tables: Tables) -> Iterator[Problem]:
    relays = {row["source_id"]: row["relays"] for row in tables.get("sources", [])}
    for number, row in enumerate(tables.get("sources", []), start=2):
        if not row["url"] and not row["note"]:
            yield Problem("data/sources.csv", number, "note", "", "a note that says why no address is given")
        if row["relays"] and row["source_id"] in _chain(row["relays"], relays):
            yield Problem("data/sources.csv", number, "relays", row["relays"], "the original, not a circle of relays")


def _article_rules(tables: Tables) -> Iterator[Problem]:
    relays = {row["source_id"]: row["relays"] for row in tables.get("sources", [])}
    origin = {row["fact_id"]: row["source_id"] for row in tables.get("facts", [])}
    for name in ("claims", "forecasts"):
        for number, row in enumerate(tables.get(name, []), start=2):
            for item in filter(None, row["evidence"].split(";")):
                if any(source.startswith("art-") for source in _chain(origin.get(item, item), relays)):
                    expected = "evidence that does not rest on an article of the five"
                    yield Problem(f"data/{name}.csv", number, "evidence", item, expected)


def _claim_rules(tables: Tables) -> Iterator[Problem]:
    for number, row in enumerate(tables.get("claims", []), start=2):
        evidence = [item for item in row["evidence"].split(";") if item]
        if not evidence and row["verdict"] not in NEEDS_NO_EVIDENCE:
            yield Problem("data/claims.csv", number, "evidence", "", f"evidence, the verdict is {row['verdict']}")
        if not row["claim_id"].startswith(f"c{row['article']}-"):
            yield Problem("data/claims.csv", number, "claim_id", row["claim_id"], f"c{row['article']}-…")
        if (row["kind"] == "forecast") != (row["verdict"] in FORECAST_VERDICTS):
            expected = (
                f"a verdict on a {'forecast' if row['kind'] == 'forecast' else 'statement'}, the kind is {row['kind']}"
            )
            yield Problem("data/claims.csv", number, "verdict", row["verdict"], expected)
        if row["kind"] in DATED_KINDS and not row["as_of"]:
            yield Problem("data/claims.csv", number, "as_of", "", f"a date or period, the kind is {row['kind']}")


def _event_rules(tables: Tables) -> Iterator[Problem]:
    against = {row["event_id"]: set(filter(None, row["contradicts"].split(";"))) for row in tables.get("events", [])}
    for number, (event, others) in enumerate(against.items(), start=2):
        for other in sorted(others):
            if event not in against.get(other, {event}):
                expected = f"an event that names {event} in turn; contradictions are linked both ways"
                yield Problem("data/events.csv", number, "contradicts", other, expected)


def _forecast_rules(tables: Tables) -> Iterator[Problem]:
    claims = {row["claim_id"]: row for row in tables.get("claims", [])}
    places: dict[str, int] = {}
    for number, row in enumerate(tables.get("forecasts", []), start=2):

        def wrong(column: str, expected: str, number: int = number, row: Row = row) -> Problem:
            return Problem("data/forecasts.csv", number, column, row[column], expected)

        outcome, own = row["outcome"], row["forecast_id"].startswith("R")
        if own != (not row["article"]):
            yield wrong("article", "an article for a forecast F…, none for one of our own, R…")
        for column in ("probability", "basis", "short"):
            if own and not row[column]:
                yield wrong(
                    column,
                    "a value: each forecast of our own register has a probability, its basis and a short name",
                )
        if (outcome == "open") == bool(row["resolved_on"]):
            yield wrong("resolved_on", "no day" if outcome == "open" else f"a day, the outcome is {outcome}")
        if outcome != "open" and not row["evidence"]:
            yield wrong("evidence", f"evidence, the outcome is {outcome}")
        if row["resolves_by"] < row["made_on"]:
            yield wrong("resolves_by", f"a day not before {row['made_on']}, on which it was made")
        for claim in filter(None, row["claims"].split(";")):
            verdict = claims.get(claim, {}).get("verdict", "")
            if verdict in FORECAST_VERDICTS and verdict not in AGREEING.get(outcome, {verdict}):
                yield wrong("outcome", f"an outcome that agrees with the verdict of {claim}, {verdict}")
            if places.setdefault(claim, number) != number:
                yield wrong("claims", f"claims that no other row has; row {places[claim]} has {claim}")
    for number, row in enumerate(tables.get("claims", []), start=2):
        if "forecasts" in tables and row["kind"] == "forecast" and row["claim_id"] not in places:
            expected = "a row of data/forecasts.csv for each claim that is a forecast"
            yield Problem("data/claims.csv", number, "claim_id", row["claim_id"], expected)


def _conversion_rules(tables: Tables) -> Iterator[Problem]:
    steps: dict[str, list[Row]] = {}
    for row in tables.get("steps", []):
        steps.setdefault(row["rival_id"], []).append(row)
    units = {row["question_id"]: row["unit"] for row in tables.get("questions", [])}
    for number, row in enumerate(tables.get("rivals", []), start=2):
        own = steps.get(row["rival_id"], [])
        for step in own:
            if step["unit"] != units.get(row["question_id"]):
                where = 2 + tables["steps"].index(step)
                yield Problem("data/steps.csv", where, "unit", step["unit"], "the unit of the question that it serves")
        if not (own and row["as_printed"] and row["converted"]):
            continue
        total = float(row["as_printed"]) + sum(float(step["amount"]) for step in own)
        if not math.isclose(total, float(row["converted"]), rel_tol=1e-9, abs_tol=1e-12):
            expected = f"what is printed plus its steps, {total:.12g}"
            yield Problem("data/rivals.csv", number, "converted", row["converted"], expected)


def _finding_rules(tables: Tables) -> Iterator[Problem]:
    for number, row in enumerate(tables.get("findings", []), start=2):
        for column in ("holds", "fails", "unclear"):
            for slot in SLOT.findall(row[column]):
                if not SLOT_KEY.fullmatch(slot):
                    expected = "a slot like {inventory-days} or {key:range}"
                    yield Problem("data/findings.csv", number, column, slot, expected)


def _name_rules(tables: Tables) -> Iterator[Problem]:
    file, seen = "data/judgement_names.csv", {}
    for number, row in enumerate(tables.get("judgement_names", []), start=2):
        name = row["name"]
        if len(name) > NAME_LENGTH:
            yield Problem(file, number, "name", name, f"at most {NAME_LENGTH} characters, it has {len(name)}")
        if name and name in seen:
            yield Problem(file, number, "name", name, f"a name of its own; row {seen[name]} has the same")
        seen.setdefault(name, number)
    if "judgement_names" in tables:
        named = _ids(tables, "judgement_names")
        for number, row in enumerate(tables.get("assumptions", []), start=2):
            if (key := row["assumption_id"]) not in named:
                expected = f"a row of {file} that names this judgement"
                yield Problem("data/assumptions.csv", number, "assumption_id", key, expected)


def _fact_rules(tables: Tables) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    key = ("entity", "metric", "period", "basis", "source_id")
    for number, row in enumerate(tables.get("facts", []), start=2):
        if not (row["value"] or row["low"] or row["high"]):
            yield Problem("data/facts.csv", number, "value", "", "a value or a bound")
        identity = tuple(row[name] for name in key)
        if identity in seen:
            expected = f"one row for each {', '.join(key)}; row {seen[identity]} has the same"
            yield Problem("data/facts.csv", number, "", row["fact_id"], expected)
        seen.setdefault(identity, number)


def _indicator_rules(tables: Tables) -> Iterator[Problem]:
    file = "data/indicators.csv"
    for number, row in enumerate(tables.get("indicators", []), start=2):
        if (row["cadence"], row["calendar"]) not in FORMS:
            yield Problem(file, number, "cadence", row["cadence"], "a quarter, the only fiscal period of the panel")
        if row["measured"] == "no" and not row["needed"]:
            yield Problem(file, number, "needed", "", "what would be needed, the indicator is not measured")
        try:
            enter, leave = float(row["enter"]), float(row["leave"])
        except ValueError:
            continue  # the schema check reports it
        if (leave > enter) if row["sense"] == "above" else (leave < enter):
            expected = f"a threshold not {row['sense']} the one to enter, {row['enter']}"
            yield Problem(file, number, "leave", row["leave"], expected)


def _observation_rules(tables: Tables) -> Iterator[Problem]:
    file, before = "data/observations.csv", ""
    known = {row["indicator_id"]: row for row in tables.get("indicators", [])}
    for number, row in enumerate(tables.get("observations", []), start=2):
        if not (row["value"] or row["low"] or row["high"]):
            yield Problem(file, number, "value", "", "a value or a bound")
        if row["recorded_on"] < before:
            expected = f"a day not before {before}, the row above: rows are appended, a revision is a new row"
            yield Problem(file, number, "recorded_on", row["recorded_on"], expected)
        before = row["recorded_on"]
        if not (indicator := known.get(row["indicator_id"])):
            continue  # the schema check reports it
        if indicator["measured"] == "no":
            expected = "an indicator that is measured; indicators.csv says that this one is not"
            yield Problem(file, number, "indicator_id", row["indicator_id"], expected)
        if row["unit"] != indicator["unit"]:
            yield Problem(file, number, "unit", row["unit"], f"{indicator['unit']}, the unit of {row['indicator_id']}")
        form = (indicator["cadence"], indicator["calendar"])
        if form in FORMS and not fits(row["period"], *form):
            kind = f"{'a fiscal' if form[1] == 'fiscal' else 'a calendar'} {form[0]} like {FORMS[form][1]}"
            yield Problem(file, number, "period", row["period"], f"{kind}, the cadence of {row['indicator_id']}")


RULES = (
    _source_rules,
    _article_rules,
    _claim_rules,
    _event_rules,
    _forecast_rules,
    _conversion_rules,
    _finding_rules,
    _name_rules,
    _fact_rules,
    _indicator_rules,
    _observation_rules,
)


def check(data: Path = DATA) -> list[Problem]:
    """Return everything wrong in a data folder, sorted by place; an empty list means that the contract holds."""
    schemas.cache_clear()
    try:
        resources = schemas(data)
    except (DataError, ValueError) as error:
        return [Problem("data/datapackage.json", 0, "", str(error), "a readable Data Package")]
    tables, problems = {}, []
    for name, resource in resources.items():
        tables[name], wrong = _read(data, resource)
        problems += wrong
    stray = {path.name for path in data.glob("*.csv")} - {resource["path"] for resource in resources.values()}
    problems += [Problem(f"data/{name}", 0, "", "", "an entry in datapackage.json for this table") for name in stray]
    if problems:  # structure first: a schema check of a broken table repeats the same news in other words
        return sorted(problems)
    problems += _schema_problems(data, resources)
    for name, rows in tables.items():
        file, fields = f"data/{resources[name]['path']}", resources[name]["schema"]["fields"]
        problems += _cell_rules(file, fields, rows)
        problems += _interval_rules(file, rows)
    problems += _list_rules(tables, resources)
    for rule in RULES:
        problems += rule(tables)
    return sorted(set(problems))
