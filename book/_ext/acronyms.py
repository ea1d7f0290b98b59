"""Acronyms: what each stands for is printed at its first use on a page, and one that is not known fails the build.

What they stand for is in data/acronyms.csv. A text that explains one itself, "HBM (high-bandwidth memory)" or
"service level agreement (SLA)", is left as it is. Headings, tables, links, code and sources are not explained in.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from docutils import nodes
from numbers_role import log, number_node
from sphinx.application import Sphinx

from analysis import tables

SILENT = (
    nodes.title, nodes.term, nodes.reference, nodes.emphasis, nodes.literal, nodes.literal_block, nodes.math,
    nodes.math_block, nodes.table,
)  # fmt: skip
UNEXPLAINED = {"answer", "citation-text", "finding-statement", "grounds", "robustness"}
PROSE_TAGS, SILENT_TAGS = {"p", "dd", "li"}, {"a", "code", "pre", "table", "svg", "script", "details", "figcaption"}
SILENT_CLASSES = re.compile(r'class="[^"]*\b(?:card-source|card-kicker|num-note|citation-text)\b')
UNKNOWN = re.compile(r"(?<![\w/.=-])[A-Z]{2,}(?![\w=-]|\.\w)")
VOID = {"br", "img", "hr", "input", "wbr", "col"}
NOT_HERE = {"glossary", "catalogue"}


@cache
def known() -> dict[str, str]:
    """Return what each acronym stands for, "" for a name."""
    return tables.load("acronyms").set_index("acronym")["means"].to_dict()


@cache
def _pattern() -> re.Pattern[str]:
    longest = sorted(known(), key=len, reverse=True)
    return re.compile(rf"(?<![\w/.-])({'|'.join(map(re.escape, longest))})(?:['’]?s)?(?![\w/-])")


def explain(text: str, seen: set[str], after: str = "") -> str:
    """Return a text with what its new acronyms stand for in brackets behind them; seen is added to.

    after is what follows the text on the page, so that an explanation that stands there is noticed.
    """

    def first(match: re.Match[str]) -> str:
        name, rest = match[1], text[match.end() :] + after
        _, bracket, inside = text[: match.start()].rpartition("(")
        within = bool(bracket) and ")" not in inside
        if name in seen or not known()[name] or (within and not rest.startswith(")")):
            return match[0]  # brackets within brackets are left for the next use, unless they hold the acronym alone
        seen.add(name)
        return match[0] if within or rest.startswith(" (") else f"{match[0]} ({known()[name]})"

    return _pattern().sub(first, text)


def unknown(text: str) -> list[str]:
    """Return the words in capitals that no row explains."""
    return [name for name in UNKNOWN.findall(_pattern().sub(" ", text)) if name not in known()]


def explain_html(html: str, seen: set[str]) -> str:
    """Return a fragment of HTML with the acronyms of its prose explained."""
    open_tags: list[tuple[str, bool]] = []
    pieces = re.split(r"(<[^>]+>)", html)
    for place, piece in enumerate(pieces):
        if not piece.startswith("<"):
            if any(tag in PROSE_TAGS for tag, _ in open_tags) and not any(silent for _, silent in open_tags):
                pieces[place] = explain(piece, seen)
        elif piece.startswith("</"):
            if open_tags:
                open_tags.pop()
        elif (tag := re.match(r"<([a-z0-9]+)", piece)) and tag[1] not in VOID and not piece.endswith("/>"):
            open_tags.append((tag[1], tag[1] in SILENT_TAGS or bool(SILENT_CLASSES.search(piece))))
    return "".join(pieces)


def _spoken(node: nodes.Node) -> bool:
    while (node := node.parent) is not None:
        if isinstance(node, SILENT) or UNEXPLAINED & set(node.get("classes", ())):
            return False
    return True


def explain_page(app: Sphinx, doctree: nodes.document) -> None:
    """Explain the acronyms of a page in the order in which it is read, and warn of each that is not known."""
    if app.env.docname in NOT_HERE:
        return
    seen: set[str] = set()
    leaves = [n for n in doctree.findall(lambda n: isinstance(n, nodes.Text | nodes.raw))]
    for node, following in pairwise([*leaves, nodes.Text("")]):
        if isinstance(node.parent, nodes.raw):
            continue
        if isinstance(node, nodes.raw):
            # A table that a cell shows stands in a box of its own, which its classes make.
            html = explain_html(node.astext(), seen)
            node.parent.replace(node, nodes.raw("", html, format="html", classes=node["classes"]))
        elif _spoken(node):
            _explain_node(app, node, following, seen)


def _explain_node(app: Sphinx, node: nodes.Text, following: nodes.Node, seen: set[str]) -> None:
    text, number = node.astext(), node.parent
    for name in unknown(text):
        log.warning(
            "%s: the acronym %s is explained nowhere; expected a row of data/acronyms.csv", app.env.docname, name
        )
    if isinstance(number, number_node):  # the number stays as it is, its unit is explained behind it
        new = [name for name in _pattern().findall(text) if known()[name] and name not in seen]
        seen.update(new)
        if new:
            added = "".join(f" ({known()[name]})" for name in new)
            number.parent.insert(number.parent.index(number) + 1, nodes.Text(added))
        return
    explained = explain(text, seen, following.astext() if following.parent is not None else "")
    if explained != text:
        node.parent.replace(node, nodes.Text(explained))


def setup(app: Sphinx) -> dict[str, object]:
    """Register with Sphinx, after cards and numbers stand on the page (390) and before bare numbers are looked for."""
    app.connect("doctree-read", explain_page, priority=405)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
