"""Sections made of records: disputed questions, what turns a finding, scenarios, licences, citations, challenges."""

from __future__ import annotations

import re
from html import escape

import pandas as pd
from docutils import nodes
from figure_cards import card
from library import Library
from numbers_role import library, log
from registers import Cells, challenge, rows
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from analysis import tables
from analysis.assumptions.scenarios import read
from analysis.evidence.formatting import interval, quantity
from analysis.publish.cards import prose
from analysis.results import limits
from analysis.tables.store import schemas

NUMBER_ROW = re.compile(r'data-label="Key"><code>([a-z0-9-]+)</code>')
PASSED_ON = {
    "open": "Facts and figures; the document itself is free to pass on.",
    "facts": "Facts and figures, restated; none of its sentences.",
    "none": "Nothing but what is computed from it; its data are withheld.",
}


def answer(row: pd.Series) -> str:
    """Return a question's answer with its number and interval, where it has one."""
    low, central, high, unit = (row[name] for name in ("low", "central", "high", "unit"))
    span = interval(low, high, unit) if pd.notna(low) and pd.notna(high) else ""
    middle = quantity(central, unit) if pd.notna(central) else ""
    number = f"{middle} ({span})" if middle and span and middle != span else middle or span
    return f"{prose(row['answer'])}" + (f' <strong class="answer-number">{escape(number)}</strong>' if number else "")


def _value(low: float, value: float, high: float, unit: str) -> str:
    if pd.notna(low) and pd.notna(high) and low != high:
        return escape(interval(low, high, unit))
    if pd.notna(value):
        return escape(quantity(value, unit))
    known = [(pd.notna(low), "at least", low, -1), (pd.notna(high), "at most", high, 1)]
    return next(
        (f"{word} {escape(quantity(end, unit, toward=out))}" for is_known, word, end, out in known if is_known), "–"
    )


def rivals(book: Library, question: pd.Series) -> str:
    """Return the rival statements of a question as printed and on its definition, with the steps between."""
    own = book.rivals[book.rivals["question_id"] == question["question_id"]]
    if own.empty:
        return ""

    def cells(row: pd.Series) -> Cells:
        steps = book.steps[book.steps["rival_id"] == row["rival_id"]].sort_values("step_order")
        way = "; ".join(
            f"{prose(step['step'])}: {'+' if step['amount'] >= 0 else '−'}"
            f"{escape(quantity(abs(step['amount']), step['unit'], digits=6))}"
            for _, step in steps.iterrows()
        )
        said = ", ".join(book.reference(item) for item in row["said_by"]) or "–"
        return [
            ("Who", said),
            ("What it says", prose(row["statement"])),
            ("As printed", _value(row["low"], row["as_printed"], row["high"], row["unit"] or question["unit"])),
            ("Steps", way or "–"),
            ("On the definition",
             _value(row["converted_low"], row["converted"], row["converted_high"], question["unit"])),
            ("Note", prose(row["note"]) or "–"),
        ]  # fmt: skip

    label = escape(f"Rivals on {question['question_id']}")
    table = rows(own, cells, "rival-")
    return (
        f'<details class="fold"><summary>{len(own)} rival statements and their conversion</summary>'
        f'<div class="register" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="register-table rivals">{table}</table></div></details>'
    )


class Cite(SphinxDirective):
    """```{cite-this} days-of-inventory```: the citation of a chapter or any other id, with its formats."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the citation and how to challenge what it stands for."""
        html = challenge(library(self.env.app), self.arguments[0])
        return [nodes.raw("", html.replace("<details", "<details open", 1), format="html")]


class Questions(SphinxDirective):
    """```{questions} 1```: the disputed questions of a chapter, each with rivals, answer, method and picture."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a section of HTML for each question."""
        book = library(self.env.app)
        frame = book.questions[book.questions["chapter"] == int(self.arguments[0])]
        if frame.empty:
            log.warning("no question belongs to chapter %s", self.arguments[0], location=self.get_location())
        parts = []
        for _, row in frame.iterrows():
            key = row["question_id"]
            figure = card(book, f"q-{key}") if f"q-{key}" in book.figures else ""
            own = book.claims[book.claims["question"] == key]["claim_id"]
            listed = ", ".join(f'<a href="evidence.html#{item}">{item}</a>' for item in own)
            parts.append(
                f'<section class="question" id="question-{key}"><h3>{prose(row["title"])}'
                f'<a class="headerlink" href="#question-{key}" title="Link to this question">#</a></h3>'
                f'<p class="question-answer">{answer(row)}</p>{figure}'
                f"<dl><dt>Definition</dt><dd>{prose(row['definition'])}</dd>"
                f"<dt>Method</dt><dd>{prose(row['method'])}</dd>"
                + (f"<dt>Claims</dt><dd>{listed}</dd>" if listed else "")
                + f"</dl>{rivals(book, row)}{challenge(book, key)}</section>"
            )
        return [nodes.raw("", "".join(parts), format="html")]


