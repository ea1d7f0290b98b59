"""What identifies the book, and what in it can be cited by an id."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis import tables
from analysis.assumptions.scenarios import of_checkout
from analysis.evidence.formatting import day
from analysis.publish.citations import Citable, nearest
from analysis.publish.contents import StoredChapter

BOOK = "book"


class UnknownIdError(KeyError):
    """Nothing in the book has the id; the message names the nearest ones."""


@dataclass(frozen=True)
class Identity:
    """The book's title, authors, version, addresses (empty while there are none) and data cut-off, in words.

    scenario says which scenario of a reader this build is, "" for the report; its title then says it too.
    """

    title: str
    authors: tuple[str, ...]
    version: str
    site: str
    repository: str
    cutoff: str
    scenario: str = ""


def identity(root: Path) -> Identity:
    """Return the book's identity from pyproject.toml, the one place that holds it; the cut-off is the last event's."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    book = project["tool"]["book"]
    scenario = of_checkout(root, tables.load("assumptions", root / "data"))
    return Identity(
        title=book["title"] + (f" (scenario: {scenario.title})" if scenario else ""),
        authors=tuple(author["name"] for author in project["project"]["authors"]),
        version=project["project"]["version"],
        site=book["site_url"].rstrip("/"),
        repository=book["repository_url"].rstrip("/"),
        cutoff=day(tables.load("events", root / "data")["date"].max().date()),
        scenario=f"{scenario.title}. {scenario.note}" if scenario else "",
    )


def citables(root: Path, chapters: Iterable[StoredChapter]) -> dict[str, Citable]:
    """Return all that can be cited by id: book, chapters, figures, claims, disputed questions, events, forecasts."""
    about = identity(root)

    def cited(kind: str, key: str, title: str, place: str, sha256: str = "") -> Citable:
        address = f"{about.site}/{place}" if about.site else ""
        # The book's cut-off dates every citation: a figure whose data end earlier was still published with the book.
        return Citable(kind, key, title, address, about.version, about.cutoff, sha256, about.authors, about.title)

    found = {BOOK: cited("book", BOOK, about.title, "")}
    for chapter in chapters:
        found[chapter.name] = cited("chapter", chapter.name, chapter.title, f"{chapter.name}.html")
        for record, _ in chapter.figures:
            key, place = record["id"], f"figures/{record['id']}/"
            found[key] = cited("figure", key, record["title"], place, record["data_sha256"])
    for row in tables.load("claims", root / "data").itertuples():
        found[row.claim_id] = cited("claim", row.claim_id, row.statement, f"evidence.html#{row.claim_id}")
    for row in tables.load("questions", root / "data").itertuples():
        place = f"questions.html#question-{row.question_id}"
        found.setdefault(row.question_id, cited("question", row.question_id, row.title, place))
    for row in tables.load("events", root / "data").itertuples():
        found[row.event_id] = cited("event", row.event_id, row.title, f"timeline.html#{row.event_id}")
    for row in tables.load("forecasts", root / "data").itertuples():
        found[row.forecast_id] = cited("forecast", row.forecast_id, row.statement, f"scoreboard.html#{row.forecast_id}")
    return found


def pick(found: dict[str, Citable], key: str) -> Citable:
    """Return what an id stands for; raises UnknownIdError with the nearest ids."""
    if key not in found:
        near = ", ".join(nearest(key, found)) or "none is near"
        raise UnknownIdError(f"nothing has the id {key!r}; nearest: {near}")
    return found[key]
