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
from analysis.evidence.formatting import SHARES, quantity
from analysis.publish import moved
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
    own = touched(book, scenario)
    for chapter in book:
        if chapter in own:
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


def jupyter_book(
    root: Path, out: Path, programs: Path = Path(sys.executable).parent
) -> subprocess.CompletedProcess[str]:
    """Build the book of a checkout with its own analysis/ into out/_build/html, as `make book` does.

    programs is the folder of the environment's programs, this one's where none is given.
    """
    command = [
        str(programs / "jb"), "build", "book", "--config", "_config.yml",
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


def _difference(value: float, unit: str) -> str:
    if not value:
        return "no difference"
    written = quantity(abs(value), "points" if unit in SHARES else unit, 2)
    return f"{'+' if value > 0 else MINUS}{written}"


def comparison(base: list[StoredChapter], other: list[StoredChapter], data: Path) -> Iterator[str]:
    """Yield line by line what a scenario changes: the headline numbers beside the report's, with differences, then the
    findings that turn or say another number, then how many do not.
    """
    old, new = moved.stored(base), moved.stored(other)
    for key, name in HEADLINES.items():
        was, now = old[key], new[key]
        difference = _difference(now["value"] - was["value"], was["unit"])
        yield f"{name}: {was['text']['']} -> {now['text']['']} ({difference})"
    findings = tables.load("findings", data)
    before, after = moved.snapshot(base, findings), moved.snapshot(other, findings)
    yield from moved.findings_moved(before, after, ("report", "scenario"))
    same = len(before["finding"]) - len(list(moved.differ(before, after, "finding")))
    count = len(list(moved.differ(before, after, "number")))
    yield f"{same} findings say the same; {count} of {len(before['number'])} numbers moved"
