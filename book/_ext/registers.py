"""Registers: the tables of data/ as static rows, each with a permanent address, its evidence and where it is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from library import Library, period_text, row_text
from numbers_role import library, log
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from analysis import tables
from analysis.evidence.formatting import day, interval, quantity
from analysis.evidence.roots import independent, rests_on_one_relay
from analysis.publish.cards import prose
from analysis.publish.citations import FORMATS
from analysis.results import panel
from analysis.results.scoreboard import TOPICS, frozen, register
from analysis.results.timeline import LANES

NAMED = 12
FILES = {"BibTeX": ".bib", "RIS": ".ris", "CSL-JSON": ".csl.json"}
# Title and content of each cell; a third text, where there is one, is what the column is sorted by.
Cells = list[tuple[str, ...]]
TOOLS = (
    '<form class="ledger-tools" data-table="{name}" role="search" aria-label="{label}" onsubmit="return false"></form>'
    '<script type="module" src="_static/ledger/ledger.js"></script>'
)
Shown = tuple[pd.DataFrame, Callable[[pd.Series], Cells]]


def link(url: str, text: str) -> str:
    """Return a link to an address, or the text alone where there is none."""
    return f'<a href="{escape(url)}" rel="noopener">{prose(text)}</a>' if url else prose(text)


def evidence(book: Library, ids: tuple[str, ...]) -> str:
    """Return links to what a verdict rests on, and how many originals that is."""
    if not ids:
        return "–"
    links = ", ".join(f'<a href="sources.html#ref-{item}">{item}</a>' for item in ids)
    count = len(independent(ids, book.facts, book.sources))
    roots = "one original" if count == 1 else f"{count} originals"
    relayed = ", read through a relay" if rests_on_one_relay(ids, book.facts, book.sources) else ""
    return f'{links} <small class="roots">({roots}{relayed})</small>'


def used(book: Library, key: str) -> str:
    """Return links to the places that use a record, "–" where none does; the data hold what is beyond a dozen."""
    places = book.uses.get(key, [])
    links = ", ".join(f'<a href="{address}">{escape(name)}</a>' for name, address in places[:NAMED])
    return links + (f" and {len(places) - NAMED} more" if len(places) > NAMED else "") or "–"


def challenge(book: Library, key: str, base: str = "") -> str:
    """Return the line that says how to cite and to challenge a record, its id filled in."""
    cited = book.citables[key]
    say = f"Wrong? {book.doubt(key, base, f'Challenge this {cited.kind}')}."
    formats = ", ".join(f'<a href="{base}cite/{key}{suffix}" download>{name}</a>' for name, suffix in FILES.items())
    cite = f'{escape(FORMATS["text"](cited))} <span class="formats">{formats}.</span>'
    return f'<details class="challenge"><summary>Cite or challenge</summary>{cite} {say}</details>'


def corrections(book: Library) -> Shown:
    """Return the corrections, the latest first, and how one is shown."""

    def listed(keys: tuple[str, ...]) -> str:
        for key in keys:
            if key not in book.places:
                log.warning("data/corrections.csv: nothing in the book has the id %r", key)
        return ", ".join(f'<a href="{book.places.get(key, "")}"><code>{key}</code></a>' for key in keys)

    def cells(row: pd.Series) -> Cells:
        parts = {"Records": row["records"], "Numbers": row["numbers"], "Figures": row["figures"]}
        moved = "<br>".join(f"{name}: {listed(keys)}." for name, keys in parts.items() if keys)
        key, since = row["correction_id"], period_text(str(row["corrected_on"].date()))
        return [
            ("Correction", f'<a href="#{key}"><code>{key}</code></a> <small>{since}, version {row["version"]}</small>'),
            ("It said", prose(row["said"])),
            ("It says now", prose(row["right"])),
            ("Why it was wrong", f"{prose(row['cause'])} <small>Noticed by: {prose(row['reported_by'])}.</small>"),
            ("What changed", moved or "–"),
        ]

    return book.corrections, cells


def claims(book: Library) -> Shown:
    """Return the ledger and how a row of it is shown."""

    def cells(row: pd.Series) -> Cells:
        key, verdict = row["claim_id"], row["verdict"]
        question = row["question"]
        dispute = f' Disputed: <a href="questions.html#question-{question}">{question}</a>.' if question else ""
        said = f"{prose(row['section'])}, {prose(row['attributed_to'])}, {row['kind']}"
        stated = row_text(row)
        value = f" As stated: <strong>{escape(stated)}</strong>." if stated else ""
        places = used(book, key)
        uses = f"<br>Used in: {places}." if places != "–" else ""
        return [
            ("Claim", f'<a href="#{key}"><code>{key}</code></a>{challenge(book, key)}'),
            ("Statement", f"{prose(row['statement'])}{value} <small>{said}</small>"),
            ("Verdict", f'<span class="verdict verdict-{verdict}">{verdict.replace("_", ": ")}</span>'),
            ("Why", prose(row["verdict_note"]) + dispute),
            ("Evidence", evidence(book, row["evidence"]) + uses),
        ]

    return book.claims, cells


def sources(book: Library) -> Shown:
    """Return the sources, each relay below its original, and how one is shown."""
    order = {name: place for place, name in enumerate(("primary", "reported", "analyst", "derived", "weak"))}
    frame = book.sources.assign(
        head=[book.root(key) for key in book.sources.index], relayed=book.sources["relays"].ne("").astype(int)
    )
    heads = book.sources.loc[frame["head"]]
    frame = frame.reset_index(drop=True)
    frame["rank"] = [order[str(quality)] for quality in heads["quality"]]
    frame["kinds"] = [str(kind) for kind in heads["kind"]]
    frame = frame.sort_values(["rank", "kinds", "head", "relayed", "source_id"])

    def cells(row: pd.Series) -> Cells:
        key, original = row["source_id"], row["relays"]
        english = f" <small>{prose(row['title_en'])}</small>" if row["title_en"] else ""
        licence = f"<small>Licence: {prose(row['license'])}; passing on: {row['redistribution']}.</small>"
        mark = f'<span class="relay">relays <a href="#ref-{original}">{original}</a></span> ' if original else ""
        return [
            ("Source", f"{mark}{link(row['url'], row['title'])}{english}"),
            ("Published", f"{prose(row['publisher'])}, {escape(period_text(row['published_on'])) or 'undated'}"),
            ("Kind", f"{row['kind']}, {row['quality']}"),
            ("What rests on it", used(book, key)),
            ("Note", f"{prose(row['note'])} {licence}".strip()),
        ]

    return frame, cells


def facts(book: Library) -> Shown:
    """Return the facts and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        span = ""
        if pd.notna(row["value"]) and pd.notna(row["low"]) and pd.notna(row["high"]):
            span = f" <small>{escape(interval(row['low'], row['high'], row['unit'], digits=5))}</small>"
        source, key = row["source_id"], row["fact_id"]
        relayed = "Known through one relay. " if book.sources.loc[source, "relays"] else ""
        places = used(book, key)
        uses = f"Used in: {places}." if places != "–" else ""
        what = f"{escape(row['entity'])}, {escape(row['metric'].replace('_', ' '))}"
        return [
            ("Fact", f"{what}<br><small><code>{key}</code> {book.doubt(key)}</small>"),
            ("Period", escape(period_text(row["period"]))),
            ("Value", escape(row_text(row)) + span),
            ("Basis", f"{prose(row['basis'])} ({row['quality']})"),
            ("Source", f'<a href="#ref-{source}">{prose(book.sources.loc[source, "publisher"])}</a>'),
            ("Note", f"{relayed}{prose(row['note'])} {uses}".strip() or "–"),
        ]

    return book.facts, cells


