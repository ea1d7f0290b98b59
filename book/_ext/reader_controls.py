"""Reader's controls on the page: their script where one stands, and Vega beside it, fetched when one is opened."""

from __future__ import annotations

from pathlib import Path

import vl_convert
from docutils import nodes
from sphinx.application import Sphinx

CONTROL = '<section class="control"'
SCRIPT = '<script type="module" src="_static/controls/controls.js"></script>'


def place_script(_: Sphinx, doctree: nodes.document) -> None:
    """Put the script behind the last control of a page that has one."""
    found = [raw for raw in doctree.findall(nodes.raw) if raw.astext().startswith(CONTROL)]
    if found:
        found[-1].parent.replace(found[-1], nodes.raw("", found[-1].astext() + SCRIPT, format="html"))


def write_vega(app: Sphinx, failed: Exception | None) -> None:
    """Write Vega, which travels in a locked package, into the finished site."""
    if failed or app.builder.format != "html":
        return
    (Path(app.outdir) / "_static" / "controls" / "vega.js").write_text(vl_convert.javascript_bundle(), "utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Register with Sphinx."""
    app.connect("doctree-read", place_script, priority=390)
    app.connect("build-finished", write_vega, priority=320)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
