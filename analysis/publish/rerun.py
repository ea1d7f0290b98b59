"""A chapter as a function: overrides in, numbers out, nothing drawn. What moves a finding is found by calling it.

A judgement is set to one value for low, central and high alike, all others stay: what would the report say if this
one thing were known exactly? The answers are kept in two tables, so that a page can show them without the wait.
"""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from analysis import tables
from analysis.assumptions import Assumption, Assumptions
from analysis.evidence.findings import SLOT
from analysis.evidence.numbers import Number
from analysis.figures import undrawn
from analysis.publish.contents import ContentsError, StoredChapter, chapters

GRID = 5  # places looked at between low and high
HALVINGS = 5  # of the gap between two places that differ: a turn is known to a thirty-second of the gap
TURNS, MOVES = "turns", "moves"


@dataclass(frozen=True)
class Look:
    """What a chapter says: its verdicts and its values, by key."""

    words: Mapping[str, str]
    values: Mapping[str, float]
    units: Mapping[str, str]


def numbers_under(chapter: StoredChapter, overrides: Mapping[str, float | Sequence[float]]) -> dict[str, Number]:
    """Return the numbers of a chapter run in this process with these overrides for its own.

    Raises ContentsError when no cell holds `overrides = {}`.
    """
    own = ast.parse(repr(dict(overrides)), mode="eval").body
    space: dict[str, object] = {}
    opened = False
    with undrawn():
        for place, cell in chapter.code:
            tree = ast.parse("".join(cell["source"]))
            for node in tree.body:
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "overrides":
                    node.value, opened = own, True
            exec(compile(ast.fix_missing_locations(tree), f"{chapter.path} cell {place}", "exec"), space)
    if not opened:
        raise ContentsError(f"{chapter.path}: no cell holds `overrides = {{}}`; expected it in the first")
    return dict(space["chapter"].book)


@cache
def _chapter(root: Path, name: str) -> StoredChapter:
    return next(chapter for chapter in chapters(root) if chapter.name == name)


def look(root: Path, name: str, overrides: Mapping[str, float]) -> Look:
    """Return what a chapter says when some judgements are known exactly."""
    found = numbers_under(_chapter(root, name), overrides)
    plain = {key: number for key, number in found.items() if not number.word}
    return Look(
        {key: number.word for key, number in found.items() if number.unit == "verdict"},
        {key: number.value for key, number in plain.items()},
        {key: number.unit for key, number in plain.items()},
    )


@cache
def _base(root: Path, name: str) -> Look:
    return look(root, name, {})


def grid(judgement: Assumption) -> list[float]:
    """Return the places of a judgement to look at, from low to high, whole numbers where it counts something."""
    low, high = judgement.low, judgement.high
    places = [low + k * (high - low) / (GRID - 1) for k in range(GRID)]
    return sorted({float(round(x)) for x in places} if judgement.unit == "count" else set(places))


def turning_points(places: Sequence[float], said: Callable[[float], str], halvings: int) -> list[tuple[float, str]]:
    """Return where a word changes between the places, and to which word, halving the gap around each change."""
    found = []
    for left, right in pairwise(places):
        low, high = left, right
        if said(low) == said(high):
            continue
        for _ in range(halvings):
            middle = (low + high) / 2
            low, high = (middle, high) if said(middle) == said(low) else (low, middle)
        found.append((high, said(high)))
    return found


def tried(root: Path, name: str, judgement: Assumption) -> tuple[list[dict], list[dict]]:
    """Return what one judgement does to the findings and to the numbers of a chapter: rows of both tables."""
    seen: dict[float, Look] = {}

    def at(value: float) -> Look:
        if value not in seen:
            seen[value] = look(root, name, {judgement.assumption_id: value})
        return seen[value]

    places, key = grid(judgement), judgement.assumption_id
    first, last = at(places[0]), at(places[-1])
    findings = tables.load("findings", root / "data")
    halvings = 0 if judgement.unit == "count" else HALVINGS
    turns, moves, slots = [], [], set()
    for row in findings[findings["predicate"].isin(first.words)].itertuples():
        points = turning_points(places, lambda value, asked=row.predicate: at(value).words[asked], halvings)
        turns.append(
            {
                "finding_id": row.finding_id,
                "assumption_id": key,
                "at_low": first.words[row.predicate],
                "at_high": last.words[row.predicate],
                "turns_at": ";".join(f"{value:.6g}" for value, _ in points),
                "turns_to": ";".join(word for _, word in points),
            }
        )
        slots |= {slot for word in ("holds", "fails", "unclear") for slot, _ in SLOT.findall(getattr(row, word))}
    for slot in sorted(slots & first.values.keys()):
        low, high = first.values[slot], last.values[slot]
        if abs(high - low) > 1e-6 * max(abs(low), abs(high)):
            base = _base(root, name)
            ends = {"at_low": low, "at_base": base.values[slot], "at_high": high}
            written = {place: f"{value:.6g}" for place, value in ends.items()}
            moves.append({"number": slot, "assumption_id": key, "unit": base.units[slot]} | written)
    return turns, moves


def _job(task: tuple[Path, str, Assumption]) -> tuple[list[dict], list[dict]]:
    return tried(*task)


def sensitivity(root: Path, only: Iterable[str], workers: int, told: Callable[[str], None]) -> None:
    """Try every judgement of the chapters named (all where none is) and write both tables, whole or not at all.

    Rows of chapters that are not tried stay. told gets a line for each judgement that is done.
    """
    register = Assumptions(tables.load("assumptions", root / "data"))
    asked = [c for c in chapters(root) if c.assumes and (not only or c.name in only)]
    pairs = [(c.name, register[key]) for c in asked for key in c.assumes]
    tasks = [(root, name, judgement) for name, judgement in pairs if judgement.low < judgement.high]
    rows: dict[str, list[dict]] = {TURNS: [], MOVES: []}
    with ProcessPoolExecutor(workers) as pool:
        for task, (turns, moves) in zip(tasks, pool.map(_job, tasks), strict=True):
            rows[TURNS] += turns
            rows[MOVES] += moves
            told(f"{task[1]}: {task[2].assumption_id}, {sum(bool(r['turns_at']) for r in turns)} findings turn")
    again = {"finding_id": {row["finding_id"] for row in rows[TURNS]}, "number": {k for c in asked for k in c.numbers}}
    for name, key in ((TURNS, "finding_id"), (MOVES, "number")):
        path = root / "data" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            head, kept = list(reader.fieldnames or ()), [row for row in reader if row[key] not in again[key]]
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, head, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(kept + rows[name], key=lambda row: (row[head[0]], row[head[1]])))
        draft = path.with_suffix(".tmp")
        draft.write_text(out.getvalue(), "utf-8")
        draft.replace(path)