def _sentence_case(name: str) -> str:
    return name[:1].upper() + name[1:]


def assumptions(book: Library) -> Shown:
    """Return the assumptions and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        key, unit = row["assumption_id"], row["unit"]
        return [
            ("Assumption", f"<strong>{prose(_sentence_case(book.judgement_names[key]))}</strong><br>"
             f"<small><code>{key}</code> {book.doubt(key)}</small>"),
            ("What is assumed", prose(row["statement"])),
            ("Low, central, high", ", ".join(escape(quantity(row[n], unit)) for n in ("low", "central", "high"))),
            ("Drawn as", str(row["distribution"])),
            ("Evidence", prose(row["evidence"])),
            ("Alternatives", prose(row["alternatives"])),
            ("Used in", prose(row["used_in"])),
        ]  # fmt: skip

    return tables.load("assumptions"), cells


def terms(book: Library) -> Shown:
    """Return the conditions and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        source = row["source_id"]
        publisher = prose(book.sources.loc[source, "publisher"])
        return [
            ("Who", str(row["capital"]).title().replace("Nvidia", "Seller")),
            ("Condition", f"<strong>{prose(row['condition'])}</strong> {prose(row['detail'])}"),
            ("Standing", f"{str(row['status']).replace('_', ' ')}, {escape(period_text(row['from_date']))}"),
            ("Who says so", f'<a href="sources.html#ref-{source}">{publisher}</a>'),
        ]

    order = {name: place for place, name in enumerate(("washington", "beijing", "nvidia"))}
    standing = {name: place for place, name in enumerate(("in_force", "reported", "proposed", "denied", "lapsed"))}
    frame = tables.load("terms")
    keys = frame.assign(a=frame["capital"].map(order).astype(int), b=frame["status"].map(standing).astype(int))
    return keys.sort_values(["a", "b", "term_id"]).drop(columns=["a", "b"]), cells


