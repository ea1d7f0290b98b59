"""What identifies the build: version, data cut-off and addresses, from the one place that holds them."""

from __future__ import annotations

from docutils import nodes
from numbers_role import library
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

from analysis.publish.citations import FORMATS
from analysis.publish.identity import BOOK


def identify(app: Sphinx, config: Config) -> None:
    """Fill the template context; runs before any page is written."""
    about = library(app).identity
    config.html_context |= {
        "book_version": about.version,
        "book_title": about.title,
        "book_authors": ", ".join(about.authors),
        "site_url": about.site,
        "repository_url": about.repository,
        "data_cutoff": about.cutoff,
        "scenario": about.scenario,
    }
    if about.scenario:  # the name on every page, in its title and in what others show of a link to it
        config.html_title = config.project = about.title


class Citation(SphinxDirective):
    """```{citation}```: the citation of the whole book, as text and as BibTeX."""

    def run(self) -> list[nodes.Node]:
        """Return both."""
        cited = library(self.env.app).citables[BOOK]
        text, bibtex = FORMATS["text"](cited), FORMATS["bibtex"](cited)
        return [
            nodes.block_quote("", nodes.paragraph("", "", nodes.inline("", text, classes=["citation-text"]))),
            nodes.literal_block(bibtex, bibtex, language="bibtex"),
        ]


def setup(app: Sphinx) -> dict[str, object]:
    """Connect."""
    app.add_directive("citation", Citation)
    app.connect("config-inited", identify)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
