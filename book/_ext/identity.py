"""What identifies the build: version, data cut-off and addresses, from the one place that holds them."""

from __future__ import annotations

from docutils import nodes
from numbers_role import library
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective


def identify(app: Sphinx, config: Config) -> None:
    """Fill the template context; runs before any page is written."""
    book = library(app)
    config.html_context |= {
        "book_version": book.version,
        "book_title": book.title,
        "book_authors": book.authors,
        "site_url": book.site,
        "repository_url": book.repository,
        "data_cutoff": book.cutoff,
    }


class Citation(SphinxDirective):
    """```{citation}```: the citation of the whole book, as text and as BibTeX."""

    def run(self) -> list[nodes.Node]:
        """Return both."""
        context = self.config.html_context
        home = context["site_url"] or f"unpublished build {context['book_version']}"
        authors, title, version = context["book_authors"], context["book_title"], context["book_version"]
        text = f"{authors}. {title}. Version {version}, data to {context['data_cutoff']}. {home}."
        bibtex = (
            f"@techreport{{h200window,\n  author = {{{{{authors}}}}},\n  title = {{{{{title}}}}},\n"
            f"  number = {{Version {version}}},\n  note = {{Data to {context['data_cutoff']}; {home}}}\n}}"
        )
        return [
            nodes.block_quote("", nodes.paragraph("", "", nodes.inline("", text, classes=["citation-text"]))),
            nodes.literal_block(bibtex, bibtex, language="bibtex"),
        ]


def setup(app: Sphinx) -> dict[str, object]:
    """Connect."""
    app.add_directive("citation", Citation)
    app.connect("config-inited", identify)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
