"""What the pages can refer to: stored chapters, claims, facts, sources; read once for each build."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd

import analysis
from analysis import tables
from analysis.evidence.findings import SLOT, sentence, together
from analysis.evidence.formatting import day, interval, quantity
from analysis.evidence.grounds import grounds
from analysis.evidence.roots import rests_on_one_relay, root
from analysis.publish.citations import Citable
from analysis.publish.contents import StoredChapter, chapters, pages
from analysis.publish.exports import withheld
from analysis.publish.identity import Identity, citables, identity
from analysis.results.robustness import called, robust
from analysis.tables.periods import Period

ROOT = Path(analysis.__file__).resolve().parents[1]
CLAIM_ID = re.compile(r"c00\d-\d{3}")


class UnknownKeyError(KeyError):
    """A page asks for something that no chapter, claim, fact or finding provides."""


@dataclass(frozen=True)
class Shown:
    """One number as a page shows it: its text, the note on it, and the record that it leads to."""

    text: str
    note: str
    page: str
    anchor: str


def period_text(period: Period | str | None) -> str:
    """Write a day as 8 December 2025 and any other period as it stands."""
    text = str(period or "")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return day(pd.Timestamp(text).date())
    return text.replace("/", " to ")


def row_text(row: pd.Series) -> str:
    """Write the value of a claim or fact with its unit, as a range or bound where it is one."""
    value, low, high, unit = row["value"], row["low"], row["high"], row["unit"]
    if pd.notna(value):
        return quantity(value, unit)
    if pd.notna(low) and pd.notna(high):
        return interval(low, high, unit)
    if pd.notna(low):
        return f"at least {quantity(low, unit, toward=-1)}"
    return f"at most {quantity(high, unit, toward=1)}" if pd.notna(high) else ""


def form_text(row: pd.Series, form: str) -> str:
    """Write a claim, fact or answer in a form as numbers have them: "" whole, "range", "low", "high" or "bare".

    Raises UnknownKeyError where the row has no such end.
    """
    value, low, high, unit = row["value"], row["low"], row["high"], row["unit"]
    ends = {"low": (low, -1), "high": (high, 1), "bare": (value, 0)}
    if not form:
        return row_text(row)
    if form == "range" and pd.notna(low) and pd.notna(high):
        return interval(low, high, unit)
    end, toward = ends.get(form, (float("nan"), 0))
    if pd.isna(end):
        raise UnknownKeyError(f"{row.iloc[0]} has no form {form!r}")
    return quantity(end, unit, bare=form == "bare", toward=toward)


class Library:
    """The records behind the pages of one build."""

    @cached_property
    def chapters(self) -> list[StoredChapter]:
        """The executed chapters in reading order."""
        return chapters(ROOT)

    @cached_property
    def computed(self) -> dict[str, tuple[str, int, dict]]:
        """The computed numbers of all chapters: page, chapter, record by key."""
        found: dict[str, tuple[str, int, dict]] = {}
        for place, chapter in enumerate(self.chapters, start=1):
            for key, record in chapter.numbers.items():
                if key in found:
                    raise UnknownKeyError(f"number {key} is computed by {found[key][0]} and {chapter.name}")
                found[key] = (chapter.name, place, record)
        return found

    @cached_property
    def predicates(self) -> dict[str, str]:
        """The verdicts of all chapters by key."""
        return {key: record["word"] for key, (_, _, record) in self.computed.items() if record["unit"] == "verdict"}

    @cached_property
    def figures(self) -> dict[str, tuple[str, dict, str]]:
        """The stored figures of all chapters: page, record, picture by id."""
        return {
            record["id"]: (chapter.name, record, svg) for chapter in self.chapters for record, svg in chapter.figures
        }

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The ledger by claim id."""
        return tables.load("claims").set_index("claim_id", drop=False)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """The facts by id."""
        return tables.load("facts").set_index("fact_id", drop=False)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The sources by id."""
        return tables.load("sources").set_index("source_id", drop=False)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings."""
        return tables.load("findings")

    @cached_property
    def judgement_names(self) -> dict[str, str]:
        """What each judgement is called, by id."""
        return called(tables.load("judgement_names"))

    @cached_property
    def _turns(self) -> tuple[pd.DataFrame, pd.Series]:
        register = tables.load("assumptions").set_index("assumption_id")
        return tables.load("turns"), register["unit"].astype(str)

    def robust(self, finding_id: str, linked: bool = False) -> str:
        """Return in a sentence which judgements turn a finding, "" for one on which none was tried.

        linked gives it as HTML in which each judgement leads to its record.
        """
        parts = self.parts(finding_id)
        if len(parts) > 1:
            named = self.findings.loc[self.findings["predicate"].isin(parts), "finding_id"]
            return f"It joins {', '.join(named)}: what turns one of them turns it."
        names = self.judgement_names
        if linked:
            names = {
                key: f'<a href="assumptions.html#assumption-{key}">{escape(name)}</a>' for key, name in names.items()
            }
        return robust(self._turns[0], finding_id, self._turns[1], names)

    def parts(self, finding_id: str) -> list[str]:
        """Return the keys of the predicates that a finding joins, most often one."""
        return self._finding(finding_id)["predicate"].split(";")

    def verdict(self, finding_id: str) -> str:
        """Return whether a finding holds, fails or is unclear; raises UnknownKeyError where no chapter computes it."""
        try:
            return together(self._finding(finding_id)["predicate"], self.predicates)
        except KeyError as error:
            raise UnknownKeyError(f"no chapter holds the finding {finding_id!r}") from error

    def sentence(self, finding_id: str) -> str:
        """Return the sentence of a finding with its slots open."""
        return self._finding(finding_id)[self.verdict(finding_id)]

    def origins(self, finding_id: str) -> list[str]:
        """Return the sources that the numbers and the predicates of a finding rest on, each once."""
        keys = [*(key for key, _ in SLOT.findall(self.sentence(finding_id))), *self.parts(finding_id)]
        ids = [item for key in keys for item in self.computed[key][2]["sources"]]
        return list(dict.fromkeys(self.facts["source_id"].get(item, item) for item in ids))

    def grounds(self, finding_id: str) -> str:
        """Return in a sentence what the numbers and the predicates of a finding go back to."""
        return grounds(self.origins(finding_id), self.facts, self.sources)

    def _finding(self, finding_id: str) -> pd.Series:
        rows = self.findings[self.findings["finding_id"] == finding_id]
        if rows.empty:
            raise UnknownKeyError(f"no finding {finding_id!r} in data/findings.csv")
        return rows.iloc[0]

    @cached_property
    def questions(self) -> pd.DataFrame:
        """The disputed questions by id."""
        return tables.load("questions").set_index("question_id", drop=False)

    @cached_property
    def rivals(self) -> pd.DataFrame:
        """The rival statements of the questions."""
        return tables.load("rivals")

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The steps from what is printed to what it is on the definition."""
        return tables.load("steps")

    @cached_property
    def identity(self) -> Identity:
        """What identifies the book."""
        return identity(ROOT)

    def withheld(self, record: dict) -> str:
        """Return why a figure's data may not be passed on, "" where they may."""
        return withheld(self.sources["redistribution"].astype(str).to_dict(), record["sources"])

    def shown_on(self, figure_id: str) -> list[tuple[str, str]]:
        """Return title and address of the pages that show a figure or point to it, its notebook first."""
        home = self.figures[figure_id][0]
        own = [(self.page_title(home), f"{home}.html#{figure_id}")]
        return own + [place for place in self.uses.get(f"figure {figure_id}", []) if place[1] != f"{home}.html"]

    @cached_property
    def citables(self) -> dict[str, Citable]:
        """Everything that can be cited, by id."""
        return citables(ROOT, self.chapters)

    def page_title(self, page: str) -> str:
        """Return the title of a notebook page."""
        return next(chapter.title for chapter in self.chapters if chapter.name == page)

    def root(self, source_id: str) -> str:
        """Return the original behind a source."""
        return root(source_id, self._relays)

    @cached_property
    def _relays(self) -> dict[str, str]:
        return self.sources["relays"].to_dict()

    @cached_property
    def corrections(self) -> pd.DataFrame:
        """The corrections, the latest first."""
        return tables.load("corrections").sort_values("correction_id", ascending=False, ignore_index=True)

    @cached_property
    def corrected(self) -> dict[str, list[str]]:
        """The corrections of each record, number and figure, by its id."""
        found: dict[str, list[str]] = {}
        for row in self.corrections.itertuples():
            for key in (*row.records, *row.numbers, *row.figures):
                found.setdefault(key, []).append(row.correction_id)
        return found

    @cached_property
    def places(self) -> dict[str, str]:
        """The address of every record, number and figure, by its id."""
        pages = {"events": "timeline.html#", "forecasts": "scoreboard.html#", "claims": "evidence.html#"}
        pages |= {"facts": "sources.html#ref-", "sources": "sources.html#ref-"}
        pages |= {"questions": "questions.html#question-", "findings": "what-matters.html#robust-"}
        pages |= {"assumptions": "assumptions.html#assumption-", "terms": "delivery-pressure.html#term-"}
        pages |= {"indicators": "indicators.html#indicator-"}
        found = {key: f"{start}{key}" for name, start in pages.items() for key in tables.load(name).iloc[:, 0]}
        found |= {key: f"{page}.html#num-{key}" for key, (page, _, _) in self.computed.items()}
        return found | {key: f"{page}.html#{key}" for key, (page, _, _) in self.figures.items()}

    def doubt(self, key: str, base: str = "", words: str = "Challenge") -> str:
        """Return the link by which a reader says that a record is wrong, its id filled in, and its corrections so far.

        base leads from the page to the site's root.
        """
        form = f"{base}corrections.html?about={key}#challenge"
        address = f"{self.identity.repository}/issues/new?title=Challenge+{key}" if self.identity.repository else form
        mended = ", ".join(f'<a href="{base}corrections.html#{one}">{one}</a>' for one in self.corrected.get(key, ()))
        return f'<a class="doubt" href="{address}">{words}</a>' + (f" (corrected: {mended})" if mended else "")

    def reference(self, key: str) -> str:
        """Return a link to a claim, fact or source."""
        page = "evidence.html#" if key in self.claims.index else "sources.html#ref-"
        return f'<a href="{page}{key}">{key}</a>'

    @cached_property
    def uses(self) -> dict[str, list[tuple[str, str]]]:
        """Where each claim, fact and source is used: name and address of the place, in reading order."""
        found: dict[str, dict[tuple[str, str], None]] = {}

        def note(key: str, name: str, address: str) -> None:
            found.setdefault(key, {})[(name, address)] = None

        for page in pages(ROOT):
            notebook, text = ROOT / "book" / f"{page}.ipynb", ROOT / "book" / f"{page}.md"
            prose = StoredChapter(notebook).prose if notebook.exists() else text.read_text("utf-8")
            title = next((line[2:].strip() for line in prose.splitlines() if line.startswith("# ")), page)
            for key in re.findall(r"\{(?:num|claim)\}`([a-z0-9-]+)", prose):
                note(key, title, f"{page}.html")
            for key in re.findall(r"\{(?:card\}`|figurecard\} *)([a-z0-9-]+)", prose):
                note(f"figure {key}", title, f"{page}.html")
        for key, (page, _, record) in self.computed.items():
            for item in record["sources"]:
                note(item, f"number {key}", f"{page}.html#num-{key}")
        for figure_id, (page, record, _) in self.figures.items():
            for item in record["sources"]:
                note(item, f"Figure {record['number']}", f"{page}.html#{figure_id}")
        for claim_id, items in self.claims["evidence"].items():
            for item in items:
                note(item, str(claim_id), f"evidence.html#{claim_id}")
        for row in tables.load("events").itertuples():
            note(row.source_id, row.event_id, f"timeline.html#{row.event_id}")
        for row in tables.load("forecasts").itertuples():
            for item in (*row.claims, *row.evidence):
                note(item, row.forecast_id, f"scoreboard.html#{row.forecast_id}")
        for row in self.rivals.itertuples():
            for item in row.said_by:
                note(item, row.question_id, f"questions.html#question-{row.question_id}")
        for fact_id, source_id in self.facts["source_id"].items():
            note(source_id, str(fact_id), f"sources.html#ref-{fact_id}")
        return {key: list(places) for key, places in found.items()}

    def number(self, key: str, form: str = "") -> Shown:
        """Return a computed number, claim or fact for a page; raises UnknownKeyError with the nearest reason."""
        if key in self.computed:
            page, place, record = self.computed[key]
            if form not in record["text"]:
                raise UnknownKeyError(f"number {key} has no form {form!r}; it has {sorted(record['text'])}")
            span = record["text"].get("range", "")
            title = self.chapters[place - 1].title
            note = f"Computed in {title}, {period_text(record['as_of'])}: {record['basis']}."
            if span and span != record["text"][form]:
                note += f" Interval {span}."
            if record["sources"] and rests_on_one_relay(record["sources"], self.facts, self.sources):
                note += " Rests on one original, read through a relay."
            return Shown(record["text"][form], f"{note} {self._named(record['sources'])}".strip(), page, f"num-{key}")
        if CLAIM_ID.fullmatch(key) and key in self.claims.index:
            row = self.claims.loc[key]
            note = f"As stated by article {row['article']}; verdict: {row['verdict']}. {row['verdict_note']}"
            return Shown(form_text(row, form), note, "evidence", key)
        if key in self.facts.index:
            row = self.facts.loc[key]
            note = f"{period_text(row['period'])}, {row['basis']} ({row['quality']}). {self._named([row['source_id']])}"
            return Shown(form_text(row, form), note, "sources", f"ref-{key}")
        if key in self.questions.index:
            row = self.questions.loc[key].rename({"central": "value"})
            if text := form_text(row, form):
                note = f"Answer to a disputed question: {row['title']} {row['definition']}"
                return Shown(text, note, "questions", f"question-{key}")
        raise UnknownKeyError(f"no number, claim, fact or question with a number has the key {key!r}")

    def _named(self, ids: list[str]) -> str:
        origins = [self.facts.loc[i, "source_id"] if i in self.facts.index else i for i in ids]
        names = [self.sources.loc[i, "publisher"] for i in dict.fromkeys(origins)]
        names = list(dict.fromkeys(names))
        shown = "; ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return f"Source: {shown}." if names else ""

    def finding(self, finding_id: str) -> list[tuple[str, str]]:
        """Return a finding's sentence as parts: plain text with an empty key, and slots with their key and form."""
        marks: list[tuple[str, str]] = []

        def mark(key: str, form: str) -> str:
            marks.append((key, form))
            return "\0"

        try:
            plain = sentence(self.findings, finding_id, mark, self.predicates).split("\0")
        except KeyError as error:
            raise UnknownKeyError(error.args[0]) from error
        parts = [("", plain[0])]
        for (key, form), text in zip(marks, plain[1:], strict=True):
            parts += [(f"{key}:{form}" if form else key, ""), ("", text)]
        return parts
