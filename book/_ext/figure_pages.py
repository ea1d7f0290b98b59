"""A page of its own for each figure, at figures/<id>/, and the catalogue of all of them."""

from __future__ import annotations

import csv
import inspect
import json
from collections.abc import Iterator
from html import escape
from importlib import import_module
from pathlib import Path

from docutils import nodes
from figure_cards import LABELS, picture, table_html
from library import ROOT, Library
from numbers_role import library
from registers import challenge, link, prose
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from analysis.publish.citations import FORMATS, short
from analysis.tables import digest
from analysis.tables.store import schemas

RENAMED = Path("book") / "figures-renamed.csv"
NEAR = 3
CITED = {"bibtex": ("BibTeX", "bib"), "ris": ("RIS", "ris"), "csl": ("CSL-JSON", "csl.json")}


def code_place(function: str) -> tuple[str, int]:
    """Return the file (from the repository's root) and line of a figure function."""
    module, name = function.rsplit(".", 1)
    drawn = inspect.unwrap(getattr(import_module(module), name))
    return Path(inspect.getsourcefile(drawn)).relative_to(ROOT).as_posix(), inspect.getsourcelines(drawn)[1]


def provenance(book: Library, page: str, record: dict) -> str:
    """Return the way back from a figure: function at its line, tables with their hashes, sources."""
    file, line = code_place(record["function"])
    place = f"{file}, line {line}"
    if book.identity.repository:
        place = f'<a href="{book.identity.repository}/blob/v{book.identity.version}/{file}#L{line}">{place}</a>'
    reads = next(chapter.reads for chapter in book.chapters if chapter.name == page)
    known = schemas(ROOT / "data")
    tables = "".join(
        f'<li><a href="../../data/{known[name]["path"]}"><code>data/{known[name]["path"]}</code></a> '
        f"<small>SHA-256 {digest(name, ROOT / 'data')[:12]}</small></li>"
        for name in reads
    )
    return (
        f"<ol><li>Drawn by <code>{record['function']}</code>, {place}.</li>"
        f'<li>In the notebook of <a href="../../{page}.html#{record["id"]}">{escape(book.page_title(page))}</a>, '
        f"data hash <code>{record['data_sha256'][:12]}</code>.</li>"
        f"<li>From the tables that the notebook reads:<ul>{tables}</ul></li>"
        "<li>From the sources below.</li></ol>"
    )


