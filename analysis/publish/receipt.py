"""The receipt: what went in and what came out, so that anyone can tell whether a re-run gives the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from analysis.publish.contents import StoredChapter
from analysis.tables.store import digest, schemas

NAME = "receipt.json"


def code_digest(analysis: Path) -> str:
    """Return one SHA-256 over every Python file below a folder, names included."""
    total = hashlib.sha256()
    for path in sorted(analysis.rglob("*.py")):
        total.update(f"{path.relative_to(analysis).as_posix()}\n".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def fingerprint(chapter: StoredChapter, root: Path) -> str:
    """Return what a chapter's stored outputs depend on: its source, analysis/, and the tables it read."""
    known = schemas(root / "data")
    parts = {
        "source": [[cell["cell_type"], "".join(cell["source"])] for _, cell in chapter.code],
        "analysis": code_digest(root / "analysis"),
        "tables": {name: digest(name, root / "data") if name in known else "" for name in chapter.reads},
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
