"""The receipt: what went in and what came out, so that anyone can tell whether a re-run gives the same."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from analysis.publish.contents import StoredChapter
from analysis.tables.store import digest, schemas

NAME = "receipt.json"


def module_digest(name: str, root: Path) -> str:
    """Return the SHA-256 of a module's file below root, "" when there is none any more."""
    place = root.joinpath(*name.split("."))
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def judgements(root: Path) -> dict[str, dict]:
    """Return the rows of the assumptions as they stand, by id."""
    path = root / "data" / schemas(root / "data")["assumptions"]["path"]
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["assumption_id"]: row for row in csv.DictReader(lines)}


def fingerprint(chapter: StoredChapter, root: Path) -> str:
    """Return what a chapter's stored outputs depend on: its source, and the code, tables and judgements it used.

    Code is every module of the package that the chapter ran: a module that a changed one starts to import is seen
    through the changed one.
    """
    known, judged = schemas(root / "data"), judgements(root) if chapter.assumes else {}
    parts = {
        "source": [[cell["cell_type"], "".join(cell["source"])] for _, cell in chapter.code],
        "analysis": {name: module_digest(name, root) for name in chapter.modules},
        "tables": {name: digest(name, root / "data") if name in known else "" for name in chapter.tables},
        "assumptions": {key: judged.get(key) for key in chapter.assumes},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def outcome(chapter: StoredChapter) -> dict:
    """Return what a chapter holds: its numbers and the hashes of its figures' tables."""
    return {
        "numbers": {
            key: {name: record[name] for name in ("value", "low", "high", "unit", "word", "as_of")}
            for key, record in chapter.numbers.items()
        },
        "figures": {record["id"]: record["data_sha256"] for record, _ in chapter.figures},
    }


def build(chapters: list[StoredChapter], root: Path) -> dict:
    """Return the receipt of the chapters as they are stored."""
    names = sorted(schemas(root / "data"))
    return {
        "tables": {name: digest(name, root / "data") for name in names},
        "chapters": {
            chapter.name: {"fingerprint": fingerprint(chapter, root), "reads": chapter.reads} | outcome(chapter)
            for chapter in chapters
        },
    }


def read(root: Path) -> dict:
    """Return the committed receipt, empty when there is none."""
    path = root / NAME
    return json.loads(path.read_text("utf-8")) if path.exists() else {"tables": {}, "chapters": {}}


def write(receipt: dict, root: Path) -> None:
    """Write the receipt as sorted JSON, replacing the old one at once."""
    text = json.dumps(receipt, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path = root / NAME
    if path.exists() and path.read_text("utf-8") == text:
        return
    draft = path.with_suffix(".tmp")
    draft.write_text(text, "utf-8")
    draft.replace(path)


def stale(chapters: list[StoredChapter], root: Path) -> list[StoredChapter]:
    """Return the chapters whose stored outputs do not belong to today's source, code and tables."""
    noted = read(root)["chapters"]
    return [
        chapter
        for chapter in chapters
        if noted.get(chapter.name, {}).get("fingerprint") != fingerprint(chapter, root) or chapter.problems()
    ]


def differences(expected: dict, found: dict, path: str = "") -> Iterator[str]:
    """Yield each place where two outcomes differ, in order, numbers compared as stored (nine digits)."""
    for key in sorted(expected.keys() | found.keys()):
        here = f"{path}{key}"
        if key not in found:
            yield f"{here}: expected {expected[key]!r}, found nothing"
        elif key not in expected:
            yield f"{here}: expected nothing, found {found[key]!r}"
        elif isinstance(expected[key], dict):
            yield from differences(expected[key], found[key], f"{here} ")
        elif expected[key] != found[key]:
            yield f"{here}: expected {expected[key]!r}, found {found[key]!r}"
