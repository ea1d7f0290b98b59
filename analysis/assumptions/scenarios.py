"""A reader's scenario: a TOML file that replaces judgements, read as a whole or refused with all that is wrong.

title = "Licences flow"
note = "What it stands for, in a sentence or a paragraph."

[assumptions]
divert-share = 0.3                                   # one value: low, central and high alike
h200-gross-margin = [0.5, 0.6, 0.7]                  # low, central, high
h200-price = { value = 30000, unit = "USD/chip" }    # with its unit, which must be that of the register
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.assumptions import AssumptionError, Assumptions

PLACE = ".scenario"  # a folder with the one file, in a checkout that is built as a scenario, never in the report's own
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Scenario:
    """A named set of overrides; the name is that of its file."""

    name: str
    title: str
    note: str
    overrides: Mapping[str, float | Sequence[float]] = field(default_factory=dict)


def read(path: Path, register: pd.DataFrame) -> Scenario:
    """Return the scenario of a file; register is the table of assumptions.

    Raises AssumptionError with one line for each thing that is wrong: the file itself, an unknown id, a value out of
    range, a wrong unit or type.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AssumptionError(f"{path}: cannot be read as TOML: {error}") from error
    problems = []
    if not NAME.fullmatch(path.stem):
        problems.append(f"{path}: the name {path.stem!r}; expected small letters, digits and hyphens")
    for key in ("title", "note"):
        if not isinstance(content.get(key), str) or not content[key].strip():
            problems.append(f"{path}: {key} = {content.get(key)!r}; expected a text")
    if unknown := sorted(content.keys() - {"title", "note", "assumptions"}):
        problems.append(f"{path}: {', '.join(unknown)}; expected title, note and [assumptions] only")
    given = content.get("assumptions", {})
    if not isinstance(given, dict):
        problems.append(f"{path}: assumptions = {given!r}; expected a table [assumptions]")
        given = {}
    units = register.set_index("assumption_id")["unit"].astype(str).to_dict()
    overrides = {}
    for key, value in given.items():
        if isinstance(value, dict):
            if value.keys() != {"value", "unit"}:
                problems.append(f"{path}: assumption {key}: {value!r}; expected value and unit")
                continue
            if key in units and value["unit"] != units[key]:
                problems.append(f"{path}: assumption {key}: unit {value['unit']!r}; expected {units[key]}")
                continue
            value = value["value"]
        overrides[key] = value
    try:
        Assumptions(register, overrides)
    except AssumptionError as error:
        problems += [f"{path}: {line}" for line in error.problems]
    if problems:
        raise AssumptionError(problems)
    return Scenario(path.stem, content["title"].strip(), " ".join(content["note"].split()), overrides)


def of_checkout(root: Path, register: pd.DataFrame) -> Scenario | None:
    """Return the scenario that a checkout is built as, None for the report itself."""
    found = sorted((root / PLACE).glob("*.toml"))
    return read(found[0], register) if found else None
