"""Registers: a table of data/ as static rows with a permanent address each."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from library import Library, period_text, row_text
from numbers_role import library
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from analysis import tables
from analysis.evidence.formatting import interval, quantity

HAN = re.compile(r"[\u3400-\u9fff][\u3000-\u303f\u3400-\u9fff\uff00-\uffefA-Za-z0-9 ,.%:]*")
Cells = list[tuple[str, str]]


def prose(text: str) -> str:
    """Escape a text and mark its Chinese parts as Chinese."""
    return HAN.sub(lambda m: f'<span lang="zh">{m[0]}</span>', escape(text))


def link(url: str, text: str) -> str:
    """Return a link to an address, or the text alone where there is none."""
    return f'<a href="{escape(url)}" rel="noopener">{prose(text)}</a>' if url else prose(text)


def _evidence(ids: tuple[str, ...]) -> str:
    return ", ".join(f'<a href="sources.html#ref-{item}">{item}</a>' for item in ids)


def claims(book: Library) -> tuple[pd.DataFrame, Callable[[pd.Series], Cells]]:
    """Return the ledger and how a row of it is shown."""

    def cells(row: pd.Series) -> Cells:
        stated = row_text(row) or "–"
        question = f'<a href="#question-{row["question"]}">{row["question"]}</a>' if row["question"] else "–"
        verdict = row["verdict"]
        return [
            ("Claim", f'<a href="#{row["claim_id"]}"><code>{row["claim_id"]}</code></a>'),
            (
                "Statement",
                f"{prose(row['statement'])} <small>{prose(row['section'])}, {prose(row['attributed_to'])}</small>",
            ),
            ("As stated", escape(stated)),
            ("Verdict", f'<span class="verdict verdict-{verdict}">{verdict.replace("_", ": ")}</span>'),
            ("Why", prose(row["verdict_note"])),
            ("Evidence", _evidence(row["evidence"]) or "–"),
            ("Question", question),
        ]

    return book.claims, cells


def questions(_: Library) -> tuple[pd.DataFrame, Callable[[pd.Series], Cells]]:
    """Return the disputed questions and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        low, central, high, unit = (row[name] for name in ("low", "central", "high", "unit"))
        span = interval(low, high, unit) if pd.notna(low) and pd.notna(high) else ""
        middle = quantity(central, unit) if pd.notna(central) else ""
        shown = f"{middle} ({span})" if middle and span and middle != span else middle or span or "cannot be told"
        return [
            ("Question", f"<strong>{prose(row['title'])}</strong>"),
            ("Definition", prose(row["definition"])),
            ("Answer", f"{prose(row['answer'])}" + (f" <strong>{escape(shown)}</strong>" if unit != "none" else "")),
            ("Method", prose(row["method"])),
        ]

    return tables.load("questions"), cells


def sources(book: Library) -> tuple[pd.DataFrame, Callable[[pd.Series], Cells]]:
    """Return the sources and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        english = f" <small>{prose(row['title_en'])}</small>" if row["title_en"] else ""
        original = row["relays"]
        relays = f'relays <a href="#ref-{original}">{original}</a>' if original else ""
        resting = int((book.facts["source_id"] == row["source_id"]).sum())
        return [
            ("Source", f"{link(row['url'], row['title'])}{english}"),
            ("Publisher", prose(row["publisher"])),
            ("Published", escape(period_text(row["published_on"])) or "undated"),
            ("Kind", f"{row['kind']}, {row['quality']}"),
            ("Facts resting on it", str(resting) if resting else "–"),
            ("Note", " ".join(filter(None, (relays, prose(row["note"])))) or "–"),
        ]

    return book.sources, cells


def facts(book: Library) -> tuple[pd.DataFrame, Callable[[pd.Series], Cells]]:
    """Return the facts and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        span = ""
        if pd.notna(row["value"]) and pd.notna(row["low"]) and pd.notna(row["high"]):
            span = f" <small>{escape(interval(row['low'], row['high'], row['unit'], digits=5))}</small>"
        source = row["source_id"]
        return [
            ("Fact", f"<code>{row['fact_id']}</code>"),
            ("What", f"{escape(row['entity'])}, {escape(row['metric'].replace('_', ' '))}"),
            ("Period", escape(period_text(row["period"]))),
            ("Value", escape(row_text(row)) + span),
            ("Basis", f"{prose(row['basis'])} ({row['quality']})"),
            ("Source", f'<a href="#ref-{source}">{escape(book.sources.loc[source, "publisher"])}</a>'),
            ("Note", prose(row["note"]) or "–"),
        ]

    return book.facts, cells


