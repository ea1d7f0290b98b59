"""Figure cards on the page and figure files in the site, both from what the chapters have stored."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from library import Library
from numbers_role import library, log
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from analysis.evidence.formatting import trim
from analysis.publish.cards import card_html
from analysis.publish.downloads import size, write_figure

CARD = re.compile(r'<figure class="card" id="([a-z0-9-]+)"')
LABELS = {"svg": "SVG", "png": "PNG", "csv": "CSV", "json": "JSON"}
PHONE_WIDTH = 640


def picture(record: dict, svg: str) -> str:
    """Return the two images of a card, light and dark; the page shows the one that fits."""
    width, height = size(svg)
    files = (("only-light", f"{record['id']}.svg"), ("only-dark", f"{record['id']}-dark.svg"))
    return "".join(
        f'<img class="{name}" src="figures/{record["id"]}/{file}" alt="{escape(record["alt"])}" '
        f'width="{width}" height="{height}" loading="lazy" decoding="async">'
        for name, file in files
    )


def actions(record: dict) -> str:
    """Return the folded row of downloads and the table that the picture draws."""
    links = "".join(
        f'<li><a href="figures/{record["id"]}/{record["id"]}.{kind}" download>{name}</a></li>'
        for kind, name in LABELS.items()
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in record["table"]["columns"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(cell))}</td>" for cell in row) + "</tr>" for row in record["table"]["rows"]
    )
    return (
        f'<details class="card-actions"><summary>Data and downloads</summary><ul>{links}</ul>'
        f'<div class="card-table" tabindex="0" role="region" aria-label="Table behind figure {record["number"]}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _cell(cell: object) -> str:
    if cell is None:
        return "–"
    return trim(f"{cell:,.4f}") if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)


def card(book: Library, figure_id: str) -> str:
    """Return the card of a stored figure with its linked pictures and downloads."""
    _, record, svg = book.figures[figure_id]
    return card_html(record, picture(record, svg), actions(record))


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
    folder, index = Path(app.outdir) / "figures", []
    for figure_id, (page, record, svg) in library(app).figures.items():
        about = {"version": app.config.html_context["book_version"], "url": f"{page}.html#{figure_id}"}
        files = write_figure(folder / figure_id, record, svg, about)
        index.append(
            {name: record[name] for name in ("id", "number", "title", "alt", "sources", "data_sha256")}
            | about | {"chapter": page, "files": files}
        )  # fmt: skip
    text = json.dumps(index, indent=1, sort_keys=True, ensure_ascii=False)
    folder.mkdir(exist_ok=True)
    (folder / "index.json").write_text(text + "\n", "utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the role, the cards and the files."""
    app.add_role("card", FigureRole())
    app.add_directive("figurecard", FigureCard)
    app.connect("doctree-read", place_cards, priority=390)
    app.connect("build-finished", write_figures, priority=300)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
