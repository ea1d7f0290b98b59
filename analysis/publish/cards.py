"""Figure cards: what a figure is when a notebook shows it, and what the site makes of it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from html import escape
from textwrap import shorten

import pandas as pd

from analysis.figures import Figure
from analysis.figures.style import PAPER, WARM

NAMED = 6  # publishers in a source line; a reader follows the data for the rest
STAMP = 12  # points above a picture for the line that names a scenario
MIME = "application/vnd.h200window.figure+json"
HAN = re.compile(r"[\u3400-\u9fff][\u3000-\u303f\u3400-\u9fff\uff00-\uffefA-Za-z0-9 ,.%:]*")


def table_hash(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a table's columns and cells, numbers rounded to nine significant digits."""
    return hashlib.sha256(json.dumps(_cells(table), ensure_ascii=False).encode()).hexdigest()


def _cells(table: pd.DataFrame) -> dict[str, list]:
    rows = [[_plain(cell) for cell in row] for row in table.itertuples(index=False, name=None)]
    return {"columns": [str(column) for column in table.columns], "rows": rows}


def _plain(cell: object) -> object:
    if isinstance(cell, bool | str):
        return cell
    if cell is None or pd.isna(cell):
        return None
    if isinstance(cell, int | float) or hasattr(cell, "dtype"):
        value = float(f"{float(cell):.9g}")
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return str(cell)


def source_line(sources: pd.DataFrame, ids: tuple[str, ...]) -> str:
    """Return the publishers behind a figure, the original before its relay: "NVIDIA (as relayed by OpenCapital)"."""
    by_id = sources.set_index("source_id")
    groups: dict[str, list[str]] = {}
    for source_id in ids:
        row = by_id.loc[source_id]
        publisher, root = row["publisher"], row
        while root["relays"]:
            root = by_id.loc[root["relays"]]
        relays = groups.setdefault(root["publisher"], [])
        if publisher != root["publisher"] and publisher not in relays:
            relays.append(publisher)
    names = [name + (f" (as relayed by {', '.join(relays)})" if relays else "") for name, relays in groups.items()]
    more = f"; and {len(names) - NAMED} more, listed with the data" if len(names) > NAMED else ""
    return "; ".join(names[:NAMED]) + more


@dataclass(frozen=True)
class Card:
    """A figure with its title and place in the book; showing it in a notebook stores all of it.

    under says under which values of a reader it was drawn, "" for the report's own; note and picture then say so.
    """

    figure: Figure
    title: str
    number: str
    source: str
    under: str = ""

    def record(self) -> dict:
        """Return the card as plain JSON, the picture apart."""
        figure = self.figure
        return {
            "id": figure.figure_id,
            "number": self.number,
            "title": self.title,
            "subtitle": figure.subtitle,
            "note": f"{self.under} {figure.note}".strip(),
            "alt": figure.alt,
            "source": self.source,
            "sources": list(figure.sources),
            "data_to": figure.data_to,
            "function": figure.function,
            "data_sha256": table_hash(figure.table),
            "table": _cells(figure.table),
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        record = self.record()
        return {
            "text/plain": f"figure {record['id']} {record['data_sha256']}",
            "text/html": card_html(record, stamped(self.figure.svg, self.under)),
            MIME: record,
        }


def prose(text: str) -> str:
    """Escape a text and mark its Chinese parts as Chinese."""
    return HAN.sub(lambda m: f'<span lang="zh">{m[0]}</span>', escape(str(text)))


def card_html(record: dict, picture: str, actions: str = "") -> str:
    """Return the card of a figure around its picture; text is escaped, picture and actions are HTML of ours."""
    text = {key: prose(value) for key, value in record.items() if isinstance(value, str)}
    note = f'<p class="card-note">{text["note"]}</p>' if text["note"] else ""
    return (
        f'<figure class="card" id="{text["id"]}" data-sha256="{text["data_sha256"]}">'
        f'<figcaption><p class="card-kicker">Figure {text["number"]}</p>'
        f'<p class="card-title">{text["title"]}</p><p class="card-subtitle">{text["subtitle"]}</p></figcaption>'
        f'<div class="card-picture" tabindex="0" role="region" aria-label="Figure {text["number"]}, picture">'
        f"{picture}</div>{note}"
        f'<p class="card-source">Source: {text["source"]}. Data to {text["data_to"]}.</p>{actions}</figure>'
    )


def stamped(svg: str, under: str) -> str:
    """Return a picture with a line above it that says under which values it was drawn, as it is where there is none."""
    if not under:
        return svg
    mark = escape(shorten(under, 110, placeholder=" …"))
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    taller = f"{float(height) + STAMP:g}"
    head, rest = svg[: svg.index(">") + 1], svg[svg.index(">") + 1 :]
    head = head.replace(f'height="{height}pt"', f'height="{taller}pt"')
    head = head.replace(f'viewBox="0 0 {width} {height}"', f'viewBox="0 -{STAMP} {width} {taller}"')
    line = (
        f'<rect x="0" y="-{STAMP}" width="{width}" height="{STAMP}" fill="{PAPER}"/>'
        f'<text x="4" y="-3" font-family="DejaVu Sans, sans-serif" font-size="7.5" fill="{WARM}">{mark}</text>'
    )
    return head + rest.replace("</svg>", f"{line}</svg>")


def picture_of(html: str) -> str:
    """Return the picture (SVG) inside a stored card."""
    return html[html.index("<svg") : html.index("</svg>") + len("</svg>")] + "\n"