def procurement(book: Library) -> Shown:
    """Return the measures of procurement and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        source = row["source_id"]
        named = prose(book.sources.loc[source, "publisher"]) if source else ""
        place = f'<a href="sources.html#ref-{source}">{named}</a>' if source else "–"
        return [
            ("Measure", f"<strong>{prose(row['measure'])}</strong> {prose(row['detail'])}"),
            ("Kind", f"{row['kind']}, {escape(period_text(row['from_date']))}"),
            ("Rests on", {"text": "a text", "statement": "a statement on record", "press": "press only",
                          "none": "nothing found"}[str(row["standing"])]),
            ("Who says so", f"{prose(row['said_by'])} <small>Read in: {place}. {prose(row['note'])}</small>"),
        ]  # fmt: skip

    return tables.load("procurement"), cells


ROLES = {"named": "named by article {}", "stand-in": "stands in, article {}", "implied": "implied by article {}"}


def indicators(book: Library) -> Shown:
    """Return the indicators of the panel and how one is shown: definition, publisher, rule, weakness, history."""
    readings = panel.vintage(tables.load("observations"), pd.Timestamp.max)

    def cells(row: pd.Series) -> Cells:
        key, lag = row["indicator_id"], row["lag_days"]
        linked = ", ".join(book.reference(claim) for claim in row["claims"])
        role = ROLES.get(row["role"], "of our own").format(row["article"])
        due = f"each {row['cadence']}" + (" (fiscal)" if row["calendar"] == "fiscal" else "")
        due += "" if pd.isna(lag) else f", about {lag:.0f} days after it"
        own = readings[readings["indicator_id"] == key]
        source = ", ".join(book.reference(item) for item in dict.fromkeys(own["source_id"]))
        past = f"{escape(panel.history(key, readings))}. <small>{source}</small>" if len(own) else "No reading."
        needed = f" <strong>What would be needed:</strong> {prose(row['needed'])}" if row["needed"] else ""
        enter, leave = (escape(panel.condition(row, side)) for side in ("enter", "leave"))
        return [
            ("Indicator", f"<strong>{prose(row['name'])}</strong><br><small><code>{key}</code>, {role}</small>"),
            ("What it measures", f"{prose(row['asks'])} {prose(row['definition'])} <small>{linked}</small>"),
            ("Published", f"{prose(row['publisher'])}; {due}. Measured: {row['measured']}.{needed}"),
            ("Rule", f"Enter {enter}, leave {leave}, {row['dwell']:.0f} releases. {prose(row['anchor'])} "
                     f"<small>Fixed {day(row['fixed_on'].date())}.</small>"),
            ("Who could game it", prose(row["gaming"])),
            ("History", past),
        ]  # fmt: skip

    return tables.load("indicators"), cells


ACTORS = LANES | {"market": "Market and press"}
STAGES = {"under_review": "under review", "passed_chamber": "passed a chamber", "in_force": "in force"}


def when(day: pd.Timestamp, exact: str) -> str:
    """Write a date as exactly as it is known."""
    if exact == "day":
        return period_text(str(day.date()))
    text = {"month": f"{day:%B %Y}", "quarter": f"quarter {day.quarter} of {day.year}", "year": str(day.year)}[exact]
    return f"{text} <small>{exact} known, day not</small>"


def events(book: Library) -> Shown:
    """Return the events in order of their dates and how one is shown."""
    steps = tables.load("event_stages").set_index("event_id")
    frame = tables.load("events").sort_values(["date", "event_id"])
    exact, titles = frame["date_precision"].astype(str), frame.set_index("event_id")["title"]
    frame = frame.assign(
        date_precision=exact,
        who=frame["actor"].map(ACTORS),
        kind=frame["category"].str.replace("_", " "),
        step=[str(steps["stage"].get(key, "report")) for key in frame["event_id"]],
    ).replace({"step": STAGES})

    def cells(row: pd.Series) -> Cells:
        key, stage = row["event_id"], row["step"]
        binds = steps["in_force_on"].get(key, pd.NaT)
        if pd.notna(binds) and (binds != row["date"] or stage != "in force"):
            stage += f"; in force {period_text(str(binds.date()))}"
        remark = f" <small>{prose(steps['remark'][key])}</small>" if steps["remark"].get(key) else ""
        against = "".join(
            f'<br><small>Against it: <a href="#{other}">{other}</a> {prose(titles[other])}</small>'
            for other in row["contradicts"]
        )
        note = f" <small>{prose(row['note'])}</small>" if row["note"] else ""
        source = row["source_id"]
        return [
            ("Event", f'<a href="#{key}"><code>{key}</code></a>{challenge(book, key)}', key),
            ("Date and step", f"{when(row['date'], row['date_precision'])} <small>{stage}</small>"
             f"<small>{row['who']}, {row['kind']}</small>", str(row["date"].date())),
            ("What", f"<strong>{prose(row['title'])}</strong> {prose(row['detail'])}{remark}{against}"),
            ("Source", f'<a href="sources.html#ref-{source}">{prose(book.sources.loc[source, "publisher"])}</a> '
             f"<small>{row['quality']}, confidence {row['confidence']}.</small>{note}"),
        ]  # fmt: skip

    return frame, cells


def milestones(book: Library) -> Shown:
    """Return the events that mattered in order of their dates and how one is shown."""
    chosen = tables.load("milestones").merge(tables.load("events"), on="event_id").sort_values(["date", "event_id"])
    numbers = {key: place for place, key in enumerate(chosen["event_id"], start=1)}

    def cells(row: pd.Series) -> Cells:
        return [
            ("No.", str(numbers[row["event_id"]])),
            ("Date", when(row["date"], str(row["date_precision"]))),
            ("Event", f'<a href="timeline.html#{row["event_id"]}">{prose(row["title"])}</a>'),
            ("Why it mattered", prose(row["reason"])),
        ]

    return chosen, cells


def said(book: Library, ids: tuple[str, ...]) -> str:
    """Return who else said it, as links to the records, by publisher."""
    publisher = {key: book.sources.loc[book.facts["source_id"].get(key, key), "publisher"] for key in ids}
    return ", ".join(f'<a href="sources.html#ref-{key}">{prose(name)}</a>' for key, name in publisher.items())


def forecasts(book: Library) -> Shown:
    """Return the articles' expectations as questions and how one is shown."""
    frame = tables.load("forecasts")
    frame = frame[frame["article"].map(len) > 0]
    frame = frame.assign(about=frame["topic"].astype(str).map(TOPICS), came=frame["outcome"].astype(str))

    def cells(row: pd.Series) -> Cells:
        key, outcome = row["forecast_id"], row["came"]
        who = "article" if row["dated_by"] == "article" else "report"
        own = ", ".join(f'<a href="evidence.html#{item}">{item}</a>' for item in row["claims"])
        also = f"<br><small>Who else: {said(book, row['said_also'])}.</small>" if row["said_also"] else ""
        by = f"By {period_text(str(row['resolves_by'].date()))}, a day set by the {who}"
        seen = f" {period_text(str(row['resolved_on'].date()))}." if pd.notna(row["resolved_on"]) else ""
        verdict = {"yes": "resolved_yes", "no": "resolved_no", "partial": "partly"}.get(outcome, outcome)
        official = f", that the official date or term holds: {row['official']}" if pd.notna(row["official"]) else ""
        return [
            ("Forecast", f'<a href="#{key}"><code>{key}</code></a>{challenge(book, key)}', key),
            ("Expected", f"{prose(row['statement'])} <small>Article {', '.join(row['article'])}, "
             f"{period_text(str(row['made_on'].date()))}; {row['form']}; {own}.</small>{also}"),
            ("Rule and last day", f"{prose(row['rule'])} <small>{by}. Naive answers: that nothing changes: "
             f"{row['status_quo']}{official}.</small>", str(row["resolves_by"].date())),
            ("Outcome and why", f'<span class="verdict verdict-{verdict}">{outcome}</span>{seen} '
             f"{prose(row['outcome_note'])} <small>{evidence(book, row['evidence'])}</small>", outcome),
        ]  # fmt: skip

    return frame, cells


