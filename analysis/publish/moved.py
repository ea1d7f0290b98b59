"""What a run or a scenario changes for a reader: states of the panel, findings that turn or say other numbers, figures,
numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.evidence.findings import sentence, together
from analysis.evidence.numbers import shown
from analysis.publish.contents import StoredChapter

PANEL = "panel-states"
NOTHING = "nothing"  # is said of what is not there
SHOWN = 60  # lines; the receipt's diff holds the rest

Snapshot = Mapping[str, Mapping[str, str]]


def stored(book: list[StoredChapter]) -> dict[str, dict]:
    """Return the records of all numbers and verdicts of the stored chapters by key."""
    return {key: record for chapter in book for key, record in chapter.numbers.items()}


def snapshot(book: list[StoredChapter], findings: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what the stored chapters say, each as one text, by kind and id: states, findings with their verdicts,
    figures, numbers.
    """
    numbers = stored(book)
    words = {key: record["word"] for key, record in numbers.items() if record["unit"] == "verdict"}
    said: dict[str, dict[str, str]] = {"state": {}, "verdict": {}, "finding": {}, "figure": {}, "number": {}}
    for key, predicate in zip(findings["finding_id"], findings["predicate"], strict=True):
        try:
            said["finding"][key] = sentence(findings, key, lambda k, form: numbers[k]["text"][form], words)
        except KeyError:
            continue  # its chapter was not executed yet
        said["verdict"][key] = together(predicate, words)
    for chapter in book:
        for record, _ in chapter.figures:
            said["figure"][record["id"]] = record["data_sha256"]
            if record["id"] == PANEL:
                said["state"] = _states(record["table"])
    said["number"] = {key: shown(record) for key, record in numbers.items() if record["unit"] != "verdict"}
    return said


def _states(table: dict) -> dict[str, str]:
    names = table["columns"]
    return {
        f"{row[0]} {name}": cell
        for row in table["rows"]
        for name, cell in zip(names, row, strict=True)
        if name[:1].isdigit()
    }


def differ(before: Snapshot, after: Snapshot, kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield id, old and new text of each thing of a kind that reads differently, "nothing" where it is not there."""
    for key in sorted(before[kind].keys() | after[kind].keys()):
        old, new = before[kind].get(key, NOTHING), after[kind].get(key, NOTHING)
        if old != new:
            yield key, old, new


def findings_moved(before: Snapshot, after: Snapshot, names: tuple[str, str] = ("before", "after")) -> Iterator[str]:
    """Yield three lines for each finding that reads differently: its id, with both verdicts where it turned, and what
    it says in one and in the other.
    """
    turned = {key: f": {old} -> {new}" for key, old, new in differ(before, after, "verdict")}
    for key, *both in differ(before, after, "finding"):
        yield f"moved  finding {key}{turned.get(key, '')}"
        yield from (f"    {name:<10}{said}" for name, said in zip(names, both, strict=True))


def changes(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Yield line by line what reads differently, the panel first and single numbers last."""
    for key, old, new in differ(before, after, "state"):
        yield f"moved  state {key}: {old} -> {new}"
    yield from findings_moved(before, after)
    for key, old, new in differ(before, after, "figure"):
        how = "new" if old == NOTHING else "gone" if new == NOTHING else "its table changed"
        yield f"moved  figure {key}: {how}"
    for key, old, new in differ(before, after, "number"):
        yield f"moved  number {key}: {old} -> {new}"
