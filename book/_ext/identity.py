"""What identifies the build: version, data cut-off and addresses, from the one place that holds them."""

from __future__ import annotations

import tomllib

from library import ROOT
from numbers_role import library
from sphinx.application import Sphinx
from sphinx.config import Config


def identify(app: Sphinx, config: Config) -> None:
    """Fill the template context; runs before any page is written."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    book = project["tool"]["book"]
    config.html_context |= {
        "book_version": project["project"]["version"],
        "book_title": book["title"],
        "site_url": book["site_url"],
        "repository_url": book["repository_url"],
        "data_cutoff": library(app).cutoff,
    }


def setup(app: Sphinx) -> dict[str, object]:
    """Connect."""
    app.connect("config-inited", identify)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
