"""The brief as a PDF: the built page printed by Chromium on one sheet, the same bytes for the same page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from analysis.publish.contents import ContentsError

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Chromium writes when it printed; a fixed day of the same length keeps every offset of the file.
DAY = b"20260101000000"


def chromium_path() -> str | None:
    """Return where the system's Chromium is, None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def undated(pdf: bytes) -> bytes:
    """Return a PDF of Chromium with a fixed day in place of the time at which it was printed."""
    return re.sub(rb"(?<=Date \(D:)\d{14}", DAY, pdf)


def leaves(pdf: bytes) -> int:
    """Return the number of pages of a PDF of Chromium, which leaves the objects of pages uncompressed."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def print_sheet(page: Path, target: Path) -> None:
    """Print a built page to a PDF of one sheet.

    Raises ContentsError when the page is not there, no Chromium is, or the page takes more than one sheet; then
    nothing is written.
    """
    if not page.exists():
        raise ContentsError(f"{page}: not there; expected a built book (make book)")
    if (browser := chromium_path()) is None:
        raise ContentsError(f"no Chromium is installed; expected one of {', '.join(BROWSERS)} to print the brief")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = running.new_page(color_scheme="light")
        tab.goto(page.resolve().as_uri())
        tab.emulate_media(media="print")
        # A picture that loads when it is reached would be missing on paper.
        tab.evaluate(
            "Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode(); }))"
        )
        pdf = undated(tab.pdf(prefer_css_page_size=True, print_background=True))
        running.close()
    if (count := leaves(pdf)) != 1:
        raise ContentsError(f"{page.name}: takes {count} sheets of paper; expected one")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(pdf)
