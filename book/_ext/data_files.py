"""The data as files of the site: each table that may be passed on, ledger and panel as JSON, all of it as one zip."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import itables
from docutils import nodes
from library import ROOT
from numbers_role import library, log
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.publish.citations import FORMATS
from analysis.publish.exports import CITED, offered
from analysis.results import panel

PACKAGE = "the-h200-window-data.zip"
# A zip entry needs a date; a fixed one keeps the bytes the same wherever and whenever the book is built.
EPOCH = (2026, 1, 1, 0, 0, 0)


def names() -> set[str]:
    """Return the names of the files that the site offers."""
    return {*offered(tables.DATA), "claims.json", "indicators.json", PACKAGE}


class DownloadRole(SphinxRole):
    """{download-data}`claims.csv`: a link to a data file of the site."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        if self.text not in names():
            log.warning("the site offers no data file %r", self.text, location=self.get_location())
        return [nodes.reference("", self.text, refuri=f"data/{self.text}", internal=True)], []


def write(app: Sphinx, failed: Exception | None) -> None:
    """Write the files into the finished site."""
    if failed or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "data"
    folder.mkdir(exist_ok=True)
    files = offered(tables.DATA)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    ledger = tables.load("claims")
    records = json.loads(
        ledger.assign(as_of=ledger["as_of"].map(lambda period: str(period or ""))).to_json(orient="records")
    )
    (folder / "claims.json").write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", "utf-8")
    watched = panel.published(
        *(tables.load(name) for name in ("indicators", "observations", "theses")),
        Assumptions(tables.load("assumptions"))["panel-reading-stands"].central,
    )
    (folder / "indicators.json").write_text(json.dumps(watched, indent=1, ensure_ascii=False) + "\n", "utf-8")
    with zipfile.ZipFile(folder / PACKAGE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*sorted(files.items()), ("LICENSE", (ROOT / "LICENSE").read_bytes())]:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    # One small file for each format of each citation: a reader takes one into a reference manager from its record.
    cites = Path(app.outdir) / "cite"
    cites.mkdir(exist_ok=True)
    for key, cited in library(app).citables.items():
        for kind, suffix in CITED.items():
            (cites / f"{key}{suffix}").write_text(FORMATS[kind](cited), "utf-8")
    # DataTables travels in a locked package; a reader's browser fetches it when the ledger's tools are opened.
    bundle = Path(itables.__file__).parent / "html" / "dt_bundle.js"
    shutil.copyfile(bundle, Path(app.outdir) / "_static" / "ledger" / "datatables.js")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the role and the files."""
    app.add_role("download-data", DownloadRole())
    app.connect("build-finished", write, priority=310)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
