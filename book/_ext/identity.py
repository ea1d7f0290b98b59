"""What identifies the build: version, data cut-off and addresses, from the one place that holds them."""

from __future__ import annotations

import tomllib

from docutils import nodes
from library import ROOT
from numbers_role import library
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective


def identify(app: Sphinx, config: Config) -> None:
    """Fill the template context; runs before any page is written."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    book = project["tool"]["book"]
    config.html_context |= {
        "book_version": project["project"]["version"],
        "book_title": book["title"],
        "book_authors": ", ".join(author["name"] for author in project["project"]["authors"]),
        "site_url": book["site_url"],
        "repository_url": book["repository_url"],
        "data_cutoff": library(app).cutoff,
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