class Robustness(SphinxDirective):
    """```{robustness}```: every finding with its verdict and what turns it."""

    def run(self) -> list[nodes.Node]:
        """Return the findings as a table; a finding's numbers lead to their records."""
        book = library(self.env.app)
        body = "".join(
            f'<tr id="robust-{key}"><td data-label="Finding">{_said(book, key)}</td>'
            f'<td data-label="Verdict">{book.verdict(key)}</td>'
            f'<td data-label="What turns it">{book.robust(key, linked=True) or "No judgement enters it."}</td></tr>'
            for key, predicate in book.findings[["finding_id", "predicate"]].itertuples(index=False)
            if set(predicate.split(";")) <= book.predicates.keys()
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Finding", "Verdict", "What turns it"))
        own = "<p>What turns a finding was worked out for the report and not again for this scenario.</p>"
        html = (own if book.identity.scenario else "") + (
            '<div class="register" tabindex="0" role="region" aria-label="Findings and what turns them">'
            f'<table class="register-table robustness"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )
        return [nodes.raw("", html, format="html")]


def _said(book: Library, finding_id: str) -> str:
    parts = book.finding(finding_id)
    return "".join(escape(book.number(*key.partition(":")[::2]).text) if key else escape(text) for key, text in parts)


class Decisive(SphinxDirective):
    """```{decisive} 10```: the judgements that turn most findings by themselves, each with its range."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return them as a table."""
        book, counts = library(self.env.app), limits.decisive(tables.load("turns")).head(int(self.arguments[0]))
        register = tables.load("assumptions").set_index("assumption_id").loc[counts.index]
        body = "".join(
            f'<tr><td data-label="Judgement"><a href="{book.places[row.Index]}">{prose(row.statement)}</a></td>'
            f'<td data-label="Range">{escape(interval(row.low, row.high, str(row.unit)))}</td>'
            f'<td data-label="Findings that it turns">{counts[row.Index]}</td></tr>'
            for row in register.itertuples()
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Judgement", "Range", "Findings that it turns"))
        return [_table("decisive", "Judgements that turn most findings", head, body)]


class Licences(SphinxDirective):
    """```{licences}```: the sources by licence and by what may be passed on, and the licence of each table."""

    def run(self) -> list[nodes.Node]:
        """Return two tables."""
        book = library(self.env.app)
        own = book.sources[~book.sources["source_id"].str.startswith("art-")]
        groups = own.groupby(["redistribution", "license"], observed=True).size().sort_values(ascending=False)
        sources = "".join(
            f'<tr><td data-label="Licence of the source">{prose(licence)}</td><td data-label="Sources">{count}</td>'
            f'<td data-label="What this report passes on">{PASSED_ON[str(passing)]}</td></tr>'
            for (passing, licence), count in groups.items()
        )
        heads = ("Licence of the source", "Sources", "What this report passes on")
        files = "".join(
            f'<tr><td data-label="Table"><code>{resource["path"]}</code> {prose(resource["title"])}</td>'
            f'<td data-label="Licence">{", ".join(escape(one["title"]) for one in resource["licenses"])}</td></tr>'
            for resource in schemas(tables.DATA).values()
        )
        titles = [f'<th scope="col">{title}</th>' for title in (*heads, "Table", "Licence")]
        return [
            _table("licences", "Licences of the sources", "".join(titles[:3]), sources),
            _table("licences", "Licences of the tables", "".join(titles[3:]), files, "Licence of each table"),
        ]


def _table(name: str, label: str, head: str, body: str, folded: str = "") -> nodes.raw:
    html = (
        f'<div class="register" tabindex="0" role="region" aria-label="{label}"><table class="register-table {name}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    if folded:
        html = f'<details class="fold"><summary>{folded}</summary>{html}</details>'
    return nodes.raw("", html, format="html")


def doubtable(app: Sphinx, doctree: nodes.document) -> None:
    """Give each number of a chapter's table the link by which it is challenged."""
    for raw in list(doctree.findall(nodes.raw)):
        if 'class="register-table numbers"' in raw.astext():
            html = NUMBER_ROW.sub(lambda m: f"{m[0]} <small>{library(app).doubt(m[1])}</small>", raw.astext())
            raw.parent.replace(raw, nodes.raw("", html, format="html", classes=raw["classes"]))


class Scenarios(SphinxDirective):
    """```{scenarios}```: the scenarios that ship with the book, each with its paragraph and what it replaces."""

    def run(self) -> list[nodes.Node]:
        """Return a section of HTML for each scenario."""
        register = tables.load("assumptions")
        units = register.set_index("assumption_id")["unit"].astype(str)
        parts = []
        for path in sorted((tables.DATA / "scenarios").glob("*.toml")):
            self.env.note_dependency(str(path))
            asked = read(path, register)
            items = "".join(
                f'<li><a href="#assumption-{key}">{key}</a>: {escape(_override(value, units[key]))}</li>'
                for key, value in asked.overrides.items()
            )
            listed = f"<ul>{items}</ul>" if items else ""
            parts.append(
                f'<section id="scenario-{asked.name}"><h3>{escape(asked.title)}</h3><p>{escape(asked.note)}</p>{listed}'
                f"<p><code>make book SCENARIO=data/scenarios/{path.name}</code></p></section>"
            )
        return [nodes.raw("", "".join(parts), format="html")]


def _override(value: float | list[float], unit: str) -> str:
    if isinstance(value, list):
        return f"{quantity(value[1], unit)} ({interval(value[0], value[2], unit)})"
    return quantity(value, unit)


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives, and the links by which a chapter's numbers are challenged."""
    app.add_directive("scenarios", Scenarios)
    app.add_directive("decisive", Decisive)
    app.add_directive("licences", Licences)
    app.add_directive("robustness", Robustness)
    app.add_directive("questions", Questions)
    app.add_directive("cite-this", Cite)
    app.connect("doctree-read", doubtable, priority=395)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
