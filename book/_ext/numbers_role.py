"""Roles that put numbers and findings into prose, and the check that no other number stands there.

The roles read what the executed chapters have stored; they compute nothing. A missing key is a warning, which
fails the build.
"""

from __future__ import annotations

import re
from html import escape
from typing import ClassVar

from docutils import nodes
from docutils.utils import unescape
from library import ROOT, Library, Shown, UnknownKeyError
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.writers.html5 import HTML5Translator

from analysis.publish.cards import prose

log = logging.getLogger(__name__)

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
ALLOWED = re.compile(
    rf"\b\d{{1,2}}(?: (?:and|to) \d{{1,2}})? (?:{MONTHS})\b"  # dates
    rf"|\b(?:19|20)\d\d(?:[QH][1-4])?\b"  # years and quarters
    r"|\b(?:Section|Chapter|Figure|Form|chapter|clause) \d+(?:\.\d+)?|\b[Aa]rticles? \d{3}(?: and \d{3})?"
    r"|\b(?:8-K|10-[KQ]|20-F)\b|\b\d{3,4}[A-Z]{1,2}\b|CloudMatrix 384|CC BY 4\.0"
    r"|[A-Za-z][A-Za-z-]*\d[\w.-]*"  # chip names, quarters: H200, MI308X, FY2027Q2
)
BARE = re.compile(r"\d[\d.,]*")
SILENT = (nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.math_block, nodes.comment)


class number_node(nodes.Inline, nodes.TextElement):
    """A number in prose; its text is the number, its attributes lead to the record."""


def visit_number(self: HTML5Translator, node: number_node) -> None:
    """Write the number; the depart function writes its note."""
    self.body.append(f'<span class="num" data-key="{escape(node["key"])}">')
    if not node.get("plain"):
        page = self.builder.get_relative_uri(self.builder.current_docname, node["page"])
        self.body.append(f'<a href="{page}#{node["anchor"]}" aria-describedby="{node["note_id"]}">')


def depart_number(self: HTML5Translator, node: number_node) -> None:
    """Close the number and write its note."""
    if not node.get("plain"):
        note = f'<span class="num-note" role="note" id="{node["note_id"]}">{prose(node["note"])}</span>'
        self.body.append(f"</a>{note}")
    self.body.append("</span>")


def library(app: Sphinx) -> Library:
    """Return the build's library, made on first use."""
    if not hasattr(app, "h200_library"):
        app.h200_library = Library()
    return app.h200_library


def _node(role: SphinxRole, key: str, shown: Shown) -> number_node:
    count = role.env.temp_data["h200_note"] = role.env.temp_data.get("h200_note", 0) + 1
    return number_node(
        "", shown.text, key=key, page=shown.page, anchor=shown.anchor, note=shown.note, note_id=f"nn-{count}"
    )


class _BookRole(SphinxRole):
    def found(self) -> list[nodes.Node]:
        raise NotImplementedError

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        for chapter in library(self.env.app).chapters:
            self.env.note_dependency(str(chapter.path))
        for name in ("claims", "facts", "sources", "findings", "questions", "events", "forecasts"):
            self.env.note_dependency(str(ROOT / "data" / f"{name}.csv"))
        try:
            return self.found(), []
        except UnknownKeyError as error:
            log.warning("%s", error.args[0], location=self.get_location())
            return [nodes.inline("", "?")], []

    def number(self, text: str) -> number_node:
        key, _, form = text.partition(":")
        return _node(self, key, library(self.env.app).number(key, form))


class NumberRole(_BookRole):
    """{num}`key`, {num}`key:range`, also :low, :high, :bare; key is a computed number, a claim or a fact."""

    def found(self) -> list[nodes.Node]:
        """Return the number."""
        return [self.number(unescape(self.text))]


class FindingRole(_BookRole):
    """{finding}`id`: the sentence that the finding's predicate selects, its numbers as numbers."""

    def found(self) -> list[nodes.Node]:
        """Return the sentence."""
        parts = library(self.env.app).finding(unescape(self.text))
        return [self.number(key) if key else nodes.Text(text) for key, text in parts]


class RecordRole(_BookRole):
    """{claim}`c000-027`, {event}`E055`, {forecast}`F001`: a link to a record that reads "claim c000-027"."""

    pages: ClassVar = {"claim": "evidence", "event": "timeline", "forecast": "scoreboard"}

    def found(self) -> list[nodes.Node]:
        """Return the link."""
        key = unescape(self.text)
        cited = library(self.env.app).citables.get(key)
        if cited is None or cited.kind != self.name:
            raise UnknownKeyError(f"no {self.name} {key!r} in data/{self.name}s.csv")
        uri = f"{self.pages[self.name]}.html#{key}"
        return [nodes.Text(f"{self.name} "), nodes.reference("", "", nodes.literal("", key), refuri=uri, internal=True)]


def plain_titles(_: Sphinx, doctree: nodes.document) -> None:
    """Let a number in a heading stand alone: the heading is repeated in navigation, where a note has no place."""
    for title in doctree.findall(nodes.title):
        for node in title.findall(number_node):
            node["plain"] = True


def bare_numbers(app: Sphinx, doctree: nodes.document) -> None:
    """Warn about each number in prose that is neither a record nor on the short list of what may be typed."""
    for text in doctree.findall(nodes.Text):
        parents = list(_parents(text))
        if any(
            isinstance(p, (number_node, *SILENT))
            or {"cell", "citation-text", "robustness", "grounds"} & set(p.get("classes", ()))
            for p in parents
        ):
            continue
        left = ALLOWED.sub(" ", text.astext())
        for match in BARE.finditer(left):
            log.warning(
                "%s: the number %s stands bare in the prose (%r); expected {num}`key`",
                app.env.docname, match[0], left[max(0, match.start() - 30) : match.end() + 20].strip(),
            )  # fmt: skip


def _parents(node: nodes.Node) -> list[nodes.Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def setup(app: Sphinx) -> dict[str, object]:
    """Register the roles and the check."""
    app.add_node(number_node, html=(visit_number, depart_number))
    app.add_role("num", NumberRole())
    app.add_role("finding", FindingRole())
    for name in RecordRole.pages:
        app.add_role(name, RecordRole())
    # Before the collector of titles (500), which copies headings into the navigation.
    app.connect("doctree-read", plain_titles, priority=400)
    app.connect("doctree-read", bare_numbers, priority=410)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
