"""What a run changed for a reader: states of the panel, findings that turned or say other numbers, figures, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.evidence.findings import sentence
from analysis.publish.contents import StoredChapter

PANEL = "panel-states"
SHOWN = 60  # lines; the receipt's diff holds the rest

Snapshot = Mapping[str, Mapping[str, str]]


def snapshot(book: list[StoredChapter], findings: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what the stored chapters say, by kind and id: states, findings, figures, numbers, each as one text."""
    numbers = {key: record for chapter in book for key, record in chapter.numbers.items()}
    words = {key: record["word"] for key, record in numbers.items() if record["unit"] == "verdict"}
    said: dict[str, dict[str, str]] = {"state": {}, "finding": {}, "figure": {}, "number": {}}
    for key in findings["finding_id"]:
        try:
            said["finding"][key] = sentence(findings, key, lambda k, form: numbers[k]["text"][form], words)
        except KeyError:
            continue  # its chapter was not executed yet
    for chapter in book:
        for record, _ in chapter.figures:
            said["figure"][record["id"]] = record["data_sha256"]
            if record["id"] == PANEL:
                said["state"] = _states(record["table"])
    said["number"] = {
        key: record["text"].get("", "") or record["text"].get("range", "")
        for key, record in numbers.items()
        if record["unit"] != "verdict"
    }
    return said


def _states(table: dict) -> dict[str, str]:
    names = table["columns"]
    return {
        f"{row[0]} {name}": cell
        for row in table["rows"]
        for name, cell in zip(names, row, strict=True)
        if name[:1].isdigit()
    }


def changes(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Yield one line for each thing that reads differently, the panel first and single numbers last."""
    for kind in ("state", "finding", "figure", "number"):
        for key in sorted(before[kind].keys() | after[kind].keys()):
            old, new = before[kind].get(key), after[kind].get(key)
            if old == new:
                continue
            if kind == "figure":
                yield f"moved  figure {key}: " + ("new" if not old else "gone" if not new else "its table changed")
            elif kind == "finding":
                yield f"moved  finding {key}: {new or 'gone'}"
            else:
                yield f"moved  {kind} {key}: {old or 'nothing'} -> {new or 'nothing'}"
