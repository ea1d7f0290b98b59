"""A scenario of a reader as a book of its own, in a checkout apart, and what it changes against the report."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from analysis import tables
from analysis.assumptions import scenarios
from analysis.assumptions.scenarios import Scenario
from analysis.evidence.findings import sentence
from analysis.evidence.formatting import SHARES, quantity
from analysis.publish.cards import MIME, card_html, picture_of, stamped
from analysis.publish.contents import ContentsError, StoredChapter, chapters
from analysis.publish.execute import execute
from analysis.results.robustness import HEADLINES

FOLDER = Path("_build") / "scenarios"
ROOMS = ("analysis", "book", "data")
MINUS = "\N{MINUS SIGN}"


def checkout(root: Path, scenario: Scenario, file: Path) -> Path:
    """Return a copy of what the book is made from that is built as the scenario, in a folder of its own."""
    copy = root / FOLDER / scenario.name / "checkout"
    shutil.rmtree(copy, ignore_errors=True)
    for room in ROOMS:
        shutil.copytree(root / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    for path in root.iterdir():
        if path.is_file():
            shutil.copy(path, copy / path.name)
    cache = root / "_build" / "figures"  # pictures that the scenario leaves as they are need not be rendered again
    cache.mkdir(parents=True, exist_ok=True)
    (copy / "_build").mkdir()
    (copy / "_build" / "figures").symlink_to(cache.resolve())
    (copy / scenarios.PLACE).mkdir()
    shutil.copy(file, copy / scenarios.PLACE / f"{scenario.name}.toml")
    return copy


def touched(book: list[StoredChapter], scenario: Scenario) -> list[StoredChapter]:
    """Return the chapters that use a judgement which the scenario changes."""
    return [chapter for chapter in book if set(chapter.assumes) & scenario.overrides.keys()]


def run(copy: Path, scenario: Scenario) -> list[StoredChapter]:
    """Execute in a checkout the chapters that the scenario touches, mark the figures of the others, return all."""
    book = chapters(copy)
    moved = touched(book, scenario)
    for chapter in book:
        if chapter in moved:
            execute(chapter.path, root=copy)
        else:
            _mark(
                chapter.path,
                f"Scenario {scenario.title}, not the report: nothing shown here depends on what it changes.",
            )
    return chapters(copy)


def _mark(path: Path, under: str) -> None:
    """Write on every stored figure of a notebook, and into its note, under which scenario it is shown."""
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if record := output.get("data", {}).get(MIME):
                record["note"] = f"{under} {record['note']}".strip()
                picture = picture_of("".join(output["data"]["text/html"]))
                output["data"]["text/html"] = card_html(record, stamped(picture, under))
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def jupyter_book(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build the book of a checkout with its own analysis/ into out/_build/html, as `make book` does."""
    command = [
        str(Path(sys.executable).parent / "jb"), "build", "book", "--config", "_config.yml",
        "--toc", str(root / "_toc.yml"), "--path-output", str(out), "-q", "-W", "-n", "--keep-going",
    ]  # fmt: skip
    place = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=root, env=place, capture_output=True, text=True, check=False)


def build(copy: Path, scenario: Scenario) -> Path:
    """Build the site of a checkout beside it and return its folder; raises ContentsError when Sphinx refuses."""
    draft, site = copy.parent / "draft", copy.parent / "html"
    shutil.rmtree(draft, ignore_errors=True)
    done = jupyter_book(copy, draft)
    if done.returncode:
        raise ContentsError(f"scenario {scenario.name}: the book could not be built:\n{done.stderr[-2000:]}")
    shutil.rmtree(site, ignore_errors=True)
    (draft / "_build" / "html").rename(site)
    shutil.rmtree(draft)
    return site


def _stored(book: list[StoredChapter]) -> tuple[dict[str, dict], dict[str, str]]:
    numbers = {key: record for chapter in book for key, record in chapter.numbers.items()}
    return numbers, {key: record["word"] for key, record in numbers.items() if record["unit"] == "verdict"}


def _difference(value: float, unit: str) -> str:
    if not value:
        return "no difference"
    written = quantity(abs(value), "points" if unit in SHARES else unit, 2)
    return f"{'+' if value > 0 else MINUS}{written}"


def comparison(base: list[StoredChapter], other: list[StoredChapter], data: Path) -> Iterator[str]:
    """Yield line by line what a scenario changes: the headline numbers beside the report's, with differences, then the
    findings that turn or say another number, then how many do not.
    """
    findings = tables.load("findings", data)
    (old, was), (new, now) = _stored(base), _stored(other)
    for key, name in HEADLINES.items():
        before, after = old[key], new[key]
        moved = _difference(after["value"] - before["value"], before["unit"])
        yield f"{name}: {before['text']['']} -> {after['text']['']} ({moved})"
    same = 0
    for row in findings.itertuples():
        before, after = (
            sentence(findings, row.finding_id, lambda key, form, numbers=numbers: numbers[key]["text"][form], words)
            for numbers, words in ((old, was), (new, now))
        )
        if before == after:
            same += 1
            continue
        turned = f": {was[row.predicate]} -> {now[row.predicate]}" if was[row.predicate] != now[row.predicate] else ""
        yield f"{row.finding_id}{turned}"
        yield f"    report    {before}"
        yield f"    scenario  {after}"
    moved = sum(old[key]["text"] != new[key]["text"] for key in old)
    yield f"{same} findings say the same; {moved} of {len(old)} numbers moved"
