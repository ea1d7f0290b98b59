"""The pages as a reader's browser sees them: accessible, quiet, self-contained, small, and working by keyboard."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pydata_sphinx_theme
import pytest
import sphinx
import sphinx_book_theme
from browser import SIDEWAYS, WIDTHS, Watch, is_foreign, serving
from playwright.sync_api import Browser, Page, expect

from analysis.tables import load

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "book" / "_templates"
CHAPTER_KB, CHAPTER_REQUESTS = 250, 15
LOADED = {
    ("script", "src"), ("img", "src"), ("source", "src"), ("iframe", "src"), ("embed", "src"), ("object", "data"),
    ("video", "src"), ("audio", "src"), ("video", "poster"), ("use", "href"), ("image", "href"), ("link", "href"),
}  # fmt: skip


class Markup(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, Markup]:
    """Every page of the site by its path; of the pages of figures, which are made alike, the first and the last."""
    found = sorted(path for path in site.rglob("*.html") if not {"_static", "_sources"} & set(path.parts))
    figures = [path for path in found if path.parent.parent.name == "figures"]
    found = [path for path in found if path not in figures[1:-1]]
    return {path.relative_to(site).as_posix(): Markup(path.read_text("utf-8")) for path in found}


@pytest.fixture(scope="session")
def chapters(site: Path, pages: dict[str, Markup]) -> list[str]:
    """The pages that are notebooks."""
    return [page for page in pages if (site / "_sources" / page).with_suffix(".ipynb").exists()]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of a reader who prefers light pages and has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield context.new_page()
    context.close()


def test_pages_are_accessible_and_quiet(browser: Browser, address: str, pages: dict[str, Markup]) -> None:
    tabs = {}
    for width, (wide, high) in WIDTHS.items():
        for theme in ("light", "dark"):
            context = browser.new_context(viewport={"width": wide, "height": high}, color_scheme=theme)
            tabs[f"{width}, {theme}"] = Watch(context.new_page())
    wrong = []
    for name in pages:
        for watch in tabs.values():
            watch.open(address + name)
            watch.start_look()
        for tab, watch in tabs.items():
            wrong += [f"{name} ({tab}): {found}" for found in watch.end_look()]
    for watch in tabs.values():
        watch.page.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("planted", "noticed"),
    [
        ("<p>All is well.</p>", None),
        ('<script src="https://example.com/a.js"></script>', "asks another host"),
        ('<p style="width: 200vw">Wide</p>', "scrolls sideways"),
        ('<details><summary>More</summary><p style="width: 200vw">Wide</p></details>', "folded parts open"),
        ("<script>console.error('planted')</script>", "console error: planted"),
        ("<script>throw new Error('planted')</script>", "uncaught: planted"),
        ('<p style="color: #999; background: #fff">Faint</p>', "color-contrast"),
        ('<img src="dot.svg">', "image-alt"),
    ],
)
def test_a_planted_error_is_noticed(planted: str, noticed: str | None, page: Page, tmp_path: Path) -> None:
    (tmp_path / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="en"><head><title>Planted</title><link rel="icon" href="icon.svg"></head>'
        f"<body><main><h1>Planted</h1>{planted}</main></body></html>"
    )
    watch = Watch(page)
    with serving(tmp_path) as where:
        watch.open(where)
        found = watch.look()
    if noticed is None:
        assert not found
    else:
        assert any(noticed in sentence for sentence in found), found


def test_nothing_is_loaded_from_another_host(site: Path, pages: dict[str, Markup]) -> None:
    wrong = []
    for name, markup in pages.items():
        for tag, attributes in markup.tags:
            addresses = [value for attribute, value in attributes.items() if (tag, attribute) in LOADED]
            if tag == "link" and attributes.get("rel") in ("canonical", "license", "author"):
                addresses = []
            addresses += re.split(r"[\s,]+", attributes.get("srcset", ""))
            addresses += re.findall(r"url\(['\"]?([^'\")]+)", attributes.get("style", ""))
            wrong += [f"{name}: <{tag}> {value}" for value in addresses if _leaves(value)]
    for path in sorted(site.rglob("*.css")):
        found = re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")\s;]+)", path.read_text("utf-8"))
        wrong += [f"{path.relative_to(site)}: {value}" for value in found if _leaves(value)]
    for path in sorted(site.rglob("*.js")):
        found = re.findall(
            r"(?:\b(?:src|href)\s*=|\bimport\(|\bfetch\()\s*[\"'`]((?:https?:)?//[^\"'`]+)",
            path.read_text("utf-8"),
        )
        wrong += [f"{path.relative_to(site)}: {value}" for value in found if _leaves(value)]
    assert not wrong, "\n".join(wrong)


def _leaves(value: str) -> bool:
    return is_foreign("http:" + value if value.startswith("//") else value)


def test_local_addresses_lead_somewhere(site: Path, pages: dict[str, Markup]) -> None:
    ids = {
        name: {attributes["id"] for _, attributes in markup.tags if "id" in attributes}
        for name, markup in pages.items()
    }
    wrong = set()
    for name, markup in pages.items():
        for tag, attributes in markup.tags:
            for value in (attributes.get("href"), attributes.get("src")):
                if value is None or tag == "use" or urlsplit(value).scheme or value.startswith("//"):
                    continue
                path, fragment = unquote(urlsplit(value).path), unquote(urlsplit(value).fragment)
                target = (site / name).parent / path if path else site / name
                target = target / "index.html" if target.is_dir() else target
                if not target.exists():
                    wrong.add(f"{name}: {value} is missing")
                    continue
                known = ids.get(target.resolve().relative_to(site.resolve()).as_posix())
                if fragment and known is not None and fragment not in known:
                    wrong.add(f"{name}: {value} has no such place")
    assert not wrong, "\n".join(sorted(wrong))


def test_a_chapter_is_small(site: Path, address: str, page: Page, chapters: list[str]) -> None:
    assert chapters
    for chapter in chapters:
        watch = Watch(page)
        watch.open(address + chapter)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        paths = [unquote(urlsplit(request.url).path).lstrip("/") for request in watch.requests]
        shell = [path for path in paths if not path.startswith(("figures/", "_images/"))]
        sizes = {path: len(gzip.compress((site / path).read_bytes(), 6)) / 1000 for path in shell}
        total = sum(sizes.values())
        listing = "\n".join(f"{size:7.1f} kB {path}" for path, size in sorted(sizes.items(), key=lambda item: -item[1]))
        print(f"{chapter}: {total:.1f} kB in {len(shell)} requests\n{listing}")
        assert total <= CHAPTER_KB, listing
        assert len(shell) <= CHAPTER_REQUESTS, listing


def test_figures_are_loaded_when_they_are_reached(pages: dict[str, Markup], chapters: list[str]) -> None:
    for chapter in chapters:
        pictures = [attributes for tag, attributes in pages[chapter].tags if tag == "img"]
        assert pictures, chapter
        for picture in pictures:
            assert picture.get("loading") == "lazy", picture
            assert picture.get("width") and picture.get("height") and picture.get("alt"), picture


def test_search_finds_a_word(address: str, page: Page) -> None:
    watch = Watch(page)
    watch.open(address)
    page.locator("nav .search-button__button").click()
    page.keyboard.type("inventory")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=inventory*")
    first = page.locator("#search-results li a").first
    first.wait_for()
    first.click()
    page.wait_for_load_state()
    assert "inventory" in page.locator("article").inner_text().lower()
    assert not watch.noticed


def test_the_dark_page_is_remembered(address: str, page: Page, chapters: list[str]) -> None:
    def theme() -> tuple[str, str]:
        return tuple(
            page.evaluate("[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]")
        )

    page.goto(address)
    light, paper = theme()
    page.locator(".theme-switch-button").click()
    dark, night = theme()
    assert (light, dark) == ("light", "dark")
    assert paper != night
    page.goto(address + chapters[0])
    assert theme() == (dark, night)
    assert page.locator("img.only-dark").first.is_visible()
    assert not page.locator("img.only-light").first.is_visible()
    page.locator(".theme-switch-button").click()
    page.locator(".theme-switch-button").click()  # light, then as the system has it
    page.reload()
    assert theme() == (light, paper)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")


def test_the_keyboard_skips_to_the_text(address: str, page: Page) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("href") == "#main-content"
    page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_number_shows_its_note(width: str, address: str, page: Page, chapters: list[str]) -> None:
    wide, high = WIDTHS[width]
    page.set_viewport_size({"width": wide, "height": high})
    page.goto(address + chapters[0])
    numbers = page.locator("article .num:has(> a)")
    assert numbers.count()
    for index in range(min(numbers.count(), 30)):
        number = numbers.nth(index)
        note = number.locator(".num-note")
        assert not note.is_visible()
        number.locator("> a").focus()
        assert note.is_visible()
        box = note.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= wide, number.inner_html()
        assert page.evaluate(SIDEWAYS) <= 0, number.inner_html()
        if width == "phone":
            assert round(box["y"] + box["height"]) == high, "the note is a sheet at the bottom of the screen"
    page.keyboard.press("Escape")
    assert not note.is_visible()


def test_a_tap_opens_a_note_and_another_follows_it(browser: Browser, address: str, chapters: list[str]) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address + chapters[0])
    number = page.locator("article .num:has(> a)").first
    number.locator("> a").tap()
    assert number.locator(".num-note").is_visible()
    target = number.locator("> a").get_attribute("href") or ""
    number.locator("> a").tap()
    page.wait_for_url("**" + target.split("/")[-1])
    context.close()


def test_the_menus_open_and_close_on_a_phone(address: str, page: Page, chapters: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    watch = Watch(page)
    watch.open(address + chapters[0])
    for name, inside in ((".primary-toggle", "nav.bd-docs-nav"), (".secondary-toggle", "nav.page-toc")):
        page.locator(name).click()
        page.locator(f"dialog[open] {inside}").wait_for()
        assert not watch.look()
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0


def test_every_page_says_what_it_is(pages: dict[str, Markup]) -> None:
    def said(markup: Markup, key: str, value: str) -> list[str]:
        return [a["content"] for tag, a in markup.tags if tag == "meta" and a.get(key) == value and a.get("content")]

    wrong = []
    for name, markup in pages.items():
        if name != "search.html" and len(said(markup, "name", "description")) != 1:
            wrong.append(f"{name}: not one description")
        if len(said(markup, "property", "og:title")) != 1:
            wrong.append(f"{name}: not one title")
        if sum(tag == "h1" for tag, _ in markup.tags) != 1:
            wrong.append(f"{name}: not one h1")
    assert not wrong, "\n".join(wrong)


def test_the_theme_is_the_one_we_know(site: Path, chapters: list[str]) -> None:
    """What our templates and nodes replace in the stock theme is still there, and what they remove is gone."""
    pydata = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme"
    layouts = [
        Path(sphinx_book_theme.__file__).parent / "theme" / "sphinx_book_theme" / "layout.html",
        pydata / "layout.html",
        Path(sphinx.__file__).parent / "themes" / "basic" / "layout.html",
    ]
    block = re.compile(r"{%-?\s*block (\w+)")
    known = {name for layout in layouts for name in block.findall(layout.read_text("utf-8"))}
    ours = set(block.findall((TEMPLATES / "layout.html").read_text("utf-8")))
    assert ours and ours <= known
    for section in (TEMPLATES / "sections").glob("*.html"):
        assert (pydata / "sections" / section.name).exists()
        assert f'"sections/{section.name}"' in (pydata / "layout.html").read_text("utf-8")

    for chapter in chapters:
        text = (site / chapter).read_text("utf-8")
        gone = (
            "fontawesome",
            "bootstrap.js",
            "thebe",
            "mathjax@",
            "sphinx-design",
            "togglebutton",
            "copybutton",
        )
        gone += ("jb-print-docs-body", "Toggle hidden content", "searchindex.js", "pst-back-to-top")
        assert not [name for name in gone if name in text]
        kept = (
            "_static/site.css?v=",
            "scripts/pydata-sphinx-theme.js",
            'class="code-fold"',
            'class="book-brand"',
        )
        assert not [name for name in kept if name not in text]
    css = (site / "_static" / "site.css").read_text("utf-8")
    assert "Font Awesome 6" not in css and "@font-face" not in css


def test_the_ledger_is_searched_sorted_and_filtered_in_place(page: Page, address: str) -> None:
    watch = Watch(page)
    watch.open(f"{address}evidence.html")
    rows = page.locator("table.claims tbody tr")
    every = rows.count()
    assert every > 600
    page.get_by_role("button", name="Search, sort and filter").click()
    page.locator("select[name=verdict]").select_option("wrong")
    wrong = page.locator('table.claims tbody tr[data-verdict="wrong"]').count()
    assert 0 < wrong < every and rows.count() == wrong
    assert page.locator(".ledger-shown").inner_text() == f"{wrong} of {every} claims"
    page.locator(".ledger-tools input").fill("GAIN AI")
    assert 0 < rows.count() < wrong
    page.locator(".ledger-tools input").fill("")
    page.locator("select[name=verdict]").select_option("")
    for verdict in ("contested", "wrong"):  # first and last of the words
        page.locator("table.claims th", has_text="Verdict").click()
        expect(rows.first).to_have_attribute("data-verdict", verdict)
    assert rows.count() == every
    assert watch.noticed == []


def test_the_timeline_is_filtered_in_place_and_every_event_has_an_address(
    page: Page, address: str, pages: dict[str, Markup]
) -> None:
    events = load("events")
    ids = {attributes.get("id") for tag, attributes in pages["timeline.html"].tags if tag == "tr"}
    assert set(events["event_id"]) <= ids
    watch = Watch(page)
    watch.open(f"{address}timeline.html#E055")
    expect(page.locator("#E055")).to_be_in_viewport()
    for event, others in events.set_index("event_id")["contradicts"].items():
        assert page.locator(f"#{event} td a[href^='#E']").count() == len(others) + 1, event
    rows = page.locator("table.events tbody tr")
    assert rows.count() == len(events)
    page.get_by_role("button", name="Search, sort and filter").click()
    page.locator("select[name=who]").select_option("Chinese government")
    own = int((events["actor"] == "china_government").sum())
    assert rows.count() == own
    page.locator("select[name=kind]").select_option("china approval")
    assert 0 < rows.count() < own
    expect(page.locator(".ledger-shown")).to_have_text(f"{rows.count()} of {len(events)} events")
    page.locator("select[name=kind]").select_option("")
    page.locator("select[name=who]").select_option("")
    page.locator("select[name=step]").select_option("in force")
    assert page.locator("#E055").is_visible() and page.locator("#E027").count() == 0
    page.locator("select[name=step]").select_option("")
    for first in ("E001", "E132"):  # the first day and the last
        page.locator("table.events th", has_text="Date").click()
        expect(rows.first).to_have_attribute("id", first)
    assert watch.noticed == []


def test_the_scoreboard_is_filtered_by_each_of_two_articles(page: Page, address: str) -> None:
    forecasts = load("forecasts")
    asked = forecasts[forecasts["article"].map(len) > 0].set_index("forecast_id")
    watch = Watch(page)
    watch.open(f"{address}scoreboard.html#F001")
    rows = page.locator("table.forecasts tbody tr")
    assert rows.count() == len(asked) and page.locator("table.registered tbody tr").count() == len(forecasts) - len(
        asked
    )
    page.get_by_role("button", name="Search, sort and filter").click()
    for article in ("000", "002"):  # F001 is of both
        page.locator("select[name=article]").select_option(article)
        assert rows.count() == asked["article"].map(lambda names, one=article: one in names).sum()
        assert page.locator("#F001").is_visible()
    page.locator("select[name=came]").select_option("no")
    assert rows.count() == ((asked["outcome"] == "no") & asked["article"].map(lambda names: "002" in names)).sum()
    assert watch.noticed == []


def test_a_citation_is_copied_by_keyboard_and_said_so(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    watch = Watch(page)
    watch.open(f"{address}figures/days-of-inventory/index.html")
    page.get_by_role("button", name="Copy citation").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".copied")).to_have_text("Copied citation.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#cite-text").inner_text()
    assert watch.noticed == []
    context.close()


def test_the_catalogue_is_filtered_in_place(page: Page, address: str) -> None:
    watch = Watch(page)
    watch.open(f"{address}catalogue.html")
    items = page.locator(".catalogue > li:visible")
    every = items.count()
    page.locator(".catalogue-tools input").fill("stock obligations")
    assert 0 < items.count() < every
    expect(page.locator(".ledger-shown")).to_have_text(f"{items.count()} of {every} figures")
    page.locator(".catalogue-tools input").fill("")
    page.locator(".catalogue-tools select").select_option("Delivery pressure")
    assert items.count() == 8
    assert watch.noticed == []