def source_rows(book: Library, record: dict) -> str:
    """Return the sources of a figure as a table with address and licence."""
    body = "".join(
        f'<tr><td data-label="Source">{link(row["url"], row["title"])}</td>'
        f'<td data-label="Publisher">{prose(row["publisher"])}</td>'
        f'<td data-label="Licence">{prose(row["license"])}</td>'
        f'<td data-label="Record"><a href="../../sources.html#ref-{key}">{key}</a></td></tr>'
        for key, row in ((key, book.sources.loc[key]) for key in record["sources"])
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Source", "Publisher", "Licence", "Record"))
    table = f'<table class="register-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="register">{table}</div>'


def dataset(book: Library, record: dict) -> str:
    """Return the schema.org description of a figure's data; "<" is written so that it cannot end the script."""
    about = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": record["title"],
        "description": record["subtitle"],
        "version": book.identity.version,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creator": {"@type": "Organization", "name": ", ".join(book.identity.authors)},
        "isPartOf": book.identity.title,
        "distribution": [{"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": f"{record['id']}.csv"}],
    }
    if book.identity.site:
        about["url"] = f"{book.identity.site}/figures/{record['id']}/"
    return json.dumps(about, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def copyable(title: str, text: str, key: str) -> str:
    """Return a text with a button that copies it; without scripts the text is there to select."""
    return (
        f'<div class="copyable"><pre id="{key}" tabindex="0">{escape(text)}</pre>'
        f'<button type="button" class="copy" data-copies="{key}">Copy {title}</button></div>'
    )


def body(book: Library, figure_id: str) -> str:
    """Return the page of a figure below its heading."""
    page, record, svg = book.figures[figure_id]
    citation = book.citables[figure_id]
    stem = record["id"]
    reason = book.withheld(record)
    offered = {suffix: name for suffix, name in LABELS.items() if not (reason and suffix == ".csv")}
    files = "".join(f'<li><a href="{stem}{suffix}" download>{name}</a></li>' for suffix, name in offered.items())
    cites = "".join(
        f"<details><summary>{name}</summary>{copyable(name, FORMATS[kind](citation), f'cite-{kind}')}"
        f'<p><a href="{stem}.{suffix}" download>Download {name}</a></p></details>'
        for kind, (name, suffix) in CITED.items()
    )
    base = f"{book.identity.site}/figures/{stem}/" if book.identity.site else ""
    pandas_line = f'import pandas as pd\ntable = pd.read_csv("{base}{stem}.csv")'
    sheet = f'=IMPORTDATA("{base}{stem}.csv")' if base else f"Data, From text: {stem}.csv, comma, UTF-8"
    own = [key for key, (home, _, _) in book.figures.items() if home == page]
    place = own.index(figure_id)
    near = {*own[max(0, place - NEAR) : place], *own[place + 1 : place + 1 + NEAR]}
    related = "".join(
        f'<li><a href="../{other}/index.html">Figure {r["number"]}: {escape(r["title"])}</a></li>'
        for other, (home, r, _) in book.figures.items()
        if home == page and other in near
    )
    note = f'<p class="card-note">{escape(record["note"])}</p>' if record["note"] else ""
    data = (
        f'<h2>The data</h2><p class="withheld">No data are given. {escape(reason)}</p>'
        if reason
        else f"<h2>Load the data</h2>{copyable('the pandas lines', pandas_line, 'load-pandas')}"
        f"{copyable('for a spreadsheet', sheet, 'load-sheet')}"
        '<h2>The table behind it</h2><div class="card-table" tabindex="0" role="region" aria-label="Table">'
        f"{table_html(record)}</div>"
    )
    places = "".join(f'<li><a href="../../{address}">{escape(name)}</a></li>' for name, address in book.shown_on(stem))
    return (
        f'<p class="card-kicker">Figure {record["number"]}</p><h1>{escape(record["title"])}</h1>'
        f'<p class="card-subtitle">{escape(record["subtitle"])}</p>'
        '<div class="card-picture" tabindex="0" role="region" aria-label="Picture">'
        f"{picture(record, svg, '../../')}</div>"
        f'{note}<p class="card-source">Source: {escape(record["source"])}. Data to {escape(record["data_to"])}. '
        f"Version {book.identity.version}.</p>"
        f"<h2>Cite</h2>{copyable('citation', FORMATS['text'](citation), 'cite-text')}"
        f"{copyable('short citation', short(citation), 'cite-short')}{cites}"
        f'<p class="copied" role="status"></p>'
        f'<h2>Download</h2><ul class="files">{files}</ul>{data}'
        f"<h2>Where it comes from</h2>{provenance(book, page, record)}{source_rows(book, record)}"
        f"<h2>Where it is used</h2><ul>{places}</ul>"
        + (f"<h2>Related figures</h2><ul>{related}</ul>" if related else "")
        + challenge(book, stem, "../../")
        + ("" if reason else f'<script type="application/ld+json">{dataset(book, record)}</script>')
        + '<script type="module" src="../../_static/ledger/copy.js"></script>'
    )


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    """Yield the page of each figure, and for each renamed figure one that leads to its new address."""
    book = library(app)
    for figure_id, (_, record, _) in book.figures.items():
        about = f'<meta name="description" content="{escape(record["subtitle"])}">'
        context = {"title": record["title"], "body": body(book, figure_id), "metatags": about}
        yield f"figures/{figure_id}/index", context, "page.html"
    for old, new in renamed(book):
        move = f'<meta http-equiv="refresh" content="0; url=../{new}/index.html">'
        text = f'<h1>Moved</h1><p>This figure is now <a href="../{new}/index.html">{new}</a>.</p>'
        yield f"figures/{old}/index", {"title": "Moved", "body": text, "metatags": move}, "page.html"


def renamed(book: Library) -> list[tuple[str, str]]:
    """Return old and new ids of renamed figures; raises ValueError when a new id does not exist or an old one does."""
    path = ROOT / RENAMED
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as text:
        moves = [(row["old"], row["new"]) for row in csv.DictReader(text)]
    for old, new in moves:
        if new not in book.figures or old in book.figures:
            raise ValueError(f"{RENAMED}: {old} -> {new}; expected an id no longer used and one that is")
    return moves


class IndexRole(SphinxRole):
    """{download-figures}`index.json`: a link to the catalogue as data."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        return [nodes.reference("", self.text, refuri=f"figures/{self.text}", internal=True)], []


class Catalogue(SphinxDirective):
    """```{catalogue}```: every figure with its picture, title and chapter, to be filtered in place."""

    def run(self) -> list[nodes.Node]:
        """Return the gallery."""
        book = library(self.env.app)
        items = "".join(
            f'<li data-chapter="{escape(book.page_title(page))}"><a href="figures/{figure_id}/index.html">'
            f'<span class="thumb">{picture(record, svg, thumb=True)}</span>'
            f'<span class="thumb-title">Figure {record["number"]}: {escape(record["title"])}</span></a></li>'
            for figure_id, (page, record, svg) in book.figures.items()
        )
        html = (
            '<form class="ledger-tools catalogue-tools" role="search" aria-label="Figures" onsubmit="return false">'
            "</form>"
            f'<ul class="catalogue">{items}</ul><script type="module" src="_static/ledger/catalogue.js"></script>'
        )
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the pages and the directive."""
    app.add_directive("catalogue", Catalogue)
    app.add_role("download-figures", IndexRole())
    app.connect("html-collect-pages", pages)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
