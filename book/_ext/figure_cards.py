"""Figure cards on the page and figure files in the site, both from what the chapters have stored."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from library import ROOT, Library
from numbers_role import library, log
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from analysis.evidence.formatting import trim
from analysis.publish.cards import card_html
from analysis.publish.downloads import size
from analysis.publish.exports import export

CARD = re.compile(r'<figure class="card" id="([a-z0-9-]+)"')
LABELS = {
    ".svg": "SVG",
    "-dark.svg": "SVG for a dark page",
    ".png": "PNG, report width",
    "-slide.png": "PNG, 16:9",
    ".pdf": "PDF",
    ".pptx": "Slide (PPTX)",
    ".csv": "CSV",
    ".json": "JSON",
    ".zip": "All (ZIP)",
}
# Rendering 80 pictures takes a while; what has not changed is taken from here, outside the site.
CACHE = ROOT / "_build" / "figures"
QUICK = (".svg", ".png", ".csv", ".pptx")


def picture(record: dict, svg: str, base: str = "", thumb: bool = False) -> str:
    """Return the two images of a card, light and dark; the page shows the one that fits.

    A thumbnail stands beside its title and has no words of its own.
    """
    width, height = size(svg)
    alt = "" if thumb else escape(record["alt"])
    files = (("only-light", f"{record['id']}.svg"), ("only-dark", f"{record['id']}-dark.svg"))
    return "".join(
        f'<img class="{name}" src="{base}figures/{record["id"]}/{file}" alt="{alt}" '
        f'width="{width}" height="{height}" loading="lazy" decoding="async">'
        for name, file in files
    )


def table_html(record: dict) -> str:
    """Return the table that a picture draws."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in record["table"]["columns"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(cell))}</td>" for cell in row) + "</tr>" for row in record["table"]["rows"]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def actions(book: Library, record: dict) -> str:
    """Return the folded row of downloads, with the way to the figure's own page, and the table or why there is none."""
    home, reason = f"figures/{record['id']}/", book.withheld(record)
    links = "".join(
        f'<li><a href="{home}{record["id"]}{suffix}" download>{LABELS[suffix]}</a></li>'
        for suffix in QUICK
        if not (reason and suffix == ".csv")
    )
    table = (
        f'<p class="withheld">No data are given. {escape(reason)}</p>'
        if reason
        else f'<div class="card-table" tabindex="0" role="region" aria-label="Table behind figure {record["number"]}">'
        f"{table_html(record)}</div>"
    )
    return (
        f'<details class="card-actions"><summary>Cite, data and downloads</summary><ul>'
        f'<li><a href="{home}index.html">Page of this figure: citation, all formats, origin</a></li>{links}'
        f"<li>{book.doubt(record['id'], words='Challenge this figure')}</li></ul>"
        f"{table}</details>"
    )


def _cell(cell: object) -> str:
    if cell is None:
        return "–"
    return trim(f"{cell:,.4f}") if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)


def card(book: Library, figure_id: str) -> str:
    """Return the card of a stored figure with its linked pictures and downloads."""
    _, record, svg = book.figures[figure_id]
    return card_html(record, picture(record, svg), actions(book, record))


def place_cards(app: Sphinx, doctree: nodes.document) -> None:
    """Replace each figure that a notebook shows by its card."""
    for raw in list(doctree.findall(nodes.raw)):
        if match := CARD.match(raw.astext()):
            raw.parent.replace(raw, nodes.raw("", card(library(app), match[1]), format="html"))


class FigureCard(SphinxDirective):
    """```{figurecard} id```: the card of a chapter's figure on another page, without its id and actions."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the card."""
        try:
            page, record, svg = library(self.env.app).figures[self.arguments[0]]
        except KeyError:
            log.warning("no chapter shows the figure %r", self.arguments[0], location=self.get_location())
            return []
        html = card_html(record, picture(record, svg), "").replace(f' id="{record["id"]}"', "", 1)
        home = f'<p class="card-more"><a href="{page}.html#{record["id"]}">Data, downloads and context</a></p>'
        return [nodes.raw("", html.replace("</figure>", f"{home}</figure>"), format="html")]


class FigureRole(SphinxRole):
    """{card}`id`: a link that reads Figure 1.2."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        try:
            page, record, _ = library(self.env.app).figures[self.text]
        except KeyError:
            log.warning("no chapter shows the figure %r", self.text, location=self.get_location())
            return [nodes.inline("", "?")], []
        target = f"{page}.html#{record['id']}" if page != self.env.docname else f"#{record['id']}"
        return [nodes.reference("", f"Figure {record['number']}", refuri=target, internal=True)], []


def write_figures(app: Sphinx, failed: Exception | None) -> None:
    """Write the files of every figure and their index into the finished site."""
    if failed or app.builder.format != "html":
        return
    index = export(library(app).chapters, ROOT, Path(app.outdir) / "figures", CACHE)
    text = json.dumps(index, indent=1, sort_keys=True, ensure_ascii=False)
    (Path(app.outdir) / "figures" / "index.json").write_text(text + "\n", "utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the role, the cards and the files."""
    app.add_role("card", FigureRole())
    app.add_directive("figurecard", FigureCard)
    app.connect("doctree-read", place_cards, priority=390)
    app.connect("build-finished", write_figures, priority=300)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