def registered(book: Library) -> Shown:
    """Return our own register in order of resolution and how a forecast in it is shown."""

    def cells(row: pd.Series) -> Cells:
        key = row["forecast_id"]
        return [
            ("Forecast", f'<a href="#{key}"><code>{key}</code></a> '
             f"<strong>{quantity(row['probability'], 'probability')}</strong>{challenge(book, key)}"),
            ("We expect", f"{prose(row['statement'])} <small>Registered {period_text(str(row['made_on'].date()))}, "
             f"seal <code>{frozen(row)}</code>.</small>"),
            ("Rule, source, day", f"{prose(row['rule'])} <small>By {period_text(str(row['resolves_by'].date()))}: "
             f'<span class="verdict verdict-{row["outcome"]}">{row["outcome"]}</span></small>'),
            ("It rests on", f"{prose(row['basis'])} <small>{evidence(book, row['evidence'])}</small>"),
        ]  # fmt: skip

    return register(tables.load("forecasts")), cells


@dataclass(frozen=True)
class Kind:
    """A register: what builds it, what its rows' addresses begin with, the facets a reader filters by, its rows."""

    build: Callable[[Library], Shown]
    prefix: str = ""
    facets: dict[str, str] = field(default_factory=dict)
    rows: str = ""


LEDGER = {"article": "Article", "chapter": "Chapter", "kind": "Kind", "verdict": "Verdict", "attributed_to": "Said by"}
REGISTERS = {
    "claims": Kind(claims, "", LEDGER, "claims"),
    "sources": Kind(sources, "ref-"),
    "facts": Kind(facts, "ref-"),
    "assumptions": Kind(assumptions, "assumption-"),
    "terms": Kind(terms, "term-"),
    "indicators": Kind(indicators, "indicator-"),
    "procurement": Kind(procurement, "procurement-"),
    "events": Kind(events, "", {"who": "Who", "kind": "Kind", "step": "Step"}, "events"),
    "milestones": Kind(milestones, "milestone-"),
    "forecasts": Kind(forecasts, "", {"article": "Article", "came": "Outcome", "about": "Topic", "form": "Form"},
                      "expectations"),
    "registered": Kind(registered),
    "corrections": Kind(corrections),
}  # fmt: skip


