"""What speaks for the whole report: the findings that carry it, the sheet to print, the form of a challenge."""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from docutils.parsers.rst import directives
from library import Library, UnknownKeyError
from numbers_role import library, log
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from analysis import tables
from analysis.evidence.findings import SLOT
from analysis.publish.cards import source_line
from analysis.publish.citations import FORMATS
from analysis.publish.identity import BOOK

CHINESE = re.compile(r"\s*\([^()]*[\u4e00-\u9fff][^()]*\)")
TURNED = "This finding has turned since we said how sure we are of it; we have not judged it anew."


class Headlines(SphinxDirective):
    """```{headlines}```: the findings of data/headlines.csv with interval, confidence, reasons and a way to each.

    `:short:` names the sources instead of counting them and leaves out what only a page with links needs.
    """

    option_spec = {"short": directives.flag}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        self.env.note_dependency(str(tables.DATA / "headlines.csv"))
        items = nodes.enumerated_list(classes=["findings"])
        for row in tables.load("headlines").itertuples():
            try:
                items += self.item(row)
            except UnknownKeyError as error:
                log.warning("%s", error.args[0], location=self.get_location())
        return [items]

    def item(self, row: object) -> nodes.list_item:
        """Return one finding."""
        book, key = library(self.env.app), row.finding_id
        stands = book.verdict(key) == row.judged
        sure = f"**{row.confidence.capitalize()} confidence.** {row.why}" if stands else f"**{TURNED}**"
        rests = named(book, key) if "short" in self.options else book.grounds(key)
        parts = {
            "finding-subject": row.subject,
            "finding-statement": f"{{finding}}`{key}`.",
            "finding-sure": f"{self.interval(row)}{sure}",
            "finding-basis": f"Shown in {self.home(key)}.",
        }
        said = [nodes.paragraph("", "", *self.parse_inline(text)[0], classes=[name]) for name, text in parts.items()]
        said[-1].insert(0, [nodes.inline("", rests, classes=["grounds"]), nodes.Text(" ")])
        # What turns a finding was worked out for the report, not for a reader's scenario.
        if "short" not in self.options and (turns := book.robust(key)) and not book.identity.scenario:
            place = f"what-matters.html#robust-{key}"
            said[-1] += [nodes.Text(" "), nodes.reference("", turns, refuri=place, classes=["robustness"])]
        return nodes.list_item("", *said, ids=[f"finding-{key}"])

    def interval(self, row: object) -> str:
        """Return the interval of a finding's number as a sentence, or that a count has none."""
        book = library(self.env.app)
        if row.number not in book.computed:
            raise UnknownKeyError(f"data/headlines.csv: no chapter computes {row.number!r}")
        if row.number not in {slot for slot, _ in SLOT.findall(book.sentence(row.finding_id))}:
            raise UnknownKeyError(f"data/headlines.csv: {row.finding_id} does not say {row.number!r}")
        if "range" in book.computed[row.number][2]["text"]:
            return f"Interval {{num}}`{row.number}:range`. "
        return "A count, without an interval. "

    def home(self, finding_id: str) -> str:
        """Return a link to the chapter that computes a finding."""
        book = library(self.env.app)
        chapter = book.chapters[book.computed[book.parts(finding_id)[0]][1] - 1]
        return f"[{chapter.title}]({chapter.path.name})"


def named(book: Library, finding_id: str) -> str:
    """Return who is behind a finding, for a sheet in one language: Chinese names in brackets are left out."""
    names = source_line(book.sources, book.origins(finding_id))
    return f"Source: {re.sub(CHINESE, '', names) or 'records of this report'}."


FORM = """Record: (its id)
Build: {build}
What the report says:
What it should say:
Source, with its address and the day it was read:
"""


class ChallengeForm(SphinxDirective):
    """```{challenge-form}```: what a challenge must say, as a text to copy; the id comes from the page's address."""

    def run(self) -> list[nodes.Node]:
        """Return the text and its button; without scripts it can be selected."""
        about = library(self.env.app).identity
        form = FORM.format(build=f"{about.title}, version {about.version}, data to {about.cutoff}")
        html = (
            f'<div class="copyable"><pre id="challenge-form" tabindex="0">{escape(form)}</pre>'
            '<button type="button" class="copy" data-copies="challenge-form">Copy the form</button></div>'
            '<p class="copied" role="status"></p>'
            '<script type="module" src="_static/ledger/challenge.js"></script>'
            '<script type="module" src="_static/ledger/copy.js"></script>'
        )
        return [nodes.raw("", html, format="html")]


class Edition(SphinxDirective):
    """```{edition}```: version, data cut-off, address and citation of this build, for a sheet that leaves the site."""

    def run(self) -> list[nodes.Node]:
        """Return a paragraph for each."""
        about = library(self.env.app).identity
        where = about.site or "This is an unpublished build; its pages are found beside this one."
        lines = [
            f"Version {about.version}, data to {about.cutoff}. Every number here has its record, date and basis "
            f"in the report, where it can be recomputed. {where}",
            f"Cite as: {FORMATS['text'](library(self.env.app).citables[BOOK])}",
            "Text and figures CC BY 4.0. Not legal or investment advice.",
        ]
        return [nodes.paragraph("", "", nodes.inline("", line, classes=["citation-text"])) for line in lines]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("headlines", Headlines)
    app.add_directive("edition", Edition)
    app.add_directive("challenge-form", ChallengeForm)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