def assumptions(_: Library) -> tuple[pd.DataFrame, Callable[[pd.Series], Cells]]:
    """Return the assumptions and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        unit = row["unit"]
        return [
            ("Assumption", f"<code>{row['assumption_id']}</code>"),
            ("What is assumed", prose(row["statement"])),
            ("Low, central, high", ", ".join(escape(quantity(row[n], unit)) for n in ("low", "central", "high"))),
            ("Drawn as", str(row["distribution"])),
            ("Evidence", prose(row["evidence"])),
            ("Alternatives", prose(row["alternatives"])),
            ("Used in", prose(row["used_in"])),
        ]

    return tables.load("assumptions"), cells


def terms(book: Library) -> tuple[pd.DataFrame, Callable[[pd.Series], Cells]]:
    """Return the conditions and how one is shown."""

    def cells(row: pd.Series) -> Cells:
        source = row["source_id"]
        return [
            ("Who", str(row["capital"]).title().replace("Nvidia", "Seller")),
            ("Condition", f"<strong>{prose(row['condition'])}</strong> {prose(row['detail'])}"),
            ("Standing", f"{str(row['status']).replace('_', ' ')}, {escape(period_text(row['from_date']))}"),
            (
                "Who says so",
                f'<a href="sources.html#ref-{source}">{prose(book.sources.loc[source, "publisher"])}</a>',
            ),
        ]

    order = {name: place for place, name in enumerate(("washington", "beijing", "nvidia"))}
    standing = {name: place for place, name in enumerate(("in_force", "reported", "proposed", "denied", "lapsed"))}
    frame = tables.load("terms")
    keys = frame.assign(a=frame["capital"].map(order).astype(int), b=frame["status"].map(standing).astype(int))
    return keys.sort_values(["a", "b", "term_id"]).drop(columns=["a", "b"]), cells


REGISTERS = {
    "terms": (terms, "term-"),
    "claims": (claims, ""),
    "questions": (questions, "question-"),
    "sources": (sources, "ref-"),
    "facts": (facts, "ref-"),
    "assumptions": (assumptions, "assumption-"),
}


class Register(SphinxDirective):
    """```{register} claims``` with an optional filter, `:where: article=003` or `status!=in_force`."""

    required_arguments = 1
    option_spec = {"where": directives.unchanged, "folded": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the table as one block of static rows."""
        name = self.arguments[0]
        build, prefix = REGISTERS[name]
        frame, cells = build(library(self.env.app))
        label = name.capitalize()
        if where := self.options.get("where"):
            label += f", {where}"
            column, negated, value = re.fullmatch(r"(\w+)(!?)=(.*)", where).groups()
            frame = frame[(frame[column].astype(str) == value) != bool(negated)]
        for _, record in frame.iloc[:1].iterrows():
            head = "".join(f'<th scope="col">{title}</th>' for title, _ in cells(record))
        body = "".join(
            f'<tr id="{prefix}{record.iloc[0]}">'
            + "".join(f'<td data-label="{title}">{cell}</td>' for title, cell in cells(record))
            + "</tr>"
            for _, record in frame.iterrows()
        )
        html = (
            f'<div class="register" tabindex="0" role="region" aria-label="{escape(label)}">'
            f'<table class="register-table {name}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        )
        if title := self.options.get("folded"):
            html = f'<details class="fold"><summary>{escape(title)} ({len(frame)})</summary>{html}</details>'
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("register", Register)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