def _plain(value: object) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)


def rows(frame: pd.DataFrame, cells: Callable[[pd.Series], Cells], prefix: str, facets: Iterable[str] = ()) -> str:
    """Return a table's head and body; facets are columns that a reader can filter by."""
    head = "".join(f'<th scope="col">{title}</th>' for title, *_ in cells(frame.iloc[0]))

    def cell(title: str, content: str, order: str = "") -> str:
        sort = f' data-order="{escape(order)}"' if order else ""
        return f'<td data-label="{title}"{sort}>{content}</td>'

    body = "".join(
        f'<tr id="{prefix}{record.iloc[0]}"'
        + "".join(f' data-{facet.replace("_", "-")}="{escape(_plain(record[facet]))}"' for facet in facets)
        + ">"
        + "".join(cell(*parts) for parts in cells(record))
        + "</tr>"
        for _, record in frame.iterrows()
    )
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"


class Register(SphinxDirective):
    """```{register} claims``` with an optional filter, `:where: article=003` or `status!=in_force`.

    `:folded: Title` folds it under a title, `:tools:` lets a reader search, sort and filter it in place.
    """

    required_arguments = 1
    option_spec = {"where": directives.unchanged, "folded": directives.unchanged, "tools": directives.flag}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the table as one block of static rows."""
        name = self.arguments[0]
        kind = REGISTERS[name]
        for path in tables.DATA.glob("*.csv"):  # a row shows its uses in other tables
            self.env.note_dependency(str(path))
        frame, cells = kind.build(library(self.env.app))
        label = name.capitalize()
        if where := self.options.get("where"):
            label += f", {where}"
            column, negated, value = re.fullmatch(r"(\w+)(!?)=(.*)", where).groups()
            frame = frame[(frame[column].astype(str) == value) != bool(negated)]
        named = ";".join(f"{_camel(facet)}:{title}" for facet, title in kind.facets.items())
        facets = f' data-rows="{kind.rows}" data-facets="{named}"' if named else ""
        html = (
            f'<div class="register" tabindex="0" role="region" aria-label="{escape(label)}">'
            f'<table class="register-table {name}"{facets}>{rows(frame, cells, kind.prefix, kind.facets)}</table></div>'
        )
        if title := self.options.get("folded"):
            html = f'<details class="fold"><summary>{escape(title)} ({len(frame)})</summary>{html}</details>'
        if "tools" in self.options:
            html = TOOLS.format(name=name, label=escape(f"Tools for {kind.rows}")) + html
        return [nodes.raw("", html, format="html")]


def _camel(name: str) -> str:
    """Return a column's name as a script sees it: data-attributed-to is attributedTo."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("register", Register)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
