"""A browser for the tests: the built site on a loopback address, the system's Chromium, and what it notices."""

from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, sync_playwright

from analysis.publish.sheet import chromium_path

WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
SIDEWAYS = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
START_AXE = """() => {
  window.axeRun = new Promise((done) => setTimeout(() => done(axe.run({resultTypes: ["violations"]}))));
}"""
# Rows of a table and disputed questions are written alike. Looking at each of thousands takes minutes, so axe sees
# the first of each table or section and one of each verdict; what differs, addresses and links, is read from the HTML.
THIN_OUT = """(kept) => {
  for (const alike of [".question", "tbody > tr"]) {
    const seen = new Map();
    document.querySelectorAll(`.bd-article ${alike}`).forEach((item) => {
      const before = seen.get(item.parentElement) ?? [];
      const verdict = item.querySelector(".verdict")?.className;
      seen.set(item.parentElement, [...before, verdict]);
      if (before.length >= kept && (!verdict || before.includes(verdict))) item.remove();
    });
  }
}"""
KEPT = 3
END_AXE = """async () => (await window.axeRun).violations.map(
  (rule) => `${rule.impact} ${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`
)"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Serve a folder on a free loopback port; gives its address, ending in a slash."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def installed() -> str:
    """Return where the system's Chromium is; skips the test where there is none.

    Where the environment variable CI is set a missing Chromium is a failure.
    """
    if (path := chromium_path()) is None:
        reason = "Chromium is not installed (Debian: apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, which reaches no host but this machine."""
    path = installed()
    with sync_playwright() as playwright:
        nowhere = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", nowhere])
        try:
            yield browser
        finally:
            browser.close()


def is_foreign(url: str) -> bool:
    """Say whether fetching an address would leave this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"


class Watch:
    """What goes wrong on a page while it is watched, as sentences."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.noticed: list[str] = []
        self.requests: list[Request] = []
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.noticed.append(f"uncaught: {error}"))
        page.on("console", lambda message: self._console(message.type, message.text))

    def _request(self, request: Request) -> None:
        self.requests.append(request)
        if is_foreign(request.url):
            self.noticed.append(f"asks another host: {request.url}")

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.noticed.append(f"console {kind}: {text}")

    def open(self, url: str) -> None:
        """Load a page and wait until it is at rest."""
        self.requests.clear()
        self.page.goto(url, wait_until="load")

    def start_look(self) -> None:
        """Begin to look at the page as it stands, folded parts opened; other pages can be looked at meanwhile."""
        self._sideways("")
        self.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        self._sideways(" with its folded parts open")
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        self.page.evaluate(THIN_OUT, KEPT)
        self.page.evaluate(START_AXE)

    def end_look(self) -> list[str]:
        """Return what is wrong with the page, and forget it."""
        self.noticed += [f"axe {found}" for found in self.page.evaluate(END_AXE)]
        noticed, self.noticed = self.noticed, []
        return noticed

    def look(self) -> list[str]:
        """Return what is wrong with the page as it stands, folded parts opened, and forget it."""
        self.start_look()
        return self.end_look()

    def _sideways(self, when: str) -> None:
        if (extra := self.page.evaluate(SIDEWAYS)) > 0:
            self.noticed.append(f"scrolls sideways by {extra} px{when}")
