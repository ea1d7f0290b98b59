"""Load a table as a typed frame: dates are dates, periods are periods, closed lists are categories.

The types come from data/datapackage.json, so that the file that documents the tables is the one that is used.
"""

from __future__ import annotations

import hashlib
import io
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.tables.periods import parse_period

DATA = Path(__file__).resolve().parents[2] / "data"

_reads: set[str] = set()


class DataError(ValueError):
    """A table that cannot be read; the message names file, row, column, value and what was expected."""


@cache
def schemas(data: Path) -> dict[str, dict]:
    """Return the resources of data/datapackage.json by name."""
    try:
        package = json.loads((data / "datapackage.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{data}/datapackage.json: not found; expected the description of the tables") from error
    return {resource["name"]: resource for resource in package["resources"]}


def digest(name: str, data: Path = DATA) -> str:
    """Return the SHA-256 of a table's bytes."""
    return hashlib.sha256((data / schemas(data)[name]["path"]).read_bytes()).hexdigest()


def reads() -> list[str]:
    """Return the names of the tables loaded so far in this process, sorted."""
    return sorted(_reads)


def _cells(values: pd.Series, file: str, expected: str, convert: type | object) -> list:
    out = []
    for row, text in enumerate(values, start=2):
        try:
            out.append(convert(text))
        except ValueError as error:
            raise DataError(f"{file} row {row}, column {values.name}: {text!r}; expected {expected}") from error
    return out


def _number(text: str) -> float:
    value = float(text) if text else np.nan
    if text and not np.isfinite(value):
        raise ValueError(text)
    return value


def _typed(values: pd.Series, field: dict, file: str) -> pd.Series | pd.Categorical:
    kind = field.get("cellType", field["type"])
    if kind in ("number", "integer"):
        return pd.Series(_cells(values, file, "a number", _number), dtype=float, name=values.name)
    if kind == "date":
        return pd.to_datetime(
            pd.Series(_cells(values, file, "a date YYYY-MM-DD", lambda t: np.datetime64(t or "NaT")), name=values.name)
        )
    if kind == "period":
        return pd.Series(
            _cells(values, file, "a period", lambda t: parse_period(t) if t else None), dtype=object, name=values.name
        )
    if kind == "list":
        return values.map(lambda t: tuple(part.strip() for part in t.split(";") if part.strip()))
    if levels := field.get("constraints", {}).get("enum"):
        unknown = values[(values != "") & ~values.isin(levels)]
        if len(unknown):
            row, value = unknown.index[0] + 2, unknown.iloc[0]
            raise DataError(f"{file} row {row}, column {values.name}: {value!r}; expected one of {', '.join(levels)}")
        return pd.Categorical(values, categories=levels)
    return values


def load(name: str, data: Path = DATA, note: bool = True) -> pd.DataFrame:
    """Load one table of the data package, indexed by nothing, one typed column for each field.

    Empty numbers are NaN, empty dates NaT, empty texts "". note=False leaves the table out of `reads`, for a caller
    that keeps account of the rows it uses. Raises DataError for an unknown table, a missing or extra column, or a
    cell that does not have its field's type.
    """
    known = schemas(data)
    if name not in known:
        raise DataError(f"{data.name}/{name}.csv: no such table; expected one of {', '.join(sorted(known))}")
    resource = known[name]
    file = f"{data.name}/{resource['path']}"
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    try:
        text = (data / resource["path"]).read_text("utf-8")
        frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: byte {error.start} is not UTF-8; expected UTF-8 text") from error
    except (pd.errors.EmptyDataError, FileNotFoundError) as error:
        raise DataError(f"{file}: empty or missing; expected a header and rows") from error
    if list(frame.columns) != list(fields):
        raise DataError(f"{file} row 1: columns are {', '.join(frame.columns)}; expected {', '.join(fields)}")
    if note:
        _reads.add(name)
    return pd.DataFrame({column: _typed(frame[column], field, file) for column, field in fields.items()})
