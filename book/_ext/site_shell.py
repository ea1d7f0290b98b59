"""The shell of the site: the stock theme without its dead weight, formulas as MathML, summaries and the footer.

What the theme draws is changed in three ways, none of which edits a built page: templates in `_templates`, this
module's own nodes for formulas and hidden code, and one stylesheet put together from the theme's and ours.
"""

from __future__ import annotations

import hashlib
import html
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pydata_sphinx_theme
import sphinx_book_theme
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

STYLESHEET = "site.css"
# In the order in which the stock page links them; each pattern names exactly one file of `_static`.
STYLES = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb.*.css",
    "book.css",
)
# The book theme's script moves the focus away from a pressed button and hides a table of contents behind margin
# notes that this book does not have. Jupyter Book links every script below _static; the ledger's page and the
# reader's controls link their own.
UNUSED_SCRIPTS = ("scripts/sphinx-book-theme.js", "ledger/*.js", "controls/*.js")
UNUSED_FILES = (
    "scripts/bootstrap.js*",
    "scripts/fontawesome.js*",
    "scripts/sphinx-book-theme.js*",
    "scripts/*.map",
    "styles/*.map",
    "vendor",
    "locales",
    "images",
    "*webpack-macros.html",
)
FOOTER_KEYS = ("book_version", "data_cutoff", "licence")
SUMMARY_LENGTH = 200


def visit_inline_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    self.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula with its number."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append(tex2mathml(node.astext(), as_block=True))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def visit_hidden_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open what a reader unfolds: MyST-NB's own summary carries a name that hides its text."""
    self.body.append(f'<details class="code-fold"><summary>{html.escape(node["prompt_show"])}</summary>\n')


def depart_hidden_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Close what a reader unfolds."""
    self.body.append("</details>\n")


def summary(body: str, length: int = SUMMARY_LENGTH) -> str:
    """Return the first paragraph of a page's HTML as plain text of at most `length` characters, notes left out."""
    body = re.sub(r'<span class="num-note".*?</span>', "", body, flags=re.S)
    found = re.search(r"<p(?: class=\"answer\")?>(.*?)</p>", body, flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: text.rfind(" ", 0, length)].rstrip(",;:.–—") + "…"


def without_icon_font(css: str) -> str:
    """Return a stylesheet without the rules of Font Awesome, which nothing on the site uses."""

    def keep(rule: re.Match[str]) -> str:
        selectors, declarations = rule[1], rule[2]
        ours = any(not re.search(r"\.fa\b", part) for part in selectors.split(","))
        return rule[0] if ours and "Font Awesome" not in declarations else ""

    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    return re.sub(r"([^{}]*)\{([^{}]*)\}", keep, css)


def digest(*parts: bytes) -> str:
    """Return eight characters that change when a part does, to be put behind a file's address."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:8]


def set_context(app: Sphinx, config: Config) -> None:
    """Give the templates the digests behind addresses; late, so that other modules have set the footer's facts.

    A changed digest also makes Sphinx write every page and copy every static file again, which it would not do for
    a static file alone.
    """
    themes = f"{pydata_sphinx_theme.__version__} {sphinx_book_theme.__version__}".encode()
    own = [path.read_bytes() for path in sorted((Path(app.srcdir) / "_static").iterdir()) if path.is_file()]
    config.html_context["theme_digest"] = digest(themes)
    config.html_context["site_css_digest"] = digest(themes, Path(__file__).read_bytes(), *own)
    for key in FOOTER_KEYS:
        if not config.html_context.get(key):
            logger.warning("html_context has no %r: the footer of every page needs it", key)


def prepare_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Leave out of a page what the one stylesheet holds and what is not used, and give it a summary."""

    def named(entry: Any, patterns: tuple[str, ...]) -> bool:
        name = str(getattr(entry, "filename", entry) or "").removeprefix("_static/")
        return any(fnmatch(name, pattern) for pattern in patterns)

    context["css_files"] = [entry for entry in context["css_files"] if not named(entry, STYLES)]
    context["script_files"] = [entry for entry in context["script_files"] if not named(entry, UNUSED_SCRIPTS)]
    if 'name="description"' not in context.get("metatags", ""):
        context["page_summary"] = summary(context.get("body", ""))


def finish_static(app: Sphinx, exception: Exception | None) -> None:
    """Write the one stylesheet and remove what no page asks for."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    parts = []
    for pattern in STYLES:
        found = sorted(static.glob(pattern))
        if len(found) != 1:
            logger.warning("%s: expected one file %s, found %d: the theme changed", STYLESHEET, pattern, len(found))
            continue
        parts.append(without_icon_font(found[0].read_text("utf-8").removeprefix('@charset "UTF-8";')))
    (static / STYLESHEET).write_text("\n".join(parts), "utf-8")
    for pattern in UNUSED_FILES:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline_math, None), (visit_math_block, None))
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, depart_hidden_code))
    app.connect("config-inited", set_context, priority=900)
    app.connect("html-page-context", prepare_page, priority=900)
    app.connect("build-finished", finish_static, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
